import { TandemError } from '../errors/tandem-error.js';
import type { Candidate } from '../lexical/candidate.js';
import type { SegmentMeasures } from '../lexical/segment-measures.js';
import type { Hit, ScoreParts, SearchBackend, SearchRequest, SearchResponse } from './backend.js';
import { convexCombination } from './fusion.js';
import type { Manifest } from './manifest.js';
import { type IndexParts, type RetrievalRequest, type Retrieved, retrieveCandidates } from './retrieve.js';

/** An index of this process behind the one interface, with what evaluation needs beside it. */
export interface EmbeddedIndex extends SearchBackend {
  readonly manifest: Manifest;
  /** The candidates of each side before fusion. @throws TandemError as `search` */
  retrieve(request: RetrievalRequest): Promise<Retrieved>;
  /** how vectors are searched; null without a model */
  readonly vectorKind: 'flat' | 'hnsw' | null;
  /** float32 [D] of a document; undefined where there is none */
  embedding(id: string): Float32Array | undefined;
  /** ids of all live documents, sorted */
  ids(): string[];
  /** sizes of the token index's segments, and how often they were made */
  tokenMeasures(): SegmentMeasures;
}

function checkRequest({ text, k, ef }: RetrievalRequest): void {
  const refuse = (message: string): never => {
    throw new TandemError('request/invalid', message);
  };
  if (text.length === 0) refuse('text: it is empty');
  if (!Number.isInteger(k) || k < 1 || k > 1000) refuse(`k: it must be a whole number in [1, 1000], got ${k}`);
  if (ef !== undefined && (!Number.isInteger(ef) || ef < 1 || ef > 10_000)) {
    refuse(`ef: it must be a whole number in [1, 10000], got ${ef}`);
  }
}

function fuse(retrieved: Retrieved, request: SearchRequest, weight: number): readonly Candidate[] {
  if (request.mode === 'token') return retrieved.token;
  if (request.mode === 'vector') return retrieved.vector;
  return convexCombination(retrieved.token, retrieved.vector, weight, request.k);
}

/** Looks up what each side gave a document. */
function explainer({ token, vector, channels }: Retrieved): (id: string) => ScoreParts {
  const place = (side: readonly Candidate[]) => new Map(side.map(({ id, score }, i) => [id, { score, rank: i + 1 }]));
  const [tokens, vectors] = [place(token), place(vector)];
  return id => ({
    token: tokens.get(id)?.score,
    vector: vectors.get(id)?.score,
    tokenRank: tokens.get(id)?.rank,
    vectorRank: vectors.get(id)?.rank,
    channels,
  });
}

function readHits(parts: IndexParts, ranked: readonly Candidate[], explain?: (id: string) => ScoreParts): Hit[] {
  const documents = parts.store.getMany(ranked.map(candidate => candidate.id));
  return ranked.flatMap(({ id, score }, i): Hit[] => {
    const document = documents[i];
    if (document === undefined) return []; // deleted since the derived parts were read
    return [explain === undefined ? { id, score, document } : { id, score, document, parts: explain(id) }];
  });
}

/** The query plan: embed, token and vector retrieval, fusion, documents. */
async function searchIndex(parts: IndexParts, request: SearchRequest): Promise<SearchResponse> {
  const start = performance.now();
  checkRequest(request);
  const retrieved = await retrieveCandidates(parts, request);
  const retrievedAt = performance.now();
  const ranked = fuse(retrieved, request, parts.manifest.indexing.fusionWeight);
  const fusedAt = performance.now();
  const hits = readHits(parts, ranked, request.explain ? explainer(retrieved) : undefined);
  const end = performance.now();
  const took = { ...retrieved.took, fuse: fusedAt - retrievedAt, documents: end - fusedAt, total: end - start };
  return { hits, mode: request.mode, took };
}

/** Puts the opened parts behind the interface of a backend. */
export function createEmbeddedIndex(parts: IndexParts): EmbeddedIndex {
  return {
    manifest: parts.manifest,
    search: request => searchIndex(parts, request),
    retrieve: async request => {
      checkRequest(request);
      return retrieveCandidates(parts, request);
    },
    get vectorKind() {
      return parts.vectors?.kind ?? null;
    },
    embedding: id => parts.store.embedding(id),
    ids: () => Array.from(parts.store.documents(), ({ id }) => id),
    tokenMeasures: () => parts.tokens.measures(),
    get: async id => parts.store.get(id),
    count: async () => parts.store.count(),
    close: () => parts.store.close(),
  };
}
