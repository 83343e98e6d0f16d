import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TandemError } from '../errors/tandem-error.js';
import { asWriteError } from './atomic.js';
import { beats, type Holder, holderSchema, startBeat, stateOf, thisProcess } from './holder.js';

/** The claim on a path that something is being made for; `PATH.claim` beside it says who has it. */
export interface PathClaim {
  release(): Promise<void>;
}

const claimFile = (path: string): string => `${path}.claim`;

/** Who holds the claim on a path; one that cannot be read has a holder of whom nothing is known. */
async function holderOf(file: string): Promise<Holder | 'unreadable' | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return 'unreadable';
  }
}

const tokenOf = (holder: Holder | 'unreadable' | undefined): string | undefined =>
  typeof holder === 'object' ? holder.token : holder;

async function hasEnded(file: string, holder: Holder | 'unreadable'): Promise<boolean> {
  const state = holder === 'unreadable' ? 'unknown' : stateOf(holder);
  return state === 'ended' || (state === 'unknown' && !(await beats(file)));
}

/** Whether a process that still runs makes something for this path. */
export async function isClaimed(path: string): Promise<boolean> {
  const holder = await holderOf(claimFile(path));
  return holder !== undefined && !(await hasEnded(claimFile(path), holder));
}

/** Makes the file, unless there is one. */
const make = (file: string, text: string): Promise<boolean> =>
  open(file, 'wx').then(
    async handle => {
      await handle.writeFile(text).finally(() => handle.close());
      return true;
    },
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );

/** Takes the claim of a holder that has ended away. Moved first, so that of several who do it one has it in hand; another's is put back. */
async function takeAway(file: string, ended: Holder | 'unreadable', token: string): Promise<void> {
  const moved = `${file}.${token}`;
  try {
    await rename(file, moved);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (tokenOf(await holderOf(moved)) !== tokenOf(ended)) await link(moved, file).catch(() => undefined);
  await rm(moved, { force: true });
}

/**
 * Takes the claim on a path, which need not be there yet; that of a process that has ended is taken over.
 * @throws TandemError 'files/claimed' | 'files/not-writable' | 'files/write-failed'
 */
export async function claimPath(path: string): Promise<PathClaim> {
  const file = claimFile(path);
  const mine = thisProcess(randomUUID());
  try {
    await mkdir(dirname(path), { recursive: true });
    while (!(await make(file, JSON.stringify(mine)))) {
      const holder = await holderOf(file);
      if (holder === undefined) continue;
      if (!(await hasEnded(file, holder))) throw claimed(path, holder);
      await takeAway(file, holder, mine.token);
    }
  } catch (error) {
    throw asWriteError(path, error);
  }
  const beat = await startBeat(file);
  return {
    release: async () => {
      await beat.stop();
      if (tokenOf(await holderOf(file).catch(() => undefined)) === mine.token) await rm(file, { force: true });
    },
  };
}

function claimed(path: string, holder: Holder | 'unreadable'): TandemError {
  const pid = holder === 'unreadable' ? undefined : holder.pid;
  const who = pid === undefined ? 'another process' : `process ${pid}`;
  return new TandemError('files/claimed', `${path}: ${who} is making it`, { path, pid });
}
