import { TandemError } from '../errors/tandem-error.js';
import type { StoreChange } from '../store/encode-change.js';

/** Writes in the order in which they are asked for; those that wait together share a commit. */
export interface WriteQueue<T> {
  /**
   * @returns the sequence number of the commit that holds all of these
   * @throws TandemError 'server/overloaded' when too much is waiting, and what preparing or committing throws
   */
  write(changes: readonly T[]): Promise<number>;
  /**
   * Runs a task in its turn, with no commit beside it. @param changes  that it makes, as those of a write
   * @throws TandemError 'server/overloaded', and what the task throws
   */
  alone<R>(task: () => Promise<R>, changes?: number): Promise<R>;
  /** Resolves when nothing waits any more. */
  idle(): Promise<void>;
}

export interface WriteSteps<T> {
  /** embeds; a failure refuses this write alone. Runs for one write at a time. */
  readonly prepare: (changes: readonly T[]) => Promise<readonly StoreChange[]>;
  /** makes durable and visible; a failure refuses every write of the commit */
  readonly commit: (changes: readonly StoreChange[]) => Promise<number>;
}

interface Prepared {
  readonly changes: readonly StoreChange[];
  readonly resolve: (sequence: number) => void;
  readonly reject: (error: unknown) => void;
}

/** A task that waits for its turn; it settles a promise of its own. */
type Task = () => Promise<void>;

/** Changes in one commit, unless a single write has more; and changes that may wait before more are turned away. */
const mostInCommit = 64;
const mostWaiting = 10_000;

export function createWriteQueue<T>({ prepare, commit }: WriteSteps<T>): WriteQueue<T> {
  const ready: (Prepared | Task)[] = [];
  let waiting = 0;
  let preparing: Promise<unknown> = Promise.resolve();
  let committing: Promise<void> | undefined;

  /** The writes that come next and share a commit. */
  function takeGroup(): Prepared[] {
    const group: Prepared[] = [];
    let size = 0;
    for (const next of ready) {
      if (typeof next === 'function' || (group.length > 0 && size + next.changes.length > mostInCommit)) break;
      group.push(next);
      size += next.changes.length;
    }
    ready.splice(0, group.length);
    return group;
  }

  async function commitAll(): Promise<void> {
    while (ready.length > 0) {
      if (typeof ready[0] === 'function') {
        const task = ready.shift() as Task;
        await task();
        continue;
      }
      const group = takeGroup();
      try {
        const sequence = await commit(group.flatMap(({ changes }) => changes));
        for (const { resolve } of group) resolve(sequence);
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    committing = undefined;
  }

  function submit(changes: readonly StoreChange[]): Promise<number> {
    return new Promise((resolve, reject) => {
      ready.push({ changes, resolve, reject });
      committing ??= commitAll();
    });
  }

  function wait(changes: number): void {
    if (waiting > 0 && waiting + changes > mostWaiting)
      throw new TandemError('server/overloaded', `${waiting} documents are waiting to be written`);
    waiting += changes;
  }

  async function write(changes: readonly T[]): Promise<number> {
    wait(changes.length);
    try {
      const prepared = preparing.then(() => prepare(changes));
      // submitted inside the chain, so that commits keep the order of the calls
      const submitted = prepared.then(done => ({ committed: submit(done) }));
      preparing = submitted.catch(() => undefined);
      return await (await submitted).committed;
    } finally {
      waiting -= changes.length;
    }
  }

  async function alone<R>(task: () => Promise<R>, changes = 1): Promise<R> {
    wait(changes);
    try {
      const submitted = preparing.then(() => ({ done: submitTask(task) }));
      preparing = submitted;
      return await (await submitted).done;
    } finally {
      waiting -= changes;
    }
  }

  function submitTask<R>(task: () => Promise<R>): Promise<R> {
    return new Promise((resolve, reject) => {
      ready.push(() => task().then(resolve, reject));
      committing ??= commitAll();
    });
  }

  return {
    write,
    alone,
    idle: async () => {
      while (waiting > 0 || committing !== undefined) {
        await preparing;
        await committing;
      }
    },
  };
}
