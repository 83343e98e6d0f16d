import type { Vocabulary } from '../text/vocabulary.js';
import type { AnalysisChains } from './analysis-chains.js';
import type { WholeTerms } from './memory-segment.js';
import type { QueryLanguages } from './query-language.js';
import type { SegmentLimits } from './segment-list.js';

/** What is known of all documents of an index, of which some are looked at here: those that a cluster found for one search. */
export interface WholeIndex extends WholeTerms {
  /** N */
  readonly documents: number;
  /** Mean length of a field over the documents that have it; 0 when none has. */
  averageLength(field: string): number;
  /** The vocabulary for all texts of one query. */
  vocabulary(): Vocabulary;
  readonly languages: QueryLanguages;
  readonly chains: AnalysisChains;
  hasAttribute(name: string): boolean;
  /** paths of all attributes, sorted */
  attributes(): string[];
}

/** The terms of a field of a document that a query may ask for, in the order of their positions. */
export interface PartField {
  readonly terms: readonly string[];
  /** of the same length */
  readonly positions: readonly number[];
  /** positions of the field that hold a term, of all its terms */
  readonly length: number;
}

/** Its segment stays in memory. */
export const partLimits: SegmentLimits = {
  occurrences: Number.POSITIVE_INFINITY,
  documents: Number.POSITIVE_INFINITY,
  inlineBelow: 0,
};
