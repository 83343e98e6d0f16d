import type { DocumentRow } from '../config/rows.js';
import type { AppliedRule, HitRule, Rule, RuleInput } from '../curation/rule.js';
import type { TandemError } from '../errors/tandem-error.js';
import type { Explanation } from '../lexical/explain.js';
import type { Filter } from '../query/filter.js';
import type { Facet } from '../query/query.js';
import type { RankerParts } from '../ranking/learned/tree-ranker.js';
import type { AnalysisStep } from '../text/analyzer.js';
import type { DictionaryWord } from '../text/dictionary.js';
import type { Completion, CompletionRequest } from './completion.js';
import type { FieldHighlight } from './highlight.js';
import type { DocumentChange } from './patch-documents.js';
import type { SearchMode, SearchRequest } from './request.js';

/** What each side gives a hit, also where the other side found it; absent where a side was not asked, or the document has no embedding. */
export interface ScoreParts {
  readonly token?: number;
  readonly vector?: number;
  /** from 1; absent where the side did not find it among its candidates */
  readonly tokenRank?: number;
  readonly vectorRank?: number;
  /** fusion weight per channel of the query tower, for the page and --explain */
  readonly channels?: Readonly<Record<string, number>>;
  /** what each feature added to the score, of the first hits that a ranker ordered */
  readonly ranker?: RankerParts;
  /** what the network behind the ranker added to that, of the hits that it ordered */
  readonly deep?: number;
  /** what rules of curation did to the hit */
  readonly rules?: readonly HitRule[];
}

/** What one word added to a cosine: the cosine less what it is without the word. */
export interface WordShare {
  readonly word: string;
  /** may be below 0 */
  readonly adds: number;
}

/** Why a document is as near to a query as it is, word by word, with all channels of the towers as they are used together. */
export interface VectorExplanation {
  readonly cosine: number;
  /** fusion weight per channel of the query tower */
  readonly channels?: Readonly<Record<string, number>>;
  /** words of the query, in their order */
  readonly query: readonly WordShare[];
  /** words of the document, by field, in their order; absent where the model cannot embed documents here */
  readonly document?: Readonly<Record<string, readonly WordShare[]>>;
}

/** Why a hit stands where it does: the token side as a sum of parts, and the words that made the cosine. */
export type HitExplanation = Explanation & {
  readonly vector?: VectorExplanation;
  /** rules of curation that concern it */
  readonly rules?: readonly AppliedRule[];
};

export interface HitGroup {
  readonly value: string | number | boolean;
  /** documents of the group that the token side matches; absent where they were not counted, or where vectors alone answer */
  readonly count?: number;
}

export interface Hit {
  readonly id: string;
  readonly score: number;
  readonly document: DocumentRow;
  readonly parts?: ScoreParts;
  /** the value that the hit is grouped by; absent where it is a group of its own */
  readonly group?: HitGroup;
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
  /** names the answer in events; of a service that was asked for it */
  readonly queryId?: string;
  /** documents that were left out, or ranked without their embedding, because what is on disk of them is altered; absent where none was met */
  readonly partial?: readonly string[];
  /** milliseconds, by stage: embed, token, vector, rank, deep (a part of rank: the network behind the ranker), documents, total */
  readonly took: Readonly<Record<string, number>>;
  /** rules of curation that held, in their order, with what they did; absent where none did */
  readonly rules?: readonly AppliedRule[];
  /** where such a rule sends the person */
  readonly redirect?: string;
  /** the query as it may have been meant, where words that no document holds could be mended */
  readonly suggestion?: string;
  /** what the request names and no document has, with the nearest that some have; a text that the model can read nothing in; a network behind the ranker that was late */
  readonly warnings?: readonly string[];
}

/** How a backend is, for people and probes. */
export interface BackendStatus {
  /** that it can answer, the best first */
  readonly modes: readonly SearchMode[];
  /** why it answers, but not as it should; absent where all is well */
  readonly fault?: TandemError;
}

