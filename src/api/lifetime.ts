import { setImmediate as nextTurn } from 'node:timers/promises';
import { TandemError } from '../errors/tandem-error.js';

/** What may be asked until it is closed, and closed once. */
export interface Lifetime {
  /** Does something. Where many are awaited one after the other, timers and sockets get their turns between. @throws TandemError once it is closed */
  run<T>(work: () => T | Promise<T>): Promise<T>;
  /** Takes nothing more, waits for what is being done, and closes; asked again it waits for the same. */
  close(): Promise<void>;
}

/** Milliseconds for which answers may follow one another without a turn of the event loop. */
const longestStretch = 10;

/** @param name  of what is closed, in words */
export function createLifetime(
  code: 'index/closed' | 'model/closed',
  name: string,
  closeAll: () => Promise<void>,
): Lifetime {
  const running = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;
  let turned = performance.now();
  const breathe = async (): Promise<void> => {
    if (performance.now() - turned < longestStretch) return;
    await nextTurn();
    turned = performance.now();
  };
  return {
    run: async work => {
      if (closing !== undefined) throw new TandemError(code, `${name}: it is closed`);
      const done = (async () => work())();
      running.add(done);
      try {
        return await done;
      } finally {
        running.delete(done);
        await breathe();
      }
    },
    close: () => {
      closing ??= Promise.allSettled(running).then(closeAll);
      return closing;
    },
  };
}
