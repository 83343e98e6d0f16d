import { resolvedPath } from '../files/atomic.js';
import { checkDestination, type Destination } from '../files/destination.js';
import { tidyPlace } from '../files/interrupted-swap.js';
import { isThere } from '../files/is-there.js';
import { claimPath } from '../files/path-claim.js';

export type { Destination, DestinationKind } from '../files/destination.js';

/** Kinds of folders that others may write to while they stand. */
const written: readonly Destination['kind'][] = ['index', 'snapshot'];

/**
 * Runs a command while nobody else writes to the places that it writes to. What may be replaced, and what not: src/files/destination.ts.
 * @throws TandemError 'files/exists' | 'files/not-ours' | 'files/claimed' | 'index/locked' before anything is done, and what the command throws
 */
export async function withDestinations<T>(destinations: readonly Destination[], command: () => Promise<T>): Promise<T> {
  const releases: (() => Promise<void>)[] = [];
  try {
    for (const destination of destinations) await claimDestination(destination, releases);
    return await command();
  } finally {
    for (const release of releases.reverse()) await release();
  }
}

/** Each claim stands on the list as soon as it is taken, so that a refusal gives back what was taken before it. */
async function claimDestination(destination: Destination, releases: (() => Promise<void>)[]): Promise<void> {
  const place = await resolvedPath(destination.path);
  // before anything is made: a refusal must not leave so much as a folder for the claim
  await checkDestination(destination);
  const claim = await claimPath(place);
  releases.push(() => claim.release());
  await tidyPlace(place);
  await checkDestination(destination); // what was put back, or came while we waited
  if (!written.includes(destination.kind) || !(await isThere(place))) return;
  const { claimIndex } = await import('../search/claim-index.js');
  releases.push(await claimIndex(place));
}

/** Whether an interrupted run that wanted to write there left what it can go on from; it was allowed to write there, then. */
export const isUnderWay = (out: string): Promise<boolean> => isThere(`${out}.training`);
