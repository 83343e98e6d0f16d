import type { Server } from 'node:net';

/** Connections that come closer together are a burst; in one of these the other processes get so long to take the next, milliseconds. */
const burstMs = 5;
const othersMs = 0.1;

/**
 * Leaves others their share of the connections to a port that several processes listen on. The one that wakes first would take dozens that come at once, as those of
 * a client that keeps a pool of them, and would answer all that is asked on them while the others are idle.
 */
export function shareConnections(server: Pick<Server, 'on'>): void {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  let last = Number.NEGATIVE_INFINITY;
  server.on('connection', () => {
    const now = performance.now();
    if (now - last < burstMs) Atomics.wait(cell, 0, 0, othersMs);
    last = now;
  });
}
