import { TandemError } from '../errors/tandem-error.js';
import type { Grouping } from '../lexical/grouping.js';
import type { PreparedQuery } from '../lexical/prepared-query.js';
import type { TokenIndex } from '../lexical/token-index.js';
import type { Candidate } from '../ranking/candidate.js';
import type { DocumentStore } from '../store/document-store.js';
import { isZero } from '../vector/cosine.js';
import type { VectorIndex } from '../vector/vector-index.js';
import type { DocumentEmbedder, PictureEmbedder, QueryEmbedder, QueryEmbedding } from './backend.js';
import type { CacheFigures } from './index-figures.js';
import type { IndexRanker } from './index-ranker.js';
import type { Manifest } from './manifest.js';
import { type NearestGroups, nearestDocuments, nearestInGroups } from './nearest.js';
import { type ReadRequest, readRequest, withoutEmbedding } from './read-request.js';
import type { RecallProbe } from './recall-probe.js';
import { mostHits, type SearchRequest } from './request.js';
import type { RuleBook } from './rule-book.js';
import { embedExamples, readExamples, type SimilarRequest, type WithExamples } from './similar.js';
import { inTurns } from './turns.js';

/** An opened index. */
export interface IndexParts {
  readonly manifest: Manifest;
  readonly store: DocumentStore;
  readonly tokens: TokenIndex;
  /** null without a model */
  readonly vectors: VectorIndex | null;
  /** every vector in an exact index, made when it is first asked for; null without a model */
  readonly exactVectors: () => VectorIndex | null;
  /** embeddings of documents, undefined where there is none; kept from search to search */
  readonly embeddings: (ids: readonly string[]) => (Float32Array | undefined)[];
  /** orders the best of a hybrid search anew; null where the index has none */
  readonly ranker: IndexRanker | null;
  /** of the model, where it was opened with one that can embed documents too */
  readonly embedDocuments?: DocumentEmbedder['embedDocuments'];
  /** the same of one that reads pictures */
  readonly embedPictures?: PictureEmbedder['embedPictures'];
  /** rules of curation */
  readonly rules: Pick<RuleBook, 'rules' | 'matcher'>;
  /** null when the index was opened without a model */
  readonly embedQuery: QueryEmbedder['embedQuery'] | null;
  /** of the embeddings of queries that are kept; absent without a model */
  readonly queryCache?: () => CacheFigures;
  /** looks at some of the queries that vectors answered */
  readonly recallProbe?: RecallProbe;
}

/** Hits from which on a query may be a sample of the recall of vectors. */
const sampled = 10;

/** What the sides of a search gave, best first; a side that the mode does not ask is empty. */
export interface Retrieved {
  readonly read: ReadRequest;
  readonly prepared: PreparedQuery;
  readonly token: readonly Candidate[];
  readonly vector: readonly Candidate[];
  /** of the query; absent where the vector side was not asked */
  readonly embedded?: QueryEmbedding;
  /** share of the text that the token side knows, (0, 1] */
  readonly coverage: number;
  /** The same sides as deep as deeper pages ask them, then as deep as anybody may; they begin with what stands here. */
  deeper(): Iterable<DeeperSides>;
  /** The same with documents of groups that are full left out, so that they reach further; absent where nothing is grouped. */
  readonly groups?: () => Pick<Retrieved, 'token' | 'vector'>;
  /** milliseconds by stage: embed, token, vector, of those that ran */
  readonly took: Readonly<Record<string, number>>;
}

/** Sides that were asked for `depth` hits each. */
export interface DeeperSides extends Pick<Retrieved, 'token' | 'vector'> {
  readonly depth: number;
}

/** What embeds a query; of documents that hits shall be like the embedding is there. */
function embedderOf(parts: IndexParts, ofExamples?: Float32Array): QueryEmbedder['embedQuery'] {
  if (parts.vectors === null) throw new TandemError('index/no-vectors', 'this index was made without a model');
  if (ofExamples !== undefined) return async () => ({ embedding: ofExamples, channels: {} });
  if (parts.embedQuery === null) throw new TandemError('index/no-vectors', 'this index was opened without its model');
  return parts.embedQuery;
}

/** Whether queries can be embedded: decides what is asked where a request names no mode. */
export const embedsQueries = ({ vectors, embedQuery }: IndexParts): boolean => vectors !== null && embedQuery !== null;

const examplesOfSimilar = async (parts: IndexParts, request: SimilarRequest): Promise<WithExamples> =>
  readExamples(parts, request, await embedExamples(parts, request));

/** The request as both sides take it, with the embedding of its examples. @throws TandemError as embedExamples and readExamples */
export const examplesOf = async (parts: IndexParts, request: SearchRequest): Promise<WithExamples> =>
  request.similar === undefined ? { request } : examplesOfSimilar(parts, request as SimilarRequest);

