import { TandemError } from '../../src/errors/tandem-error.js';
import { ensembleLimits } from '../../src/ranking/trees/check-ensemble.js';
import type { EnsembleFeature } from '../../src/ranking/trees/ensemble.js';

/** What a ranker learns from: candidates of queries, a row each, those of a query one behind the other. */
export interface RankingRows {
  readonly features: readonly EnsembleFeature[];
  /** by feature, a value a row; NaN is missing */
  readonly columns: readonly Float32Array[];
  /** by row, >= 0: what nDCG counts for the document, as it is */
  readonly gains: Float64Array;
  /** [queries + 1] query q has the rows groups[q] .. groups[q + 1] */
  readonly groups: Uint32Array;
  /** by query, > 0; 1 when absent */
  readonly weights?: Float64Array;
}

const badRows = (message: string): TandemError => new TandemError('ranker/bad-rows', message);

/** @throws TandemError 'ranker/bad-rows' */
export function checkRows({ features, columns, gains, groups, weights }: RankingRows): void {
  const rows = gains.length;
  const queries = groups.length - 1;
  if (features.length === 0) throw badRows('no features');
  if (columns.length !== features.length) throw badRows(`${columns.length} columns for ${features.length} features`);
  if (groups[0] !== 0 || groups[queries] !== rows || groups.some((from, query) => from > groups[query + 1]))
    throw badRows(`the groups do not part ${rows} rows into queries`);
  if (!gains.every(gain => gain >= 0 && gain < Number.POSITIVE_INFINITY)) throw badRows('a gain below 0, or none');
  if (weights && (weights.length !== queries || !weights.every(weight => weight > 0 && weight < Infinity)))
    throw badRows('weights are finite numbers above 0, one a query');
  features.forEach(({ name, kind, monotone }, i) => {
    if (columns[i].length !== rows) throw badRows(`${name}: ${columns[i].length} values for ${rows} rows`);
    if (kind === 'category' && monotone) throw badRows(`${name}: a category has no order`);
    const fits = (value: number): boolean =>
      kind === 'number'
        ? value < Infinity && value > -Infinity
        : Number.isInteger(value) && value >= 0 && value < ensembleLimits.categories;
    const wrong = columns[i].find(value => !Number.isNaN(value) && !fits(value));
    if (wrong !== undefined)
      throw badRows(
        kind === 'number'
          ? `${name}: ${wrong} is not finite`
          : `${name}: a category is a whole number from 0 to ${ensembleLimits.categories - 1}, got ${wrong}`,
      );
  });
}

/** @throws TandemError 'ranker/other-features' */
export function checkSameFeatures(given: readonly EnsembleFeature[], expected: readonly EnsembleFeature[]): void {
  const isSame = (feature: EnsembleFeature, i: number): boolean =>
    feature.name === expected[i]?.name && feature.kind === expected[i].kind;
  if (given.length === expected.length && given.every(isSame)) return;
  const names = (features: readonly EnsembleFeature[]): string => features.map(({ name }) => name).join(', ');
  throw new TandemError('ranker/other-features', `features ${names(given)}, expected ${names(expected)}`);
}

/** Queries that a ranker can learn from: those with documents of different gains. */
export function learnableQueries({ gains, groups }: RankingRows): Uint32Array {
  const differ = (query: number): boolean => {
    for (let row = groups[query] + 1; row < groups[query + 1]; row++) if (gains[row] !== gains[row - 1]) return true;
    return false;
  };
  return Uint32Array.from({ length: groups.length - 1 }, (_, query) => query).filter(differ);
}
