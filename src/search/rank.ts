import type { Candidate } from '../ranking/candidate.js';
import { candidateTable, type Sides } from '../ranking/candidate-table.js';
import type { PairTable } from '../ranking/learned/deep-ranker.js';
import { type Ranker, rankCandidates } from '../ranking/ranker.js';
import type { SecondRanker } from '../ranking/second-ranker.js';
import type { ScoreParts } from './backend.js';
import { cosines, takeByGroup, type WithEmbeddings } from './nearest.js';
import { featuresOfSearch } from './rank-again.js';
import type { SearchRequest } from './request.js';
import type { IndexParts, Retrieved } from './retrieve.js';

/** What orders the candidates of both sides. */
export interface Rankers {
  readonly first: Ranker;
  /** orders the best of the first anew; absent where the index has none, or a request wants none */
  readonly second?: SecondRanker;
  /** orders the first of the second's anew: what it ordered, then what it left behind that */
  readonly third?: (again: readonly Candidate[], table: PairTable) => Promise<readonly (readonly Candidate[])[]>;
}

/**
 * The hits of a search in their order. Of a hybrid the first ranker orders the candidates of both sides, the second one the best of these anew, and the third one the first of those. What a
 * deeper search finds beyond them stands behind, ordered among itself by the first ranker, its scores lowered together so that none exceeds the last one
 * before it. Of each group the first hits are left; where they are too few, what a search past the groups that are full finds stands behind in the same way.
 * So the first k are the same whatever k is.
 * @param request  checked
 * @param k        1..1000
 */
export async function rankHits(
  parts: Pick<IndexParts, 'embeddings'>,
  retrieved: Retrieved,
  rankers: Rankers,
  request: SearchRequest,
  k: number,
): Promise<readonly Candidate[]> {
  const { read, token, vector, prepared } = retrieved;
  const { groupBy } = request;
  if (read.mode !== 'hybrid') return (read.mode === 'token' ? token : vector).slice(0, k);
  const isFirst = groupBy && takeByGroup({ size: groupBy.size ?? 1, groupOf: prepared.groupOf(groupBy.field) }).take;
  const hits: Candidate[] = [];
  for await (const stage of stages(parts, retrieved, rankers, request)) {
    hits.push(...(isFirst === undefined ? stage : stage.filter(({ id }) => isFirst(id))));
    if (hits.length >= k) break;
  }
  return hits.slice(0, k);
}

/** The candidates of both sides, then what deeper searches find beyond them, then what one past full groups does; each ranked when it is asked for. */
async function* stages(
  parts: Pick<IndexParts, 'embeddings'>,
  retrieved: Retrieved,
  { first, second, third }: Rankers,
  request: SearchRequest,
): AsyncGenerator<readonly Candidate[]> {
  const known = new Set<string>();
  let last = Number.POSITIVE_INFINITY;
  const behind = (ranked: readonly Candidate[]): readonly Candidate[] => {
    const drop = Math.max(0, (ranked[0]?.score ?? 0) - last);
    const lowered = ranked.map(({ id, score }) => ({ id, score: Math.min(score - drop, last) }));
    for (const { id } of lowered) known.add(id);
    last = lowered.at(-1)?.score ?? last;
    return lowered;
  };
  const beyond = ({ token, vector }: Pick<Retrieved, 'token' | 'vector'>): readonly Candidate[] => {
    const unknown = (side: readonly Candidate[]): Candidate[] => side.filter(({ id }) => !known.has(id));
    const sides: Sides = { ...retrieved, token: unknown(token), vector: unknown(vector) };
    return behind(rankCandidates(first, candidateTable(sides)));
  };
  const isWhole = ({ token, vector }: Pick<Retrieved, 'token' | 'vector'>, depth: number): boolean =>
    token.length < depth && vector.length < depth;
  const sides = candidateTable(retrieved);
  const candidates = rankCandidates(first, sides);
  if (second !== undefined) {
    const best = candidates.slice(0, second.depth);
    const table = featuresOfSearch(parts, retrieved, request, best, sides);
    const again = rankCandidates(second, table);
    const ordered = third === undefined ? [again] : await third(again, table);
    for (const part of ordered) yield behind(part);
    yield behind(candidates.slice(second.depth));
  } else yield behind(candidates);
  if (isWhole(retrieved, first.depth)) return;
  for (const deeper of retrieved.deeper()) {
    yield beyond(deeper);
    if (isWhole(deeper, deeper.depth)) return;
  }
  if (retrieved.groups !== undefined) yield beyond(retrieved.groups());
}

/**
 * What each side gives some hits. A side that did not find one is asked for its score all the same; it has no rank then.
 * @returns by hit
 */
export function scoreParts(parts: WithEmbeddings, retrieved: Retrieved, hits: readonly Candidate[]): ScoreParts[] {
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
