import type { KeyCounts } from '../parts.js';
import type { SharedRedis } from './connect.js';

/**
 * Counts requests of all servers with the same Redis together, in windows that begin with the first one. While it is away each server counts its own.
 * @param what  is counted: addresses and keys are told apart
 * @param own   counts those of this server
 */
export const countTogether =
  (shared: SharedRedis, what: string, own: KeyCounts): KeyCounts =>
  async (id, windowMs, most, times = 1) => {
    const key = `tandem:limit:${what}:${id}`;
    const replies = await shared.ask(redis =>
      redis.multi().set(key, 0, 'PX', windowMs, 'NX').incrby(key, times).pttl(key).exec(),
    );
    const [, [, current] = [], [, ttl] = []] = replies ?? [];
    if (typeof current !== 'number' || typeof ttl !== 'number') return own(id, windowMs, most, times);
    return { current, ttl: Math.max(0, ttl) };
  };
