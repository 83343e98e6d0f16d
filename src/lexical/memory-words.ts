import type { WrittenForm } from '../text/written-words.js';
import type { CountedTerm } from './counted-term.js';
import { FrequentTerms } from './frequent-terms.js';
import { GrowingArray } from './growing-array.js';
import { NearTerms, pointsOf } from './near-terms.js';
import type { SegmentWords } from './segment-words.js';
import { sortingByBytes } from './sort-bytes.js';
import type { TermNumbers } from './term-numbers.js';
import type { KeptWord } from './word-arrays.js';

/** Words that are taken in in one go, and units of work (src/search/turns.ts) that one takes. */
const wordsAtOnce = 2 ** 13;
const wordWork = 1;

/** A form of a word, with the numbers that it has beside the terms that stand for it. */
interface Known {
  readonly form: string;
  readonly keys: readonly string[];
  readonly words: number[];
}

/** The written words of the segment in memory, counted by their numbers; forms and keys are looked up in what is made of these when somebody asks. */
export class MemoryWords implements SegmentWords {
  /** by word: documents that write it so and hold its term, and one more than the slot of the last of them */
  private readonly counts = new GrowingArray();
  private readonly lasts = new GrowingArray();
  /** words in the order in which they came */
  private readonly words = new GrowingArray();
  /** words of slots, those of one behind those of another; and where those of each slot end */
  private readonly ofSlots = new GrowingArray();
  private readonly slotEnds = new GrowingArray();
  private readonly forms = new Map<string, Known>();
  private readonly keys: { readonly key: string; readonly known: Known }[] = [];
  private readonly nearKeys = new NearTerms();
  /** words that `forms` and `keys` know, and keys that `nearKeys` knows: those that came since are added when it is asked */
  private formCount = 0;
  private nearCount = 0;

  constructor(private readonly numbers: TermNumbers) {}

  get count(): number {
    this.catchUp();
    return this.keys.length;
  }

  /**
   * @param slot   higher than all before
   * @param words  numbers of term-numbers.ts
   * @yields units of work
   */
  *adding(slot: number, words: GrowingArray): Generator<number, void> {
    for (let from = 0; from === 0 || from < words.length; from += wordsAtOnce) {
      if (from > 0) yield wordsAtOnce * wordWork;
      this.addSome(slot, words, from, Math.min(words.length, from + wordsAtOnce));
    }
    this.slotEnds.push(this.ofSlots.length);
  }

  /** The same at once, for a document of few words. */
  add(slot: number, words: GrowingArray): void {
    this.addSome(slot, words, 0, words.length);
    this.slotEnds.push(this.ofSlots.length);
  }

  private addSome(slot: number, words: GrowingArray, from: number, to: number): void {
    while (this.slotEnds.length < slot) this.slotEnds.push(this.ofSlots.length);
    for (let i = from; i < to; i++) {
      const word = words.data[i];
      if (word >= this.counts.length) this.growTo(word + 1);
      const { data: lasts } = this.lasts;
      if (lasts[word] === slot + 1) continue;
      if (lasts[word] === 0) this.words.push(word);
      lasts[word] = slot + 1;
      this.counts.data[word]++;
      this.ofSlots.push(word);
    }
  }

  remove(slot: number): void {
    const { data: ends, length } = this.slotEnds;
    if (slot >= length) return;
    for (let at = slot === 0 ? 0 : ends[slot - 1]; at < ends[slot]; at++) this.counts.data[this.ofSlots.data[at]]--;
  }

  frequent(key: string, most: number): CountedTerm[] {
    this.catchUp();
    const best = new FrequentTerms(most);
    for (const known of this.forms.values()) {
      if (!known.keys.some(each => each.startsWith(key))) continue;
      const count = this.countOf(known);
      if (count > 0) best.offer(known.form, count);
    }
    return best.take();
  }

  /** The words of a segment in memory are few, and learnt when they are asked. */
  readonly isLearnt = true;

  *learning(): Generator<number, void> {}

  near(key: string, distance: number): string[] {
    this.catchUp();
    const { keys, nearKeys } = this;
    for (; this.nearCount < keys.length; this.nearCount++)
      nearKeys.add(this.nearCount, pointsOf(keys[this.nearCount].key));
    const found = nearKeys.find(key, distance, (number, into) => pointsOf(keys[number].key, into));
    const living = found.map(number => keys[number].known).filter(known => this.countOf(known) > 0);
    return [...new Set(living.map(({ form }) => form))];
  }

  documentFrequency(word: string): number {
    this.catchUp();
    const known = this.forms.get(word);
    return known === undefined ? 0 : this.countOf(known);
  }

  termsOf(word: string): string[] {
    this.catchUp();
    const words = this.forms.get(word)?.words ?? [];
    return words
      .filter(each => this.counts.data[each] > 0)
      .map(each => this.numbers.term(this.numbers.termOfWord(each)));
  }

  /** To be written, in the order of a segment. @yields units of work @param ordinals  by number of a term: that in the immutable segment, -1 where no document is found by it */
  *inOrder(ordinals: ArrayLike<number>): Generator<number, Iterable<KeptWord>> {
    const { numbers, counts } = this;
    const ordinalOf = (key: number): number => ordinals[numbers.termOfWord(numbers.wordOfKey(key))];
    const keys = new GrowingArray();
    for (const word of this.words.used) {
      if (counts.data[word] === 0 || ordinals[numbers.termOfWord(word)] < 0) continue;
      const { from, to } = numbers.keysOf(word);
      for (let key = from; key < to; key++) keys.push(key);
    }
    const { keyBytes } = numbers;
    const sorted = yield* sortingByBytes(keyBytes, keys.used, (a, b) => ordinalOf(a) - ordinalOf(b));
    return keptWords(sorted, key => ({
      bytes: keyBytes.bytes.subarray(keyBytes.start(key), keyBytes.end(key)),
      ordinal: ordinalOf(key),
      documents: counts.data[numbers.wordOfKey(key)],
    }));
  }

  private countOf({ words }: Known): number {
    return words.reduce((sum, word) => sum + this.counts.data[word], 0);
  }

  private growTo(length: number): void {
    for (const array of [this.counts, this.lasts]) {
      array.reserve(length - array.length);
      array.length = length;
    }
  }

  private catchUp(): void {
    for (; this.formCount < this.words.length; this.formCount++) {
      const number = this.words.data[this.formCount];
      const word = this.numbers.wordForm(number);
      const { words } = this.forms.get(word.form) ?? this.learn(word);
      words.push(number);
    }
  }

  private learn({ form, keys }: WrittenForm): Known {
    const known = { form, keys, words: [] };
    this.forms.set(form, known);
    for (const key of keys) this.keys.push({ key, known });
    return known;
  }
}

function* keptWords(keys: ArrayLike<number>, kept: (key: number) => KeptWord): Generator<KeptWord> {
  for (let i = 0; i < keys.length; i++) yield kept(keys[i]);
}
