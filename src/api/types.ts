import type { DocumentRow } from '../config/rows.js';
import type { AppliedRule, HitRule, Rule, RuleInput } from '../curation/rule.js';
import type { Explanation } from '../lexical/explain.js';
import type { Filter } from '../query/filter.js';
import type {
  Analysis,
  ChangeResult,
  Deletion,
  DeletionOptions,
  DictionaryChange,
  Hit,
  HitExplanation,
  Receipt,
  SearchResponse,
} from '../search/backend.js';
import type { DocumentPatch } from '../search/check-document.js';
import type { Completion } from '../search/completion.js';
import type { DocumentChange } from '../search/patch-documents.js';
import type { SearchMode, SearchRequest } from '../search/request.js';
import type { AnalysisStep } from '../text/analyzer.js';
import type { DictionaryWord } from '../text/dictionary.js';

export type {
  Analysis,
  AnalysisStep,
  AppliedRule,
  ChangeResult,
  Completion,
  Deletion,
  DeletionOptions,
  DictionaryChange,
  DictionaryWord,
  DocumentChange,
  DocumentPatch,
  DocumentRow,
  Explanation,
  Hit,
  HitExplanation,
  HitRule,
  Receipt,
  Rule,
  RuleInput,
  SearchMode,
  SearchRequest,
  SearchResponse,
};

/** A document of a program: with any fields beside its id, whatever type describes it; what is in it is checked when it comes. */
export type DocumentInput = DocumentRow | (object & { readonly id: string | number | bigint });

export interface CompletionOptions {
  /** completions wanted, 1..50; ten when absent */
  readonly k?: number;
  /** BCP 47; that of the index when absent */
  readonly language?: string;
}

/** An index with its own model, ready to search. */
export interface SearchIndex {
  readonly folder: string;
  /** the modes that it can answer, the best first: without a model `token` alone */
  readonly modes: readonly SearchMode[];
  /** sha256 of the model whose embeddings are inside; null without one */
  readonly modelId: string | null;
  /**
   * Searches. What a request leaves out is: ten hits, the best mode, no text.
   * @param request  the text by itself, or a request with filters, facets and so on (docs/searching.md)
   * @throws TandemError 'request/invalid' (naming the field) | 'search/*' | 'text/bad-language' | 'index/no-vectors'
   */
  search(request: string | SearchRequest): Promise<SearchResponse>;
  /** The next hits at the cursor of a search with `pages: true`. @param k  ten when absent @throws TandemError 'search/cursor-expired' */
  next(cursor: string, k?: number): Promise<Pick<SearchResponse, 'hits' | 'cursor' | 'partial'>>;
  /** Why a document has its score on the token side, part by part, and why its embedding is as near as it is, word by word; undefined where there is no such document. @throws as `search` */
  explain(request: string | SearchRequest, id: string): Promise<HitExplanation | undefined>;
  /** Ways to go on with a text that is being typed. @throws TandemError 'request/invalid' | 'text/bad-language' */
  complete(text: string, options?: CompletionOptions): Promise<readonly Completion[]>;
  /** Every step that turns a text into terms. @param language  BCP 47; that of the index when absent @throws TandemError 'text/bad-language' */
  analyze(text: string, language?: string): Promise<Analysis>;
  /** words that the analysis keeps whole */
  dictionary(): Promise<readonly DictionaryWord[]>;
  /** rules of synonyms, in Solr's format */
  synonyms(): Promise<readonly string[]>;
  /** rules of curation (docs/rules.md) */
  rules(): Promise<readonly Rule[]>;
  /** a document as it was written; undefined where there is none of this id */
  get(id: string): Promise<DocumentRow | undefined>;
  /** ids of all documents, sorted */
  ids(): Promise<readonly string[]>;
  /** number of documents */
  count(): Promise<number>;
  /** Closes the index and its model; nothing may be asked afterwards. */
  close(): Promise<void>;
}

/** The same, written to as well. When a write resolves it is on disk, and every search that begins afterwards finds it. */
export interface WritableSearchIndex extends SearchIndex {
  /** Stores documents, each in place of an older one of its id: all of them or none. @throws TandemError 'data/malformed-row' | 'text/bad-language' | 'files/*' */
  put(documents: readonly DocumentInput[]): Promise<Receipt>;
  /** Changes some fields of documents, the others stay; null takes a field away (RFC 7396). @throws TandemError as put, 'request/not-found' */
  patch(patches: readonly DocumentPatch[]): Promise<Receipt>;
  /** Takes documents out; unknown ids are passed over. @throws TandemError 'files/*' */
  delete(ids: readonly string[]): Promise<Receipt>;
  /** Changes of all three kinds, in their order: all of them or none. @throws TandemError as put and patch */
  write(changes: readonly DocumentChange[]): Promise<Receipt>;
  /** The same, but for those that cannot be made. @returns for each its receipt, or why it was not made @throws TandemError for what concerns all of them */
  writeEach(changes: readonly DocumentChange[]): Promise<readonly ChangeResult[]>;
  /**
   * Deletes the documents that meet a filter: all of them, or none where they are more than `most` (10,000).
   * @param options.dryRun  count them and delete none
   * @throws TandemError 'request/too-many-documents' | 'search/bad-filter' | 'files/*'
   */
  deleteMatching(filter: Filter, options?: DeletionOptions): Promise<Deletion>;
  /** These rules in the place of all synonyms, for searches that begin afterwards; no document is indexed anew. @throws TandemError 'text/bad-synonyms' | 'files/*' */
  setSynonyms(rules: readonly string[]): Promise<Receipt>;
  /** These rules of curation in the place of all, for searches that begin afterwards (docs/rules.md). @throws TandemError 'rules/invalid' | 'files/*' */
  setRules(rules: readonly RuleInput[]): Promise<Receipt>;
  /**
   * These words in the place of all that the analysis kept whole before.
   * @throws TandemError 'dictionary/bad-word' | 'files/*'
   */
  setDictionary(words: readonly DictionaryWord[]): Promise<DictionaryChange>;
  /** Makes another generation the active one, for searches that begin and writes that are acknowledged from then on (docs/generations.md). @throws TandemError 'generation/*' | 'model/*' | 'files/*' */
  switchGeneration(generation: number): Promise<void>;
  /** Saves tokens and vectors now, so that the next opening has nothing to make up for; `close` does so too. @throws TandemError 'files/*' */
  save(): Promise<void>;
}
