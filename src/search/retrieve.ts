import { TandemError } from '../errors/tandem-error.js';
import type { AcceptedDocuments } from '../lexical/accepted.js';
import type { Candidate } from '../lexical/candidate.js';
import type { TokenIndex } from '../lexical/token-index.js';
import type { DocumentStore } from '../store/document-store.js';
import { asCosine, innerProduct, isZero } from '../vector/cosine.js';
import { createTopK } from '../vector/top-k.js';
import type { VectorIndex } from '../vector/vector-index.js';
import type { QueryEmbedder, QueryEmbedding, SearchRequest } from './backend.js';
import type { Manifest } from './manifest.js';
import { type ReadRequest, readRequest, withoutEmbedding } from './read-request.js';
import { tokenCoverage } from './token-coverage.js';
import { chooseVectorPlan } from './vector-plan.js';

/** An opened index. */
export interface IndexParts {
  readonly manifest: Manifest;
  readonly store: DocumentStore;
  readonly tokens: TokenIndex;
  /** null without a model */
  readonly vectors: VectorIndex | null;
  /** every vector in an exact index, made when it is first asked for; null without a model */
  readonly exactVectors: () => VectorIndex | null;
  /** null when the index was opened without a model */
  readonly embedQuery: QueryEmbedder['embedQuery'] | null;
}

export interface RetrievalRequest extends Omit<SearchRequest, 'explain'> {
  /** scan all vectors instead of the graph: the oracle of its recall */
  readonly exact?: boolean;
}

/** What each side gives to the fusion, best first; a side that the mode does not ask is empty. */
export interface Retrieved {
  readonly read: ReadRequest;
  readonly token: readonly Candidate[];
  readonly vector: readonly Candidate[];
  /** share of the text that the token side knows, (0, 1]; see tokenCoverage */
  readonly coverage: number;
  readonly channels?: QueryEmbedding['channels'];
  /** milliseconds by stage: embed, token, vector, of those that ran */
  readonly took: Readonly<Record<string, number>>;
}

/** The k nearest of the accepted documents, exactly, their embeddings read from the store one by one. */
function scanAccepted(parts: IndexParts, query: Float32Array, k: number, accepted: AcceptedDocuments): Candidate[] {
  const ids = [...accepted.ids()];
  const best = createTopK(k, (a, b) => ids[a] < ids[b]);
  ids.forEach((id, row) => {
    const embedding = parts.store.embedding(id);
    if (embedding !== undefined && !isZero(embedding)) best.offer(row, asCosine(innerProduct(query, embedding, 0)));
  });
  return best.take().map(({ row, score }) => ({ id: ids[row], score }));
}

function searchVectors(
  parts: IndexParts,
  query: Float32Array,
  k: number,
  request: RetrievalRequest,
  accepted: AcceptedDocuments | undefined,
): Candidate[] {
  const index = request.exact ? parts.exactVectors() : parts.vectors;
  if (index === null) return [];
  if (index.kind === 'hnsw' && accepted !== undefined) {
    const breadth = Math.max(k, request.ef ?? parts.manifest.indexing.hnsw.ef);
    if (chooseVectorPlan(breadth, index.size, accepted.count) === 'scan')
      return scanAccepted(parts, query, k, accepted);
  }
  return index.search(query, k, { ef: request.ef, accept: accepted && (id => accepted.has(id)) });
}

function embedderFor(parts: IndexParts): QueryEmbedder['embedQuery'] {
  if (parts.vectors === null) throw new TandemError('index/no-vectors', 'this index was made without a model');
  if (parts.embedQuery === null) throw new TandemError('index/no-vectors', 'this index was opened without its model');
  return parts.embedQuery;
}

/** Documents that the vector side may find; undefined = all. */
function acceptedBy(
  { tokens }: IndexParts,
  { required, filter }: ReadRequest,
  language: string | undefined,
): AcceptedDocuments | undefined {
  if (required !== undefined) return tokens.matching({ query: required, filter, language });
  return filter.length === 0 ? undefined : tokens.accepted(filter, { language });
}

/**
 * Embeds the query and asks the sides that its mode names; `hybrid` takes at least `indexing.candidates` of each. A query that the model
 * cannot read, so that its embedding is all zeros, has no vector side.
 * @throws TandemError 'index/no-vectors', 'request/invalid', 'search/bad-query', 'search/bad-filter'
 */
export async function retrieveCandidates(parts: IndexParts, request: RetrievalRequest): Promise<Retrieved> {
  const read = readRequest(request, parts.tokens);
  const { mode, question, plain, filter } = read;
  const { country, language, functions, fieldWeights, sort } = request;
  const { candidates } = parts.manifest.indexing;
  const depth = mode === 'hybrid' ? Math.max(request.k, candidates) : request.k;
  const embedQuery = mode === 'token' ? undefined : embedderFor(parts);
  const took: Record<string, number> = {};
  let token: Candidate[] = [];
  let vector: Candidate[] = [];
  let channels: QueryEmbedding['channels'] | undefined;
  let from = performance.now();
  const lap = (stage: string): void => {
    const now = performance.now();
    took[stage] = now - from;
    from = now;
  };
  if (mode !== 'vector') {
    token = parts.tokens.search({ ...question, language, k: depth, filter, functions, fieldWeights, sort });
    lap('token');
  }
  if (embedQuery !== undefined && !read.nothingToEmbed) {
    const embedded = await embedQuery({ text: plain, country, language });
    lap('embed');
    if (isZero(embedded.embedding))
      return { read: withoutEmbedding(read), token: token.slice(0, request.k), vector, coverage: 1, took };
    channels = embedded.channels;
    // asked after the query was embedded: documents may have come and gone meanwhile
    vector = searchVectors(parts, embedded.embedding, depth, request, acceptedBy(parts, read, language));
    lap('vector');
  }
  const coverage = mode === 'hybrid' ? coverageOf(parts, request, read) : 1;
  return { read, token, vector, coverage, channels, took };
}

/** Which words a tree, or terms in place of the text, ask for in vain is not known: they count as known. */
function coverageOf({ tokens }: IndexParts, request: RetrievalRequest, { question }: ReadRequest): number {
  return 'query' in question || question.tokens !== undefined ? 1 : tokenCoverage(tokens, request);
}
