import { candidateTable } from '../../../src/ranking/candidate-table.js';
import { rankCandidates } from '../../../src/ranking/ranker.js';
import { firstRanker } from '../../../src/search/choose-rankers.js';
import type { RankedCandidates } from '../../../src/search/embedded-backend.js';
import { featuresOfSearch } from '../../../src/search/rank-again.js';
import { type SearchRequest, usualHits } from '../../../src/search/request.js';
import type { Retrieved } from '../../../src/search/retrieve.js';
import { type ClusterParts, type IndexState, partSource } from './cluster-parts.js';
import { readBest, readEmbeddings } from './order.js';
import { retrieveFrom } from './retrieve.js';

/** The candidates of each side before they are ranked. @param request  checked @throws TandemError as a search */
export async function sidesOf(parts: ClusterParts, state: IndexState, request: SearchRequest): Promise<Retrieved> {
  const options = { rows: false, matches: true, counts: false };
  const source = await partSource(parts, state);
  return (await retrieveFrom(parts, source, request, request.k ?? usualHits, options)).retrieved;
}

/**
 * The best candidates of the first ranking, with what a ranker may know of them.
 * @param request  checked, of mode hybrid
 * @param depth    candidates wanted: both sides are asked no more broadly for it than for a first page, so that a ranker learns from what it will see
 * @throws TandemError as a search
 */
export async function candidatesOf(
  parts: ClusterParts,
  state: IndexState,
  request: SearchRequest,
  depth: number,
): Promise<RankedCandidates> {
  const options = { rows: true, matches: true, counts: false };
  const { retrieved, part } = await retrieveFrom(parts, await partSource(parts, state), request, usualHits, options);
  const sides = candidateTable(retrieved);
  const first = rankCandidates(firstRanker(state, request, retrieved), sides);
  const read = readEmbeddings();
  const best = { depth, rows: true, embeddings: 'all' } as const;
  await readBest(parts, { state, request, retrieved, part }, best, read);
  return { retrieved, first, table: featuresOfSearch(read, retrieved, request, first.slice(0, depth), sides) };
}
