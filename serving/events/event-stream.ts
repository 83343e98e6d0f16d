import { TandemError } from '../../src/errors/tandem-error.js';
import type { SharedRedis } from '../redis/connect.js';
import type { EventLog } from './event-log.js';

export interface EventStreamOptions {
  /** key of the stream */
  readonly key: string;
  /** events that it keeps, about: Redis cuts older ones off by whole nodes */
  readonly length: number;
  /** bytes of rows that may wait for Redis, beyond which none are taken; 64 MiB when absent */
  readonly waitingBytes?: number;
}

/** The field of an entry that holds the row, as a line of JSON. */
export const rowField = 'event';

const usualWaitingBytes = 64 * 2 ** 20;

/**
 * Keeps events in a stream of a Redis. The rows of one call are one transaction, so that all or none of them are there; nothing is sent again, since a transaction whose answer was
 * lost may have been made.
 */
export function openEventStream(
  redis: SharedRedis,
  { key, length, waitingBytes = usualWaitingBytes }: EventStreamOptions,
): EventLog {
  let waiting = 0;
  return {
    append: async rows => {
      const lines = rows.map(row => JSON.stringify(row));
      const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0);
      if (waiting + bytes > waitingBytes)
        throw new TandemError('server/overloaded', `${waiting} bytes of events wait for Redis`);
      waiting += bytes;
      try {
        await redis.send(async client => {
          const transaction = client.multi();
          for (const line of lines) transaction.xadd(key, 'MAXLEN', '~', length, '*', rowField, line);
          const replies = await transaction.exec();
          const failed = replies?.find(([error]) => error !== null)?.[0];
          if (failed) throw failed;
        });
      } finally {
        waiting -= bytes;
      }
    },
    close: async () => redis.close(),
  };
}
