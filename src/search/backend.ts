import type { DocumentRow } from '../config/rows.js';
import type { Explanation } from '../lexical/explain.js';
import type { Filter } from '../query/filter.js';
import type { Facet, FacetRequest, Query, ScoreFunction, SortKey } from '../query/query.js';
import type { FieldHighlight } from './highlight.js';

/** How a query is answered: the token index alone, the vectors alone, or both fused. */
export type SearchMode = 'hybrid' | 'vector' | 'token';

export interface SearchRequest {
  /** what the person typed; may be empty beside a query, a filter or a sort key. The vector side embeds its words. */
  readonly text: string;
  /** how the text is read: a bag of words, or the language of docs/queries.md; 'plain' when absent */
  readonly syntax?: 'plain' | 'query';
  /** what the token side asks for in place of the text */
  readonly query?: Query;
  /** terms that the token side looks up as they are, in place of those of the text; 1..1000 of them */
  readonly tokens?: readonly string[];
  readonly country?: string;
  /** Locale or language tag of the query, for the analysis chain; the index default when absent. */
  readonly language?: string;
  /** hits wanted, 1..1000 */
  readonly k: number;
  readonly mode: SearchMode;
  /** conditions that hold for every hit, whichever side finds it */
  readonly filter?: Filter;
  /** what multiplies the scores of the token side */
  readonly functions?: readonly ScoreFunction[];
  /** what an occurrence in a field counts, in place of the index's own */
  readonly fieldWeights?: Readonly<Record<string, number>>;
  /** order of the hits in place of the score; asks the token side alone */
  readonly sort?: readonly SortKey[];
  /** counts over all documents that the token side matches */
  readonly facets?: readonly FacetRequest[];
  /** whether all documents that the token side matches are counted */
  readonly total?: boolean;
  readonly highlight?: HighlightRequest;
  /** whether more pages will be asked for: the answer then has a cursor */
  readonly pages?: boolean;
  readonly explain?: boolean;
  /** HNSW search breadth; the index default when absent */
  readonly ef?: number;
  /** of the vector side in mode hybrid, [0, 1]; that of the index when absent */
  readonly weight?: number;
}

/** Which passages of a hit are shown. */
export interface HighlightRequest {
  /** the indexed fields when absent */
  readonly fields?: readonly string[];
  /** of a field, 1..20; 3 when absent */
  readonly fragments?: number;
  /** UTF-16 units of a fragment at most, 20..10000; 160 when absent */
  readonly length?: number;
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
  /** where the document matches, by field; a field without a match is left out */
  readonly highlights?: readonly FieldHighlight[];
}

export interface SearchResponse {
  readonly hits: readonly Hit[];
  /** how it was answered: `token` also where hybrid has nothing to embed, or is sorted */
  readonly mode: SearchMode;
  /** documents that the token side matches, where they were asked for */
  readonly total?: number;
  readonly facets?: readonly Facet[];
  /** asks `next` for the page behind this one; absent on the last page */
  readonly cursor?: string;
  /** milliseconds, by stage: embed, token, vector, fuse, documents, total */
  readonly took: Readonly<Record<string, number>>;
  /** the query as it may have been meant, where words that no document holds could be mended */
  readonly suggestion?: string;
  /** what the request names and no document has, with the nearest that some have; a text that the model can read nothing in */
  readonly warnings?: readonly string[];
}

/** The one interface behind HTTP and the command line; `embedded` and clusters implement it, one contract suite tests them all. */
export interface SearchBackend {
  search(request: SearchRequest): Promise<SearchResponse>;
  /**
   * The k hits at a cursor. Pages stand still while documents are written: nothing is repeated or left out, but for what was deleted.
   * @throws TandemError 'search/cursor-expired'
   */
  next(cursor: string, k: number): Promise<Pick<SearchResponse, 'hits' | 'cursor'>>;
  /**
   * Why a document has its score on the token side, part by part; value 0 where the query does not match it, undefined where there is no such document.
   * @throws as `search`
   */
  explain(request: SearchRequest, id: string): Promise<Explanation | undefined>;
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
  /**
   * One query -> its embedding, float32 [D], L2-normalised, with the fusion weight of each channel; all zeros where the model can read
   * nothing in it.
   */
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
  /** Documents -> embeddings, float32 [n * D], row-major, each row L2-normalised, or all zeros where the model can read nothing in it. */
  embedDocuments(documents: readonly DocumentRow[]): Promise<Float32Array>;
  /** Whether the model reads the same of both, so that they have one embedding; nothing is known of that where it is absent. */
  readsSame?(before: DocumentRow, after: DocumentRow): boolean;
}
