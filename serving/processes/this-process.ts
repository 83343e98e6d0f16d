import type { Channel } from './calls.js';

/** The channel to the process that started this one. It goes with that process: then this one ends too. */
export function parentChannel(): Channel {
  process.once('disconnect', () => process.exit(0));
  // a terminal, and whoever ends the service, tells all its processes; the one that keeps the others says when
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
  const send = (message: object): void => void process.send?.(message, undefined, undefined, () => undefined);
  return {
    send,
    listen: listener => {
      process.on('message', listener);
      send({ listening: true });
    },
  };
}
