import { type ErrorEntry, entry } from './entry.js';

/** Errors of an S3-compatible store: a part of the table of all errors. */
export const storageErrors = {
  'storage/unreachable': entry(
    503,
    1,
    'Check AWS_ENDPOINT_URL_S3 and that the store runs; the same command goes on where it was.',
  ),
  'storage/no-bucket': entry(404, 1, 'Make the bucket, or correct its name in --storage.'),
  'storage/denied': entry(
    403,
    1,
    'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN where there is one) of someone who may list, read, write and delete there; docs/jobs.md names what is needed.',
  ),
  'storage/full': entry(
    507,
    1,
    'Make room in the store, or raise its quota, and give the same command again: it goes on where it was.',
  ),
  'storage/refused': entry(502, 1, 'Read what the message says: it is that of the store.'),
} as const satisfies Record<string, ErrorEntry>;
