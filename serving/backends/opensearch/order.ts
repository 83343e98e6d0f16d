import type { Candidate } from '../../../src/ranking/candidate.js';
import { candidateTable } from '../../../src/ranking/candidate-table.js';
import { readsAttributes } from '../../../src/ranking/features/catalogue.js';
import { rankCandidates } from '../../../src/ranking/ranker.js';
import type { SecondRanker } from '../../../src/ranking/second-ranker.js';
import { firstRanker, secondOf, watched } from '../../../src/search/choose-rankers.js';
import { deepStage } from '../../../src/search/deep-stage.js';
import type { IndexRanker } from '../../../src/search/index-ranker.js';
import type { SearchRequest } from '../../../src/search/request.js';
import type { Retrieved } from '../../../src/search/retrieve.js';
import { isZero } from '../../../src/vector/cosine.js';
import type { ClusterParts, IndexState } from './cluster-parts.js';
import { decodeEmbedding, type StoredSource } from './encode-document.js';
import { readDocuments, takeFound, tokenFields } from './found-documents.js';
import type { SearchPart } from './part.js';
import type { SearchBody } from './search-index.js';

/** Embeddings of documents that were read for one search. */
export interface ReadEmbeddings {
  /** undefined where a document has none, or it was not read */
  readonly embeddings: (ids: readonly string[]) => (Float32Array | undefined)[];
  set(id: string, embedding: Float32Array): void;
}

export function readEmbeddings(): ReadEmbeddings {
  const read = new Map<string, Float32Array>();
  return {
    embeddings: ids => ids.map(id => read.get(id)),
    set: (id, embedding) => {
      if (!isZero(embedding)) read.set(id, embedding);
    },
  };
}

/** Reads the embeddings of some hits. */
export async function readEmbeddingsOf(
  { cluster, names }: ClusterParts,
  hits: readonly Candidate[],
  into: ReadEmbeddings,
): Promise<void> {
  const ids = hits.map(({ id }) => id);
  for (const [id, { embedding }] of await readDocuments(cluster, names.index, ids, true))
    if (embedding !== undefined) into.set(id, embedding);
}

/** The ranker behind the fusion, in one search; undefined where none is wanted, or the index has none. */
export interface RankerStage {
  readonly seen: NonNullable<ReturnType<typeof watched>>;
  readonly deep: ReturnType<typeof deepStage>;
  readonly ranker: IndexRanker;
  /** whether it looks at attributes */
  readonly rows: boolean;
}

/** @param request  checked */
export function rankerStage({ manifest, ranker }: IndexState, request: SearchRequest): RankerStage | undefined {
  const seen = watched(secondOf({ manifest, ranker }, request));
  if (seen === undefined || ranker === null) return undefined;
  return { seen, deep: deepStage(ranker), ranker, rows: asksAttributes(seen.ranker, request) };
}

/** The country and the language of documents matter where the query has one. */
const asksAttributes = ({ features }: SecondRanker, { country, language }: SearchRequest): boolean =>
  features.some(
    name =>
      readsAttributes(name) &&
      (name !== 'sameCountry' || country !== undefined) &&
      (name !== 'sameLanguage' || language !== undefined),
  );

export interface RankedSearch {
  readonly state: IndexState;
  readonly request: SearchRequest;
  readonly retrieved: Retrieved;
  readonly part: SearchPart;
}

/** What of the best candidates is read beside what the sides said of them. */
export interface BestOptions {
  readonly depth: number;
  /** whether attributes are looked at */
  readonly rows: boolean;
  /** cosines: the embeddings of those that the vectors did not find; all: those of all */
  readonly embeddings: 'none' | 'cosines' | 'all';
}

/** What a ranker asks of the best candidates. */
export const bestOptions = ({ seen: { ranker }, ranker: { file }, deep, rows }: RankerStage): BestOptions => ({
  depth: ranker.depth,
  rows,
  embeddings:
    deep !== undefined && (file.deep?.width ?? 0) > 0
      ? 'all'
      : ranker.features.some(name => name === 'cosine' || name === 'cosineGap')
        ? 'cosines'
        : 'none',
});

/** Reads what is computed from terms and embeddings of the best candidates of the first ranking, all of it in one round. */
export async function readBest(
  { searched }: ClusterParts,
  { state: { manifest }, request, retrieved, part }: RankedSearch,
  { depth, rows, embeddings }: BestOptions,
  into: ReadEmbeddings,
): Promise<void> {
  const best = rankCandidates(firstRanker({ manifest }, request, retrieved), candidateTable(retrieved));
  const ids = best.slice(0, depth).map(({ id }) => id);
  const near = new Set(retrieved.vector.map(({ id }) => id));
  const unread = ids.filter(id => !part.tokens.has(id));
  const distant =
    retrieved.embedded === undefined || embeddings === 'none'
      ? []
      : embeddings === 'all'
        ? ids
        : ids.filter(id => !near.has(id));
  const bodies: SearchBody[] = [];
  const among = (some: readonly string[]): SearchBody => ({
    ...{ size: some.length, track_total_hits: false, query: { terms: { id: some } } },
  });
  if (unread.length > 0) bodies.push({ ...among(unread), ...tokenFields, _source: rows ? ['row'] : false });
  if (distant.length > 0) bodies.push({ ...among(distant), _source: ['e'] });
  const replies = await searched.search(bodies);
  if (distant.length > 0)
    for (const { _id: id, _source } of replies.pop()?.hits.hits ?? []) {
      const { e } = (_source ?? {}) as Partial<StoredSource>;
      if (e !== undefined) into.set(id, decodeEmbedding(e));
    }
  takeFound(part, replies.pop()?.hits.hits ?? [], rows);
}
