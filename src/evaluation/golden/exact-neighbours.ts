import type { Candidate } from '../../ranking/candidate.js';
import type { QueryEmbedder } from '../../search/backend.js';
import { isZero } from '../../vector/cosine.js';
import type { GoldenQuery } from './golden-file.js';
import type { GoldenIndex } from './golden-index.js';

/** A query and what an exact scan finds nearest to it: the oracle of recall. */
export interface Probe {
  readonly query: GoldenQuery;
  /** float32 [D], L2-normalised */
  readonly embedding: Float32Array;
  /** best first */
  readonly exact: readonly Candidate[];
}

/** Products of the same two embeddings in another order of addition differ by this much at most. */
const rounding = 1e-6;

/**
 * Scans all vectors for each query. Queries that the model can read nothing in are left out.
 * @param depth  neighbours kept of each
 */
export async function exactNeighbours(
  index: Pick<GoldenIndex, 'exact'>,
  { embedQuery }: Pick<QueryEmbedder, 'embedQuery'>,
  queries: readonly GoldenQuery[],
  depth: number,
  onProgress?: (done: number) => void,
): Promise<Probe[]> {
  const probes: Probe[] = [];
  let done = 0;
  for (const query of queries) {
    const { text, country, language } = query;
    const { embedding } = await embedQuery({ text, country, language });
    if (!isZero(embedding)) probes.push({ query, embedding, exact: await index.exact(embedding, depth) });
    onProgress?.(++done);
  }
  return probes;
}

/**
 * Part of the exact K nearest among the first K that were found; a document that is as near as the last of them is as good. 1 where there is none to find.
 * @param exact  best first, K of them where so many documents are embedded
 */
export function recallOf(found: readonly Candidate[], exact: readonly Candidate[], K: number): number {
  const wanted = exact.slice(0, K);
  if (wanted.length === 0) return 1;
  const least = wanted[wanted.length - 1].score - rounding;
  return found.slice(0, K).filter(({ score }) => score >= least).length / wanted.length;
}