/** Reads an index. */
export interface Retriever {
  /** @throws TandemError 'request/invalid' | 'search/*' | 'text/bad-language' | 'index/no-vectors' */
  search(request: SearchRequest): Promise<SearchResponse>;
  /**
   * The k hits at a cursor. Pages stand still while documents are written: nothing is repeated or left out, but for what was deleted.
   * @throws TandemError 'search/cursor-expired'
   */
  next(cursor: string, k: number): Promise<Pick<SearchResponse, 'hits' | 'cursor' | 'partial'>>;
  /**
   * Why a document has its score on the token side, part by part; value 0 where the query does not match it, undefined where there is no such document. And
   * why its embedding is as near as it is, word by word, unless the mode asks tokens alone.
   * @throws as `search`
   */
  explain(request: SearchRequest, id: string): Promise<HitExplanation | undefined>;
  get(id: string): Promise<DocumentRow | undefined>;
  /** number of live documents */
  count(): Promise<number>;
  status(): Promise<BackendStatus>;
}

/** What an index does with texts beside searching. */
export interface TextServices {
  /**
   * Every step that turns a text into terms, with the words and synonyms of this index.
   * @param language  that of the index when absent
   * @throws TandemError 'text/bad-language'
   */
  analyze(text: string, language?: string): Promise<Analysis>;
  /** Ways to go on with a text that is being typed. @throws TandemError 'request/invalid' | 'text/bad-language' */
  complete(request: CompletionRequest): Promise<readonly Completion[]>;
  /** words that the analysis keeps whole */
  dictionary(): Promise<readonly DictionaryWord[]>;
  /** rules of synonyms, in Solr's format */
  synonyms(): Promise<readonly string[]>;
  /** rules of curation */
  rules(): Promise<readonly Rule[]>;
}

export interface Analysis {
  /** in which the text was read */
  readonly language: string;
  readonly steps: readonly AnalysisStep[];
}

/**
 * Reads the documents of an index that pass a filter, as if there were no others: what does not pass is not there, is not counted and completes nothing. How rare
 * a word is, and which misspelt word is meant, is still counted over all documents.
 */
export type FilteredReader = Pick<Retriever, 'search' | 'next' | 'explain' | 'get' | 'count'> &
  Pick<TextServices, 'complete'>;

/** What searching needs; `embedded` and clusters implement it, one contract suite tests them all. */
export interface SearchBackend extends Retriever, TextServices {
  /** @param filter  without conditions on words, whose meaning would depend on the language of who asks */
  filteredReader(filter: Filter): FilteredReader;
  close(): Promise<void>;
}

/**
 * A sign that a write is done and stays: an index of this process gives the number of the commit, a cluster what it likes. It is shown and logged;
 * nothing is read from it.
 */
export type Receipt = number | string;

/** What came of one change among others. */
export type ChangeResult = Receipt | TandemError;

/** Writes to an index. Acknowledged means: on disk, and found by every search that begins afterwards. */
export interface DocumentWriter extends ChangeWriter {
  /**
   * The same for the documents that pass a filter, as if there were no others: what would not pass is refused with 'key/outside-filter', and so is,
   * with 'key/id-taken', a document whose id one has that does not pass. Looked at when it is its turn, so that no other write comes between.
   */
  filteredWriter(filter: Filter): ChangeWriter;
}

export interface ChangeWriter {
  /**
   * All of the changes at once, in their order, or none of them.
   * @throws TandemError 'data/malformed-row' | 'text/bad-language' | 'request/not-found' (a patch of nothing) | 'server/overloaded' |
   *   'files/disk-full' | 'files/write-failed' | 'index/replaced' | 'index/claim-lost'
   */
  write(changes: readonly DocumentChange[]): Promise<Receipt>;
  /**
   * The changes, in their order, but for those that cannot be made.
   * @returns for each its receipt, or why it was not made
   * @throws TandemError as `write`, for what concerns all of them
   */
  writeEach(changes: readonly DocumentChange[]): Promise<readonly ChangeResult[]>;
  /**
   * Deletes the documents that meet a filter, in one commit: all of them, or none where they are more than `most`. Nothing is written between the look and the
   * commit.
   * @throws TandemError 'search/bad-filter' | 'request/invalid' for one without a clause | 'request/too-many-documents', and as `write`
   */
  deleteMatching(filter: Filter, options?: DeletionOptions): Promise<Deletion>;
}

