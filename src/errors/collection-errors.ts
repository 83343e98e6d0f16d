import { type ErrorEntry, entry } from './entry.js';

/** Errors of a service of several collections: a part of the table of all errors. */
export const collectionErrors = {
  'collection/unknown': entry(
    404,
    1,
    'Ask for a collection that GET /collections lists; a folder below --root that holds an index becomes one within a second.',
  ),
  'collection/not-open': entry(
    503,
    1,
    'Try again; where the message has a code, what is wrong with the index stands in the log of the service.',
  ),
  'collection/name-taken': entry(
    409,
    2,
    'Give the alias a name that nothing else in the folder of the collections has.',
  ),
} as const satisfies Record<string, ErrorEntry>;
