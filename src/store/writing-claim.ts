import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database, RootDatabase } from 'lmdb';
import { z } from 'zod';
import { TandemError } from '../errors/tandem-error.js';
import { type Beat, beats, holderSchema, startBeat, stateOf, thisProcess } from '../files/holder.js';

/**
 * Who writes to a store. Kept in the store itself: LMDB's own lock, which a killed process gives up, then guards the taking of it, and every
 * commit can see whether its writer still has it.
 */
const claimSchema = holderSchema.extend({
  /** of the data file: the claim in a copy of a store claims nothing */
  inode: z.number(),
});
type Claim = z.infer<typeof claimSchema>;

/** The claim on writing of one opening, until it is released. */
export interface HeldClaim {
  /** Whether it still is this opening's. To be asked inside a transaction. */
  isHeld(): boolean;
  /** @throws TandemError 'index/replaced' where the folder has another data file by now, or none */
  checkFile(): Promise<void>;
  /** Gives the claim back, unless it has gone over to another. */
  release(): Promise<void>;
}

/** What may be claimed: writing to the documents, or the embeddings of a generation that is not the one searched. */
export interface ClaimKind {
  /** under which the claim stands in the store; and the file that its holder changes again and again, for those who cannot see its process */
  readonly name: string;
  /** what another one that holds it is told to do */
  readonly taken: (folder: string, pid: number) => TandemError;
}

export const writerClaim: ClaimKind = {
  name: 'writer',
  taken: (folder, pid) =>
    new TandemError('index/locked', `${folder}: process ${pid} is writing to this index`, { pid }),
};

export const generationClaim = (number: number): ClaimKind => ({
  name: `generation.${number}`,
  taken: (folder, pid) =>
    new TandemError('generation/busy', `${folder}: process ${pid} is at work on generation ${number}`, { pid, number }),
});

/** Tells a data file from every other one of the machine, while it is open. */
export interface FileIdentity {
  readonly inode: number;
  readonly device: number;
}

/** Of the data file that stands in a folder; undefined where there is none. */
export const identityIn = (folder: string): Promise<FileIdentity | undefined> =>
  stat(join(folder, 'data.mdb')).then(
    ({ ino, dev }) => ({ inode: ino, device: dev }),
    () => undefined,
  );

const replaced = (folder: string, found: FileIdentity | undefined): TandemError =>
  new TandemError(
    'index/replaced',
    `${folder}: the folder ${found === undefined ? 'is gone' : 'was replaced'} while this process wrote to it`,
    { folder },
  );

/** A claim that cannot be read claims nothing. */
function parseClaim(text: string | undefined): Claim | undefined {
  try {
    return text === undefined ? undefined : claimSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/**
 * Takes the claim on writing; that of a process that has ended is taken over. Where that cannot be seen, the other is given ten seconds for a
 * sign of life.
 * @param folder  where the data file of the store lies
 * @param opened  the data file as it was found before it was opened
 * @throws TandemError 'index/locked' | 'generation/busy' | 'index/replaced'
 */
export async function claimWriting(
  root: RootDatabase,
  folder: string,
  opened: FileIdentity | undefined,
  { name, taken }: ClaimKind = writerClaim,
): Promise<HeldClaim> {
  const file = await identityIn(folder);
  if (file === undefined || (opened !== undefined && !isSame(file, opened))) throw replaced(folder, file);
  const database: Database<string, string> = root.openDB('claims', { encoding: 'string' });
  const present = (): Claim | undefined => parseClaim(database.get(name));
  const mine: Claim = { ...thisProcess(randomUUID()), inode: file.inode };
  const text = JSON.stringify(mine);
  /** @param silent  token of a claim whose holder gave no sign of life */
  const take = async (silent?: string): Promise<Claim> => {
    const holder = await root.transaction(() => {
      const found = present();
      const counts = found !== undefined && found.inode === file.inode && found.token !== silent;
      if (counts && stateOf(found) !== 'ended') return found;
      database.put(name, text);
      return mine;
    });
    await root.flushed;
    return holder;
  };
  let holder = await take();
  if (holder.token !== mine.token && stateOf(holder) === 'unknown' && !(await beats(join(folder, name))))
    holder = await take(holder.token);
  if (holder.token !== mine.token) throw taken(folder, holder.pid);
  const beat: Beat = await startBeat(join(folder, name));
  return {
    isHeld: () => present()?.token === mine.token,
    checkFile: async () => {
      const now = await identityIn(folder);
      if (now === undefined || !isSame(now, file)) throw replaced(folder, now);
    },
    release: async () => {
      await beat.stop();
      await root.transaction(() => {
        if (present()?.token === mine.token) database.remove(name);
      });
    },
  };
}

const isSame = (one: FileIdentity, other: FileIdentity): boolean =>
  one.inode === other.inode && one.device === other.device;
