import type { CountedTerm } from './counted-term.js';

/** The words of a segment as its documents write them, in the form of src/text/written-words.ts, found by their keys (src/text/word-key.ts). */
export interface SegmentWords {
  /** keys: as many are gone through to find near ones */
  readonly count: number;
  /** The words of the most documents whose keys begin so, most first. */
  frequent(key: string, most: number): CountedTerm[];
  /** whether `near` takes no longer than any time after */
  readonly isLearnt: boolean;
  /** Makes ready what near words are looked up in, work that tells its units (src/search/turns.ts); nothing where it is. */
  learning(): Generator<number, void>;
  /** Words whose keys are at most so many edits away, in any order. @param distance  1 or 2 */
  near(key: string, distance: number): string[];
  /** Live documents that write a word so; an estimate where documents were removed from an immutable segment, above 0 where any may be left. */
  documentFrequency(word: string): number;
  /** Terms that its documents hold, some of them for this word. */
  termsOf(word: string): string[];
}
