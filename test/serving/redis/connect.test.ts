import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { connectRedis } from '../../../serving/redis/connect.js';
import { hasRedis, startRedis } from '../../redis-server.js';

/** A port that takes connections and says nothing. @param port  0: any that is free */
async function silentPort(port = 0) {
  const taken: Socket[] = [];
  const server = createServer(socket => taken.push(socket.on('error', () => undefined))).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    taken,
    url: `redis://127.0.0.1:${address.port}`,
    /** Takes no more connections; those that it has stay open. */
    stopListening: () => server.close(),
    end: () => {
      server.close();
      for (const socket of taken) socket.destroy();
    },
  };
}

describe('a connection to a Redis', { timeout: 60_000 }, () => {
  it('over which nothing is answered is told of', async () => {
    const port = await silentPort();
    try {
      await expect(connectRedis(port.url)).rejects.toMatchObject({
        code: 'redis/unreachable',
        message: `${port.url}: takes connections, but has not answered for 5 s`,
      });
      expect(port.taken).toHaveLength(1);
    } finally {
      port.end();
    }
  });

  it.skipIf(!hasRedis)('comes back from a port that has said nothing for a while', async () => {
    const server = await startRedis();
    const told: string[] = [];
    const redis = await connectRedis(server.url, {
      onAway: () => told.push('away'),
      onBack: () => told.push('back'),
    });
    await server.kill();
    const port = await silentPort(Number(new URL(server.url).port));
    try {
      await vi.waitFor(() => expect(port.taken).not.toEqual([]), 30_000);
      port.stopListening();
      await server.start();
      await vi.waitFor(() => expect(told).toEqual(['away', 'back']), 30_000);
      expect(await redis.client.ping()).toBe('PONG');
    } finally {
      redis.close();
      port.end();
      await server.remove();
    }
  });
});
