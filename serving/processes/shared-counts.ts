import type { FastifyRateLimitStore } from '@fastify/rate-limit';
import type { KeeperCalls } from './roles.js';

/** Counts the requests of an address whichever process they came to. */
export const sharedCounts = (count: KeeperCalls['count']): (new () => FastifyRateLimitStore) =>
  class SharedCounts implements FastifyRateLimitStore {
    incr(
      address: string,
      callback: (error: Error | null, result?: { current: number; ttl: number }) => void,
      windowMs: number,
      most: number,
    ): void {
      count(address, windowMs, most).then(result => callback(null, result), callback);
    }

    /** All routes are counted together. */
    child(): FastifyRateLimitStore {
      return this;
    }
  };