/** Whether a request has a vector side where it names no mode. */
export const hasVectorSide = (parts: IndexParts, { similar }: SearchRequest, ofExamples?: Float32Array): boolean =>
  similar === undefined ? embedsQueries(parts) : ofExamples !== undefined;

/** Notes how long the stages of a search took. */
function stopwatch(): { readonly took: Record<string, number>; lap(stage: string): void } {
  const took: Record<string, number> = {};
  let from = performance.now();
  return {
    took,
    lap: stage => {
      const now = performance.now();
      took[stage] = now - from;
      from = now;
    },
  };
}

/**
 * Embeds the query and asks the sides that its mode names. How deep they are asked for `hybrid` is a setting of the index and not up to the hits
 * wanted: what is fused must not depend on them. A query that the model cannot read, so that its embedding is all zeros, has no vector side.
 * @param request  checked
 * @param k        hits wanted, 1..1000
 * @throws TandemError 'index/no-vectors', 'request/invalid', 'search/bad-query', 'search/bad-filter'
 */
export async function retrieve(parts: IndexParts, asked: SearchRequest, k: number): Promise<Retrieved> {
  const { store, tokens, vectors, manifest } = parts;
  const { candidates, deeperCandidates, hnsw } = manifest.indexing;
  const { request, embedding: ofExamples } = await examplesOf(parts, asked);
  const { country, language, sort, ef = hnsw.ef, groupBy, minCosine } = request;
  const read = readRequest(request, tokens, hasVectorSide(parts, request, ofExamples));
  const { mode, question, plain } = read;
  const embed = mode === 'token' ? undefined : embedderOf(parts, ofExamples);
  const { took, lap } = stopwatch();
  const prepared = tokens.prepare(question);
  await inTurns(prepared.warming());
  const grouping = groupBy && { field: groupBy.field, size: groupBy.size ?? 1 };
  const tokenSide = (wanted: number): Candidate[] => prepared.search({ k: wanted, sort });
  const tokenGroups = (wanted: number): Candidate[] => prepared.search({ k: wanted, sort, grouping });
  const first = mode === 'hybrid' ? { k: candidates, sort } : { k, sort, grouping };
  let token = mode === 'vector' ? [] : await inTurns(prepared.searching(first));
  if (mode !== 'vector') lap('token');
  const alone = { read, prepared, vector: [], coverage: 1, deeper: () => [], took };
  if (embed === undefined || read.nothingToEmbed || vectors === null) return { ...alone, token };
  const embedded = await embed({ text: plain, country, language });
  lap('embed');
  if (isZero(embedded.embedding)) {
    if (mode === 'hybrid' && (k > candidates || grouping !== undefined)) token = tokenGroups(k);
    return { ...alone, read: withoutEmbedding(read), token };
  }
  // asked after the query was embedded: documents may have come and gone meanwhile
  const accepted = await inTurns(prepared.sifting());
  if (accepted !== undefined && vectors.preparing !== undefined) await inTurns(vectors.preparing(accepted));
  const breadth = mode === 'hybrid' ? Math.max(ef, candidates) : ef;
  const how = { ef: breadth, deeper: deeperCandidates, accepted, least: minCosine };
  const vectorSide = (wanted: number): Candidate[] => nearestDocuments(vectors, store, embedded.embedding, wanted, how);
  const vectorGroups = (wanted: number): Candidate[] =>
    grouping === undefined
      ? vectorSide(wanted)
      : nearestInGroups(vectors, store, embedded.embedding, wanted, how, groupsOf(prepared, grouping));
  const vector = mode === 'hybrid' ? vectorSide(candidates) : vectorGroups(k);
  if (accepted === undefined && grouping === undefined && minCosine === undefined && vector.length >= sampled)
    parts.recallProbe?.sample(embedded.embedding, vector);
  const coverage = mode === 'hybrid' ? prepared.coverage() : 1;
  lap('vector');
  function* deeper(): Generator<DeeperSides> {
    const depths = [deeperCandidates, mostHits].filter(
      (depth, i, all) => depth > candidates && all.indexOf(depth) === i,
    );
    for (const depth of depths) yield { depth, token: tokenSide(depth), vector: vectorSide(depth) };
  }
  const groups = grouping && (() => ({ token: tokenGroups(mostHits), vector: vectorGroups(mostHits) }));
  return { read, prepared, token, vector, embedded, coverage, deeper, groups, took };
}

const groupsOf = (prepared: PreparedQuery, { field, size }: Grouping): NearestGroups => ({
  size,
  groupOf: prepared.groupOf(field),
  outside: groups => prepared.outside(field, groups),
});
