import type { DocumentRow } from '../config/rows.js';

/** How a query is answered: the token index alone, the vectors alone, or both fused. */
export type SearchMode = 'hybrid' | 'vector' | 'token';

/** A filter over attributes: every clause must hold. `terms` any of; `range` inclusive bounds; `exists` present and not null. */
export type FilterClause =
  | { readonly terms: { readonly field: string; readonly values: readonly (string | number | boolean)[] } }
  | { readonly range: { readonly field: string; readonly min?: number; readonly max?: number } }
  | { readonly exists: { readonly field: string } };
export type Filter = readonly FilterClause[];

export interface SearchRequest {
  readonly text: string;
  readonly country?: string;
  /** Locale or language tag of the query, for the analysis chain; the index default when absent. */
  readonly language?: string;
  /** hits wanted, 1..1000 */
  readonly k: number;
  readonly mode: SearchMode;
  readonly filter?: Filter;
  readonly explain?: boolean;
  /** HNSW search breadth; the index default when absent */
  readonly ef?: number;
}

/** What each side gave a hit; absent where that side did not return it among its candidates. */
export interface ScoreParts {
  readonly token?: number;
  readonly vector?: number;
  readonly tokenRank?: number;
  readonly vectorRank?: number;
  /** fusion weight per channel of the query tower, for the page and --explain */
  readonly channels?: Readonly<Record<string, number>>;
}

export interface Hit {
  readonly id: string;
  readonly score: number;
  readonly document: DocumentRow;
  readonly parts?: ScoreParts;
}

export interface SearchResponse {
  readonly hits: readonly Hit[];
  readonly mode: SearchMode;
  /** milliseconds, by stage: embed, token, vector, fuse, documents, total */
  readonly took: Readonly<Record<string, number>>;
  /** the query as it may have been meant, where words that no document holds could be mended */
  readonly suggestion?: string;
}

/** The one interface behind HTTP and the command line; `embedded` and clusters implement it, one contract suite tests them all. */
export interface SearchBackend {
  search(request: SearchRequest): Promise<SearchResponse>;
  get(id: string): Promise<DocumentRow | undefined>;
  /** number of live documents */
  count(): Promise<number>;
  close(): Promise<void>;
}

/** The query side of a model as search sees it; models/runtime implements it. */
export interface QueryEmbedder {
  /** sha256 of the model artefact: an index and a query of different models never meet */
  readonly modelId: string;
  /** D */
  readonly width: number;
  /** One query -> its embedding, float32 [D], L2-normalised, with the fusion weight of each channel. */
  embedQuery(query: { text: string; country?: string; language?: string }): Promise<QueryEmbedding>;
}

export interface QueryEmbedding {
  readonly embedding: Float32Array;
  readonly channels: Readonly<Record<string, number>>;
}

/** The document side; used by indexing. */
export interface DocumentEmbedder {
  readonly modelId: string;
  readonly width: number;
  /** Documents -> embeddings, float32 [n * D], row-major, each row L2-normalised. */
  embedDocuments(documents: readonly DocumentRow[]): Promise<Float32Array>;
}
