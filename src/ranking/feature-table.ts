import { TandemError } from '../errors/tandem-error.js';
import type { Candidate } from './candidate.js';
import type { CompleteFeature } from './candidate-table.js';
import { computedFeature, isRetrieved } from './features/catalogue.js';
import type { RankingContext } from './features/feature.js';
import type { CandidateTable } from './ranker.js';
import type { FeatureTable } from './second-ranker.js';

/** What features are computed from, apart from what follows from it by itself. */
export interface ContextSource extends Omit<RankingContext, 'ids' | 'column'> {
  /** What either side gives the documents, whether or not it found them. */
  readonly complete: CompleteFeature;
}

/**
 * The features of the best candidates of a first ranking.
 * @param first  best first: the rows
 * @param sides  what both sides say of these candidates and of others
 */
export function featureTable(first: readonly Candidate[], sides: CandidateTable, source: ContextSource): FeatureTable {
  const ids = first.map(({ id }) => id);
  const rowOf = new Map(sides.ids.map((id, row) => [id, row]));
  const rows = ids.map(id => rowOf.get(id) as number);
  const columns = new Map<string, Float64Array>();
  const compute = (name: string): Float64Array => {
    if (name === 'fusion') return Float64Array.from(first, ({ score }) => score);
    if (name === 'fusionRank') return Float64Array.from(first, (_, row) => row + 1);
    if (name === 'bm25' || name === 'proximity' || name === 'cosine') return source.complete(name, ids);
    if (isRetrieved(name)) {
      const column = sides.column(name);
      return Float64Array.from(rows, row => column[row]);
    }
    const feature = computedFeature(name);
    if (feature === undefined) throw new TandemError('ranker/unknown-feature', `no feature is called ${name}`);
    return feature.compute(context);
  };
  const column = (name: string): Float64Array => {
    const known = columns.get(name) ?? compute(name).map(Math.fround);
    columns.set(name, known);
    return known;
  };
  const context: RankingContext = { ...source, ids, column };
  return { ids, column };
}
