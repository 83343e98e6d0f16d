import type { Workspace } from './workspace.js';

/** Where in `control` what stands: the number of the task, its kind, how many others are done, and whether one failed. */
export const control = { number: 0, kind: 1, done: 2, failed: 3, length: 4 } as const;

/** What a helping thread is started with. */
export interface CrewMember {
  readonly workspace: Workspace;
  readonly thread: number;
  readonly threads: number;
}

/** Looks before a thread goes to sleep: tasks follow each other closely, and waking it costs more than a short one. */
const looks = 2_000;

/** Waits until the place of `control` is no longer what it was. */
export function waitWhile(memory: Int32Array, place: number, value: number): void {
  for (let look = 0; look < looks; look++) if (Atomics.load(memory, place) !== value) return;
  Atomics.wait(memory, place, value);
}
