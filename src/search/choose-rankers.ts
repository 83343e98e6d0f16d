import { TandemError } from '../errors/tandem-error.js';
import { convexCombination } from '../ranking/fusion.js';
import { queryFacts, weightOf } from '../ranking/query-classes.js';
import type { Ranker } from '../ranking/ranker.js';
import type { FeatureTable, SecondRanker } from '../ranking/second-ranker.js';
import type { Rankers } from './rank.js';
import type { ReadRequest } from './read-request.js';
import type { SearchRequest } from './request.js';
import type { IndexParts, Retrieved } from './retrieve.js';

interface RankedParts {
  readonly manifest: Pick<IndexParts['manifest'], 'indexing' | 'fusionClasses'>;
}

/** The fusion by the weight of the request, or of the class of its query, or of the index. */
export function firstRanker({ manifest }: RankedParts, { weight }: SearchRequest, retrieved: Retrieved): Ranker {
  const { fusionClasses, indexing } = manifest;
  const ofClass = fusionClasses && weightOf(fusionClasses, queryFacts(retrieved, retrieved.prepared.matches([]).words));
  return convexCombination(weight ?? ofClass ?? indexing.fusionWeight, indexing.candidates);
}

/** Whoever gives a weight wants the fusion by it, and no ranker behind it. */
export function secondOf(
  { ranker, manifest }: RankedParts & Pick<IndexParts, 'ranker'>,
  { ranker: wanted, weight, similar }: SearchRequest,
): SecondRanker | undefined {
  // rankers learnt from words that people type
  if (ranker === null || similar !== undefined || !(wanted ?? weight === undefined)) return undefined;
  const { second } = ranker;
  return { ...second, depth: Math.min(second.depth, manifest.indexing.rankingDepth ?? second.depth) };
}

/** A ranker, and the table that it was last given. */
export function watched(
  second: SecondRanker | undefined,
): { readonly ranker: SecondRanker; table(): FeatureTable | undefined } | undefined {
  let last: FeatureTable | undefined;
  const rank = (table: FeatureTable): Float64Array => {
    last = table;
    return (second as SecondRanker).rank(table);
  };
  return second && { ranker: { ...second, rank }, table: () => last };
}

/**
 * The score from which on a hit is shown; undefined where all are.
 * @throws TandemError 'request/invalid' where the index has no ranker that could tell
 */
export function leastScore(
  { ranker }: Pick<IndexParts, 'ranker'>,
  { minScore }: SearchRequest,
  { second }: Rankers,
  { mode, nothingToEmbed }: ReadRequest,
): number | undefined {
  if (minScore !== 'auto') return minScore;
  if (nothingToEmbed) return undefined;
  const cut = mode === 'hybrid' && second !== undefined ? ranker?.file.calibration?.cut : undefined;
  if (cut === undefined)
    throw new TandemError(
      'request/invalid',
      'minScore: auto goes by a ranker in mode hybrid, and this search has none; `tandem rank train` makes one',
    );
  return cut;
}
