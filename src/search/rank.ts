import type { Candidate } from '../ranking/candidate.js';
import { type CompleteFeature, candidateTable, type Sides } from '../ranking/candidate-table.js';
import { type Ranker, rankCandidates } from '../ranking/ranker.js';
import type { ScoreParts } from './backend.js';
import { cosines } from './nearest.js';
import type { IndexParts, Retrieved } from './retrieve.js';

/**
 * The hits of a search in their order. Of a hybrid the ranker orders the candidates of both sides. What a deeper search finds beyond them stands behind,
 * ordered among itself by the same ranker, its scores lowered together so that none exceeds the last one before it.
 * So the first k are the same whatever k is.
 * @param k  1..1000
 */
export function rankHits(parts: IndexParts, retrieved: Retrieved, ranker: Ranker, k: number): readonly Candidate[] {
  const { read, token, vector } = retrieved;
  if (read.mode !== 'hybrid') return (read.mode === 'token' ? token : vector).slice(0, k);
  const complete = featuresOf(parts, retrieved);
  const head = rankCandidates(ranker, candidateTable(retrieved, complete));
  const exhausted = token.length < ranker.depth && vector.length < ranker.depth;
  if (k <= head.length || exhausted) return head.slice(0, k);
  const known = new Set(head.map(({ id }) => id));
  const beyond = (side: readonly Candidate[]): Candidate[] => side.filter(({ id }) => !known.has(id));
  const deeper = retrieved.deeper();
  const sides: Sides = { ...retrieved, token: beyond(deeper.token), vector: beyond(deeper.vector) };
  const tail = rankCandidates(ranker, candidateTable(sides, complete));
  const last = head[head.length - 1]?.score ?? 0;
  const drop = Math.max(0, (tail[0]?.score ?? 0) - last);
  return [...head, ...tail.map(({ id, score }) => ({ id, score: Math.min(score - drop, last) }))].slice(0, k);
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
