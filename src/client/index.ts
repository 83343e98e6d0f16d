/** A client of `tandem serve` for browsers and Node.js: fetch and nothing else. docs/shop.md shows it. */

export type { DocumentRow } from '../config/rows.js';
export type { SentEvent } from '../config/sent-event.js';
export type { Rule, RuleInput } from '../curation/rule.js';
export type { UnknownIds } from '../curation/unknown-ids.js';
export type { Filter } from '../query/filter.js';
export type {
  Analysis,
  Deletion,
  DeletionOptions,
  HitExplanation,
  Receipt,
  SearchResponse,
} from '../search/backend.js';
export type { DocumentPatch } from '../search/check-document.js';
export type { Completion } from '../search/completion.js';
export type { DocumentChange } from '../search/patch-documents.js';
export type { SearchRequest } from '../search/request.js';
export type { DictionaryWord } from '../text/dictionary.js';
export { type CompletionItem, type CompletionSource, createCompletionSource } from './autocomplete.js';
export {
  type ChangeOutcome,
  createClient,
  type ExplainRequest,
  type QueryEmbeddingReply,
  type SearchOutcome,
  type TandemClient,
} from './client.js';
export { type CallOptions, type ClientOptions, TandemClientError } from './request.js';
