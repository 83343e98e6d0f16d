import { asTandemError, type TandemError } from '../errors/tandem-error.js';

export interface BackgroundSave {
  /** Saves now what is not saved yet; joins a save that is under way and then goes on. @throws as the save */
  now(): Promise<void>;
  /** Does other work in the place of a save: none goes on meanwhile. @throws as the work */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** Ends the interval; a save under way is finished. */
  stop(): Promise<void>;
}

export interface SaveSchedule {
  /** between two looks, milliseconds */
  readonly everyMs: number;
  /** whether there is anything to save */
  readonly pending: () => boolean;
  readonly save: () => Promise<void>;
  /** told what a save in the background failed with; the next look tries again */
  readonly onFailure: (error: TandemError) => void;
}

/** Saves at intervals, one save at a time. A failure loses nothing: the store has everything, and it is replayed when the index is opened. */
export function startBackgroundSave({ everyMs, pending, save, onFailure }: SaveSchedule): BackgroundSave {
  let running: Promise<void> | undefined;
  const run = <T>(work: () => Promise<T>): Promise<T> => {
    const done = work().finally(() => {
      running = undefined;
    });
    running = done.then(() => undefined);
    running.catch(() => undefined); // told by the promise that is given back
    return done;
  };
  const start = (): Promise<void> => run(save);
  const timer = setInterval(() => {
    if (running !== undefined || !pending()) return;
    start().catch((error: unknown) => onFailure(asTandemError(error)));
  }, everyMs);
  timer.unref();
  return {
    now: async () => {
      // looked at and begun in one go: several may wait
      while (running !== undefined) await running.catch(() => undefined);
      if (pending()) await start();
    },
    alone: async work => {
      while (running !== undefined) await running.catch(() => undefined);
      return run(work);
    },
    stop: async () => {
      clearInterval(timer);
      await running?.catch(() => undefined);
    },
  };
}
