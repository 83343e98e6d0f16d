import { textPaths } from '../../src/columns/attributes.js';
import { type Readiness, type ReadyFilter, readyClause } from '../../src/columns/ready-filter.js';
import { createChains } from '../../src/lexical/analysis-chains.js';
import type { Filter } from '../../src/query/filter.js';

const chains = createChains('en');

/** What a token index of titles in English makes filters ready by. */
export const readiness: Readiness = {
  texts: textPaths(['title']),
  now: Date.UTC(2024, 1, 29, 12),
  chainOf: value => chains.wordChain(value),
};

export const readyFilter = (filter: Filter, how: Readiness): ReadyFilter =>
  filter.map(clause => readyClause(clause, how));
export const ready = (filter: Filter): ReadyFilter => readyFilter(filter, readiness);
