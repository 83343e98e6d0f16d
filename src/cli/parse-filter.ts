import { TandemError } from '../errors/tandem-error.js';
import type { Filter } from '../query/filter.js';
import { parseFilter } from '../query/filter-schema.js';

/** The filter of `--filter JSON`. @throws TandemError 'search/bad-filter' */
export function parseFilterFlag(text: string): Filter {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TandemError('search/bad-filter', `--filter: not JSON (${(error as Error).message})`);
  }
  return parseFilter(value);
}
