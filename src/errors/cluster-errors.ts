import { type ErrorEntry, entry } from './entry.js';

/** Errors of an index of a cluster: a part of the table of all errors. */
export const clusterErrors = {
  'cluster/unreachable': entry(503, 1, 'Check --url and that the cluster runs; the same may be asked again.'),
  'cluster/incomplete': entry(503, 1, 'Wait until all parts of the index answer: `GET /_cluster/health` tells.'),
  'cluster/disk-full': entry(507, 1, 'Free or add disks in the cluster: it takes no writes; searches go on.'),
  'cluster/mapping-conflict': entry(422, 1, 'Leave out what the message names, or index the documents anew.'),
  'cluster/unsupported': entry(422, 2, 'Ask without it, or use an index that is a folder; docs/scale.md lists all.'),
  'cluster/other-version': entry(409, 1, 'Use the version that the message names, or index the documents anew.'),
  'cluster/refused': entry(502, 1, 'Read what the message says: it is that of the cluster.'),
} as const satisfies Record<string, ErrorEntry>;
