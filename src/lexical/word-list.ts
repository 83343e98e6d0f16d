import { finish } from '../math/finish.js';
import { wordKey } from '../text/word-key.js';
import type { CountedTerm } from './counted-term.js';
import { FrequentTerms } from './frequent-terms.js';
import { GrowingArray } from './growing-array.js';
import { NearTerms, type ReadPoints } from './near-terms.js';
import type { SegmentWords } from './segment-words.js';
import { compareBytes, decodePoints, encodeTerm } from './term-bytes.js';
import { keptWord, type WordArrays, WordCursor } from './word-arrays.js';

/** Words that are learnt in one go, and units of work (src/search/turns.ts) of one. */
const learntAtOnce = 2 ** 11;
const learningWork = 4;

/** What the words of a segment ask of its terms, by their numbers. */
export interface NumberedTerms {
  /** whether no document was removed */
  isWhole(): boolean;
  term(ordinal: number): string;
  /** documents that hold it, and those of them that are alive */
  frequency(ordinal: number): number;
  liveFrequency(ordinal: number): number;
}

/** The written words of an immutable segment, in its bytes. */
export class WordList implements SegmentWords {
  /** filled when it is asked: most segments are merged away before anybody mistypes a word */
  private readonly nearKeys = new NearTerms();
  /** reads the words that `nearKeys` does not know yet */
  private unread: WordCursor | undefined;
  private readonly cursor: WordCursor;
  isLearnt = false;

  constructor(
    private readonly arrays: WordArrays,
    private readonly terms: NumberedTerms,
  ) {
    this.cursor = new WordCursor(arrays);
  }

  get count(): number {
    return this.cursor.count;
  }

  /** Blocks in which no word has enough documents are passed over. */
  frequent(key: string, most: number): CountedTerm[] {
    const { cursor } = this;
    const wanted = encodeTerm(key);
    // a word may come under two keys and for several terms
    const best = new FrequentTerms(2 * most);
    for (let block = this.blockBefore(wanted); block < cursor.blocks; block++) {
      cursor.open(block);
      const passes = cursor.mostIn(block) < best.least;
      for (let first = true; cursor.nextIn(block); first = false) {
        const order = this.compareBeginning(wanted);
        if (order > 0) return unique(best.take(), most);
        if (order === 0 && cursor.documents >= best.least) this.offer(best);
        if (first && passes) break;
      }
    }
    return unique(best.take(), most);
  }

  near(key: string, distance: number): string[] {
    finish(this.learning());
    const { cursor } = this;
    const words = new Set<string>();
    for (const place of this.nearKeys.find(key, distance, this.readPoints)) {
      cursor.goTo(place);
      if (this.left(cursor.ordinal, cursor.documents) > 0) words.add(cursor.word);
    }
    return [...words];
  }

  documentFrequency(word: string): number {
    let documents = 0;
    for (const { ordinal, documents: all } of this.entriesOf(word)) documents += this.left(ordinal, all);
    return documents;
  }

  termsOf(word: string): string[] {
    const living = [...this.entriesOf(word)].filter(({ ordinal }) => this.terms.liveFrequency(ordinal) > 0);
    return living.map(({ ordinal }) => this.terms.term(ordinal));
  }

  /** One that reads all words from the first on. */
  walk(): WordCursor {
    const cursor = new WordCursor(this.arrays);
    cursor.open(0);
    return cursor;
  }

  /**
   * How many of the documents that write a word are alive: as many in proportion as of those that hold its term, rounded up, so that a word is there as long
   * as any document may write it.
   */
  left(ordinal: number, documents: number): number {
    if (this.terms.isWhole()) return documents;
    const live = this.terms.liveFrequency(ordinal);
    const all = this.terms.frequency(ordinal);
    return live === all ? documents : Math.ceil((documents * live) / all);
  }

  private offer(best: FrequentTerms): void {
    const { cursor } = this;
    const documents = this.left(cursor.ordinal, cursor.documents);
    if (documents > 0) best.offer(cursor.word, documents);
  }

  private entriesOf(word: string): { readonly ordinal: number; readonly documents: number }[] {
    const { cursor } = this;
    const wanted = keptWord(wordKey(word), word);
    const found: { ordinal: number; documents: number }[] = [];
    cursor.open(this.blockBefore(wanted));
    while (cursor.next()) {
      const order = compareBytes(wanted, wanted.length, cursor.bytes, 0, cursor.length);
      if (order < 0) break;
      if (order === 0) found.push({ ordinal: cursor.ordinal, documents: cursor.documents });
    }
    return found;
  }

  /** The last block whose first word stands before this one; the first block where there is none. */
  private blockBefore(wanted: Uint8Array): number {
    const { cursor } = this;
    let [low, high] = [0, cursor.blocks];
    while (low < high) {
      const middle = (low + high) >>> 1;
      cursor.open(middle);
      cursor.next();
      if (compareBytes(wanted, wanted.length, cursor.bytes, 0, cursor.length) > 0) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  /** 0 where the word at the cursor begins so, below 0 where it stands before all such words, above 0 behind them. */
  private compareBeginning(wanted: Uint8Array): number {
    const { bytes, length } = this.cursor;
    for (let i = 0; i < wanted.length; i++) {
      if (i >= length) return -1;
      const difference = bytes[i] - wanted[i];
      if (difference !== 0) return difference;
    }
    return 0;
  }

  *learning(): Generator<number, void> {
    if (this.isLearnt) return;
    this.unread ??= this.walk();
    const points = new GrowingArray();
    for (let learnt = 1; this.unread.next(); learnt++) {
      points.length = 0;
      decodePoints(this.unread.bytes, 0, this.unread.keyEnd, points);
      this.nearKeys.add(this.unread.place, points);
      // others that learn meanwhile go on where this one is
      if (learnt % learntAtOnce === 0) yield learningWork * learntAtOnce;
    }
    this.isLearnt = true;
  }

  private readPoints: ReadPoints = (place, into) => {
    this.cursor.goTo(place);
    decodePoints(this.cursor.bytes, 0, this.cursor.keyEnd, into);
  };
}

function unique(found: readonly CountedTerm[], most: number): CountedTerm[] {
  const seen = new Set<string>();
  return found.filter(({ term }) => !seen.has(term) && seen.add(term)).slice(0, most);
}
