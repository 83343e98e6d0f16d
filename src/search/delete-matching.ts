import { TandemError } from '../errors/tandem-error.js';
import type { TokenIndex } from '../lexical/token-index.js';
import type { Filter } from '../query/filter.js';
import { parseFilter } from '../query/filter-schema.js';
import { inTurns } from './turns.js';

/** Documents that one deletion takes at most, and where it does not say. */
export const mostDeletable = 100_000;
export const usuallyDeletable = 10_000;

/**
 * The documents that a deletion by a filter takes.
 * @param most  1..100,000
 * @throws TandemError 'search/bad-filter' | 'request/invalid'
 */
export async function matchingIds(tokens: TokenIndex, filter: Filter, most: number): Promise<readonly string[]> {
  if (!(Number.isInteger(most) && most >= 1 && most <= mostDeletable))
    throw new TandemError('request/invalid', `most: it must be a whole number in [1, ${mostDeletable}], got ${most}`);
  const checked = parseFilter(filter);
  if (checked.length === 0)
    throw new TandemError('request/invalid', 'filter: it has no clause, so it names no document');
  const prepared = tokens.prepare({ query: { all: {} }, filter: checked });
  await inTurns(prepared.warming());
  return [...((await inTurns(prepared.sifting()))?.ids() ?? [])];
}

export const tooMany = (matched: number, most: number): TandemError =>
  new TandemError(
    'request/too-many-documents',
    `filter: ${matched} documents meet it, more than ${most}; none was deleted`,
    { matched, most },
  );
