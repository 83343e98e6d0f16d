import type { Candidate } from '../ranking/candidate.js';
import { type CompleteFeature, candidateTable, type Sides } from '../ranking/candidate-table.js';
import { type Ranker, rankCandidates } from '../ranking/ranker.js';
import type { ScoreParts } from './backend.js';
import { cosines, takeByGroup } from './nearest.js';
import { mostHits, type SearchRequest } from './request.js';
import type { IndexParts, Retrieved } from './retrieve.js';

/**
 * The hits of a search in their order. Of a hybrid the ranker orders the candidates of both sides. What a deeper search finds beyond them stands behind,
 * ordered among itself by the same ranker, its scores lowered together so that none exceeds the last one before it. Of each group the first hits are
 * left; where they are too few, what a search past the groups that are full finds stands behind in the same way.
 * So the first k are the same whatever k is.
 * @param k  1..1000
 */
export function rankHits(
  parts: IndexParts,
  retrieved: Retrieved,
  ranker: Ranker,
  k: number,
  groupBy?: SearchRequest['groupBy'],
): readonly Candidate[] {
  const { read, token, vector, prepared } = retrieved;
  if (read.mode !== 'hybrid') return (read.mode === 'token' ? token : vector).slice(0, k);
  const isFirst = groupBy && takeByGroup({ size: groupBy.size ?? 1, groupOf: prepared.groupOf(groupBy.field) }).take;
  const hits: Candidate[] = [];
  for (const stage of stages(parts, retrieved, ranker)) {
    hits.push(...(isFirst === undefined ? stage : stage.filter(({ id }) => isFirst(id))));
    if (hits.length >= k) break;
  }
  return hits.slice(0, k);
}

/** The candidates of both sides, then what a deeper search finds beyond them, then what one past full groups does; each ranked when it is asked for. */
function* stages(parts: IndexParts, retrieved: Retrieved, ranker: Ranker): Generator<readonly Candidate[]> {
  const complete = featuresOf(parts, retrieved);
  const known = new Set<string>();
  let last = Number.POSITIVE_INFINITY;
  const rank = ({ token, vector }: Pick<Retrieved, 'token' | 'vector'>): readonly Candidate[] => {
    const beyond = (side: readonly Candidate[]): Candidate[] => side.filter(({ id }) => !known.has(id));
    const sides: Sides = { ...retrieved, token: beyond(token), vector: beyond(vector) };
    const ranked = rankCandidates(ranker, candidateTable(sides, complete));
    const drop = Math.max(0, (ranked[0]?.score ?? 0) - last);
    const lowered = ranked.map(({ id, score }) => ({ id, score: Math.min(score - drop, last) }));
    for (const { id } of lowered) known.add(id);
    last = lowered.at(-1)?.score ?? last;
    return lowered;
  };
  const isWhole = ({ token, vector }: Pick<Retrieved, 'token' | 'vector'>, depth: number): boolean =>
    token.length < depth && vector.length < depth;
  yield rank(retrieved);
  if (isWhole(retrieved, ranker.depth)) return;
  const deeper = retrieved.deeper();
  yield rank(deeper);
  if (retrieved.groups !== undefined && !isWhole(deeper, mostHits)) yield rank(retrieved.groups());
}

/** What a query gives documents that a side did not find: the token side by the prepared query, vectors by the stored embeddings. */
function featuresOf({ store }: IndexParts, { prepared, embedded }: Retrieved): CompleteFeature {
  return (feature, ids) => {
    if (feature !== 'cosine') return prepared.features(ids)[feature];
    return embedded === undefined
      ? new Float64Array(ids.length).fill(Number.NaN)
      : cosines(store, embedded.embedding, ids);
  };
}

/**
 * What each side gives some hits. A side that did not find one is asked for its score all the same; it has no rank then.
 * @returns by hit
 */
export function scoreParts(parts: IndexParts, retrieved: Retrieved, hits: readonly Candidate[]): ScoreParts[] {
  const { read, token, vector, embedded, prepared } = retrieved;
  const ids = hits.map(({ id }) => id);
  const rows = new Map(ids.map((id, row) => [id, row]));
  const placed = (side: readonly Candidate[]): (ScoreOnSide | undefined)[] => {
    const places: (ScoreOnSide | undefined)[] = ids.map(() => undefined);
    side.forEach(({ id, score }, place) => {
      const row = rows.get(id);
      if (row !== undefined) places[row] = { score, rank: place + 1 };
    });
    return places;
  };
  const both = read.mode === 'hybrid';
  const [tokens, vectors] = [placed(token), placed(vector)];
  const bm25 = both ? prepared.features(ids).bm25 : undefined;
  const cosine = both && embedded !== undefined ? cosines(parts.store, embedded.embedding, ids) : undefined;
  return ids.map((_, row) => {
    const near = cosine?.[row];
    return {
      token: tokens[row]?.score ?? bm25?.[row],
      vector: vectors[row]?.score ?? (Number.isNaN(near) ? undefined : near),
      tokenRank: tokens[row]?.rank,
      vectorRank: vectors[row]?.rank,
      channels: embedded?.channels,
    };
  });
}

interface ScoreOnSide {
  readonly score: number;
  /** from 1 */
  readonly rank: number;
}
