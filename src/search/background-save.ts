import { asTandemError, type TandemError } from '../errors/tandem-error.js';

export interface BackgroundSave {
  /** Saves now what is not saved yet; joins a save that is under way and then goes on. @throws as the save */
  now(): Promise<void>;
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
  const start = (): Promise<void> => {
    running = save().finally(() => {
      running = undefined;
    });
    return running;
  };
  const timer = setInterval(() => {
    if (running !== undefined || !pending()) return;
    start().catch((error: unknown) => onFailure(asTandemError(error)));
  }, everyMs);
  timer.unref();
  return {
    now: async () => {
      while (running !== undefined) await running.catch(() => undefined);
      if (pending()) await start();
    },
    stop: async () => {
      clearInterval(timer);
      await running?.catch(() => undefined);
    },
  };
}
