import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database, RootDatabase } from 'lmdb';
import { TandemError } from '../errors/tandem-error.js';

/** Who writes to a store. Kept in the store itself: LMDB's own lock, which a killed process gives up, then guards the taking of it. */
export interface Claim {
  readonly pid: number;
  /** when the process began, as the system counts; null where the system does not tell */
  readonly started: string | null;
  /** of the data file: the claim in a copy of a store claims nothing */
  readonly inode: number;
  readonly token: string;
}

const name = 'writer';
const startField = 22;

/** Start of a process in clock ticks since boot (proc(5), stat field 22); its name, field 2, may hold anything but ends at the last bracket. */
function startOf(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[startField - 3] ?? null;
  } catch {
    return null;
  }
}

function isRunning({ pid, started }: Claim): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // it runs, but is somebody else's
  }
  return started === null || startOf(pid) === started; // a number is given again after a while
}

const claims = (root: RootDatabase): Database<string, string> => root.openDB('claims', { encoding: 'string' });

/** A claim that cannot be read claims nothing. */
function parseClaim(text: string | undefined): Claim | undefined {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Takes the claim on writing; that of a process that has ended is taken over.
 * @param folder  where the data file of the store lies
 * @throws TandemError 'index/locked'
 */
export async function claimWriting(root: RootDatabase, folder: string): Promise<Claim> {
  const { ino: inode } = await stat(join(folder, 'data.mdb'));
  const database = claims(root);
  const mine: Claim = { pid: process.pid, started: startOf(process.pid), inode, token: randomUUID() };
  const holder = await root.transaction(() => {
    const found = parseClaim(database.get(name));
    if (found !== undefined && found.inode === inode && isRunning(found)) return found;
    database.put(name, JSON.stringify(mine));
    return mine;
  });
  await root.flushed;
  if (holder.token === mine.token) return mine;
  throw new TandemError('index/locked', `${folder}: process ${holder.pid} is writing to this index`, {
    pid: holder.pid,
  });
}

/** Gives the claim back, unless it has gone over to another. */
export async function releaseWriting(root: RootDatabase, claim: Claim): Promise<void> {
  const database = claims(root);
  await root.transaction(() => {
    if (parseClaim(database.get(name))?.token === claim.token) database.remove(name);
  });
}
