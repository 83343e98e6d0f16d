import type { TextPaths } from '../columns/attributes.js';
import type { ReadyFilter } from '../columns/ready-filter.js';
import type { AskedTerms } from '../text/asked-terms.js';
import type { AcceptedDocuments } from './accepted.js';
import type { AnalysisChains } from './analysis-chains.js';
import type { IndexView } from './index-view.js';
import type { Question } from './question.js';
import type { SegmentList } from './segment-list.js';
import type { TokenIndexOptions } from './token-index-options.js';
import type { Scratch } from './tree/retrieve-tree.js';

/** What is asked for beside the words of a text. */
export interface Expansion {
  /** whether unknown words are corrected and split, and neighbours joined */
  readonly mends: boolean;
  readonly synonyms: boolean;
}

/** What a prepared query needs of its index. */
export interface SearchedIndex {
  readonly options: Pick<TokenIndexOptions, 'language' | 'spelling' | 'proximity'>;
  readonly segments: SegmentList;
  readonly chains: AnalysisChains;
  /** paths that are searched by their words */
  readonly texts: TextPaths;
  /** The index as a question sees it now. @throws TandemError 'text/bad-language' */
  view(question: Question): IndexView;
  /** @returns whether nothing that a view shows has changed since */
  watch(): () => boolean;
  /** @returns whether no document has come or gone since, nor a word or a rule; what a view shows of a part of an index (part-of-index.ts) knows nothing of its documents */
  watchDocuments(): () => boolean;
  /** What a text asks for. */
  asked(text: string, language: string | undefined, expansion: Expansion): readonly AskedTerms[];
  /** live documents that hold a term */
  df(term: string): number;
  idf(df: number): number;
  /** The living documents that meet every clause, as they are now. */
  accepted(filter: ReadyFilter): AcceptedDocuments;
  /** Lends what a search writes to while it runs; others may run beside it, each with its own. */
  borrowScratch(): Scratch;
  giveBack(scratch: Scratch): void;
}