export interface DeletionOptions {
  /** documents at most, 1 to 100,000; 10,000 when absent */
  readonly most?: number;
  /** count them and delete none */
  readonly dryRun?: boolean;
}

/** What came of a deletion by a filter. */
export interface Deletion {
  /** documents that meet the filter */
  readonly matched: number;
  readonly deleted: number;
  /** absent of a dry run */
  readonly receipt?: Receipt;
}

/** What came of other words that the analysis keeps whole. */
export interface DictionaryChange {
  readonly receipt: Receipt;
  /** whose terms it changed, and which were therefore indexed anew */
  readonly documents: number;
}

export interface DictionaryWriter {
  /**
   * Puts these words in the place of all words, and indexes anew the documents whose terms change by it, these alone. Acknowledged means what it
   * does for documents: on disk, and obeyed by every search that begins afterwards.
   * @throws TandemError 'dictionary/bad-word' | 'files/disk-full' | 'files/write-failed'; then nothing has changed
   */
  setDictionary(words: readonly DictionaryWord[]): Promise<DictionaryChange>;
  /**
   * Puts these rules in the place of all synonyms; searches that begin afterwards ask by them, and no document is indexed anew.
   * @param rules  in Solr's format, as `indexing.synonyms`
   * @throws TandemError 'text/bad-synonyms' | 'files/disk-full' | 'files/write-failed'; then nothing has changed
   */
  setSynonyms(rules: readonly string[]): Promise<Receipt>;
}

export interface RuleWriter {
  /**
   * Puts these rules of curation in the place of all, for searches that begin afterwards.
   * @throws TandemError 'rules/invalid' | 'files/disk-full' | 'files/write-failed'; then nothing has changed
   */
  setRules(rules: readonly RuleInput[]): Promise<Receipt>;
}

/** Whatever changes an index but its generations. */
export interface IndexWriter extends DocumentWriter, DictionaryWriter, RuleWriter {}

/** A generation of an index: all that one model made in it (docs/generations.md). */
export interface GenerationInfo {
  readonly number: number;
  /** sha256 of its model; null for tokens alone */
  readonly modelId: string | null;
  /** numbers of an embedding, D; null without a model */
  readonly width: number | null;
  /** when it was added, ISO 8601 */
  readonly created: string;
  /** how much vectors count beside tokens, 0..1 */
  readonly fusionWeight: number;
  /** whether searches use it */
  readonly active: boolean;
  /** whether searches used it before the active one: rolling back goes back to it */
  readonly previous: boolean;
  /** whether it can be switched to; one that is not is being added, or was begun and ended */
  readonly ready: boolean;
  /** documents that it has embedded, of all */
  readonly embedded: number;
  readonly documents: number;
  /** writes that it has not taken in yet; they are before it becomes the active one */
  readonly behind: number;
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

/** Embeds queries, and documents and pictures where its model was opened with that side. */
export type TextEmbedder = QueryEmbedder & Partial<Pick<DocumentEmbedder, 'embedDocuments'>> & Partial<PictureEmbedder>;

/** A model that reads pictures. */
export interface PictureEmbedder {
  /**
   * Pictures, as data URIs in base64 -> for each the embedding of a document that has it and nothing else, float32 [D], L2-normalised.
   * @throws TandemError 'image/*' for one that cannot be read
   */
  embedPictures(pictures: readonly string[]): Promise<Float32Array[]>;
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
