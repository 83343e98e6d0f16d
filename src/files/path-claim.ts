import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
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

/** Taking a claim away takes no time: one that goes on for so long was killed in the middle, milliseconds. */
const takingAwayMs = 5_000;
const pauseMs = 10;

/** Takes the claim of a holder that has ended away. One at a time does it, so that none takes away the claim of who was quicker. */
async function takeAway(file: string, ended: Holder | 'unreadable'): Promise<void> {
  const guard = `${file}.ended`;
  if (!(await make(guard, ''))) {
    const begun = await stat(guard).catch(() => undefined);
    if (begun !== undefined && Date.now() - begun.mtimeMs > takingAwayMs) await rm(guard, { force: true });
    await delay(pauseMs);
    return;
  }
  try {
    if (tokenOf(await holderOf(file)) === tokenOf(ended)) await rm(file, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
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
      await takeAway(file, holder);
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
