import { readFileSync, readlinkSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';

/** A process that holds a claim, described so that another one can tell whether it still runs. */
export const holderSchema = z.object({
  pid: z.int(),
  /** when the process began, as the system counts; null where the system does not tell */
  started: z.string().nullable(),
  /** which start of the machine it belongs to, and in which space its number counts; null where the system does not tell */
  boot: z.string().nullable().default(null),
  space: z.string().nullable().default(null),
  /** tells this claim from every other one */
  token: z.string(),
});

export type Holder = z.infer<typeof holderSchema>;

/** What the system tells; null where it tells nothing. */
function told(read: () => string): string | null {
  try {
    return read().trim();
  } catch {
    return null;
  }
}

const startField = 22;
/** Start of a process in clock ticks since boot (proc(5), stat field 22); its name, field 2, may hold anything but ends at the last bracket. */
const startOf = (pid: number): string | null =>
  told(() => {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[startField - 3] ?? '';
  });
const bootOf = (): string | null => told(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));
const spaceOf = (): string | null => told(() => readlinkSync('/proc/self/ns/pid'));

/** This process as a holder. */
export const thisProcess = (token: string): Holder => ({
  pid: process.pid,
  started: startOf(process.pid),
  boot: bootOf(),
  space: spaceOf(),
  token,
});

/** Whether a process of this number is there; one of another user is. */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const differ = (one: string | null, other: string | null): boolean => one !== null && other !== null && one !== other;

/**
 * Whether a holder still runs. Unknown: it is in another container, or its number has perhaps been given again and the system does not say
 * when the process began.
 */
export function stateOf(holder: Holder): 'running' | 'ended' | 'unknown' {
  if (differ(holder.boot, bootOf())) return 'ended';
  if (differ(holder.space, spaceOf())) return 'unknown';
  if (!isThere(holder.pid)) return 'ended';
  const started = startOf(holder.pid);
  if (started === null || holder.started === null) return 'unknown';
  return started === holder.started ? 'running' : 'ended';
}

/** Between two signs of life, and how long one is waited for, milliseconds. */
const beatMs = 1_000;
const patienceMs = 10_000;
/** Between two looks for one. */
const lookMs = 200;

/** A holder's signs of life, for those who cannot see its process: a file whose time of change goes on. */
export interface Beat {
  stop(): Promise<void>;
}

/** Begins to give signs of life; a file that cannot be touched gives none. @param path  of the file, made when it is not there */
export async function startBeat(path: string): Promise<Beat> {
  let file: FileHandle;
  try {
    file = await open(path, 'a');
  } catch {
    return { stop: async () => undefined };
  }
  let touching: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    const now = new Date();
    touching = file.utimes(now, now).catch(() => undefined);
  }, beatMs);
  timer.unref();
  return {
    stop: async () => {
      clearInterval(timer);
      await touching;
      await file.close();
    },
  };
}

const changedAt = (path: string): Promise<number | undefined> =>
  stat(path).then(
    found => found.mtimeMs,
    () => undefined,
  );

/** Waits for a sign of life, at most as long as ten of them take. */
export async function beats(path: string): Promise<boolean> {
  const first = await changedAt(path);
  for (let waited = 0; waited < patienceMs; waited += lookMs) {
    await delay(lookMs);
    const now = await changedAt(path);
    if (now !== undefined && now !== first) return true;
  }
  return false;
}
