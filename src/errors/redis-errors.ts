import { type ErrorEntry, entry } from './entry.js';

/** Errors of what goes through a Redis: a part of the table of all errors. */
export const redisErrors = {
  'redis/unreachable': entry(
    503,
    1,
    'Check --redis and that Redis runs; the same command goes on where it was, and events may be sent again.',
  ),
  'redis/refused': entry(502, 1, 'Read what the message says: it is that of Redis, which must be 6.2 or newer.'),
  'data/bad-stream': entry(
    422,
    1,
    'Name the stream that `tandem serve --events-stream` writes to; give one that was begun anew another folder.',
  ),
  'job/shards-failed': entry(
    422,
    1,
    'Mend what the message names and give the same command again: it tries these shards alone, the others are kept.',
  ),
} as const satisfies Record<string, ErrorEntry>;
