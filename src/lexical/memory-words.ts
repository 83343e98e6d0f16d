import { type ToldWords, type WrittenForm, writtenForm } from '../text/written-words.js';
import type { CountedTerm } from './counted-term.js';
import { FrequentTerms } from './frequent-terms.js';
import { GrowingArray } from './growing-array.js';
import { NearTerms, pointsOf } from './near-terms.js';
import type { SegmentWords } from './segment-words.js';
import { type KeptWord, keptWord } from './word-arrays.js';

/** Words that are taken in in one go, and units of work that one takes. */
const wordsAtOnce = 2 ** 11;
const wordWork = 4;

/** The documents that write a word and hold a term for it. */
interface Holders {
  /** its place among all */
  readonly number: number;
  readonly term: string;
  count: number;
  /** slot of the last of them */
  last: number;
}

interface Known extends WrittenForm {
  readonly holders: Holders[];
}

/** A way to write a word that was met with a term: LED, Led and led are one word. */
interface Spelling {
  readonly written: string;
  /** null for what nobody types as a word */
  readonly holders: Holders | null;
  readonly next: Spelling | undefined;
}

/** The spellings of a term: the first ones in a chain, compared with a text where they may stand, so that no string is made of most words. */
export interface Spellings {
  first: Spelling | undefined;
  chained: number;
  others?: Map<string, Spelling>;
}
const mostChained = 8;

/** The written words of the segment in memory. */
export class MemoryWords implements SegmentWords {
  private readonly forms = new Map<string, Known>();
  private readonly holders: Holders[] = [];
  /** numbers of holders, those of one slot behind those of another; and where those of each slot end */
  private readonly ofSlots = new GrowingArray();
  private readonly slotEnds = new GrowingArray();
  /** keys in the order in which they came, with the forms that they stand for */
  private readonly keys: { readonly key: string; readonly known: Known }[] = [];
  private readonly nearKeys = new NearTerms();
  /** keys that `nearKeys` knows: those that came since are added when it is asked */
  private nearCount = 0;

  get count(): number {
    return this.keys.length;
  }

  /**
   * @param slot         higher than all before
   * @param spellingsOf  kept by the caller beside what else it knows of a term, for speed
   * @yields units of work (src/search/turns.ts)
   */
  *adding(
    slot: number,
    { texts, starts, ends, terms }: ToldWords,
    spellingsOf: (term: string) => Spellings,
  ): Generator<number, void> {
    while (this.slotEnds.length < slot) this.slotEnds.push(this.ofSlots.length);
    for (let i = 0; i < terms.length; i++) {
      if (i % wordsAtOnce === wordsAtOnce - 1) yield wordsAtOnce * wordWork;
      const { holders } = this.spellingOf(texts[i], starts[i], ends[i], terms[i], spellingsOf(terms[i]));
      if (holders === null || holders.last === slot) continue;
      holders.count++;
      holders.last = slot;
      this.ofSlots.push(holders.number);
    }
    this.slotEnds.push(this.ofSlots.length);
  }

  remove(slot: number): void {
    const { data: ends, length } = this.slotEnds;
    if (slot >= length) return;
    for (let at = slot === 0 ? 0 : ends[slot - 1]; at < ends[slot]; at++) this.holders[this.ofSlots.data[at]].count--;
  }

  frequent(key: string, most: number): CountedTerm[] {
    const best = new FrequentTerms(most);
    for (const known of this.forms.values()) {
      if (!known.keys.some(each => each.startsWith(key))) continue;
      const count = countOf(known);
      if (count > 0) best.offer(known.form, count);
    }
    return best.take();
  }

  near(key: string, distance: number): string[] {
    const { keys, nearKeys } = this;
    for (; this.nearCount < keys.length; this.nearCount++)
      nearKeys.add(this.nearCount, pointsOf(keys[this.nearCount].key));
    const found = nearKeys.find(key, distance, (number, into) => pointsOf(keys[number].key, into));
    const living = found.map(number => keys[number].known).filter(known => countOf(known) > 0);
    return [...new Set(living.map(({ form }) => form))];
  }

  documentFrequency(word: string): number {
    const known = this.forms.get(word);
    return known === undefined ? 0 : countOf(known);
  }

  termsOf(word: string): string[] {
    return this.forms.get(word)?.holders.flatMap(({ term, count }) => (count > 0 ? [term] : [])) ?? [];
  }

  /** To be written. @param ordinalOf  number of a term in the immutable segment @yields units of work */
  *keeping(ordinalOf: (term: string) => number): Generator<number, KeptWord[]> {
    const kept: KeptWord[] = [];
    for (const [i, { key, known }] of this.keys.entries()) {
      if (i % wordsAtOnce === wordsAtOnce - 1) yield wordsAtOnce * wordWork;
      for (const { term, count } of known.holders)
        if (count > 0) kept.push({ bytes: keptWord(key, known.form), ordinal: ordinalOf(term), documents: count });
    }
    return kept;
  }

  private spellingOf(text: string, start: number, end: number, term: string, met: Spellings): Spelling {
    const length = end - start;
    for (let spelling = met.first; spelling !== undefined; spelling = spelling.next)
      if (spelling.written.length === length && text.startsWith(spelling.written, start)) return spelling;
    const isFull = met.chained === mostChained;
    const known = isFull ? met.others?.get(text.slice(start, end)) : undefined;
    if (known !== undefined) return known;
    // a slice keeps the whole text that it was cut from alive
    const written = ` ${text.slice(start, end)}`.slice(1);
    const holders = this.holdersOf(written, term);
    if (isFull) {
      const spelling = { written, holders, next: undefined };
      met.others ??= new Map();
      met.others.set(written, spelling);
      return spelling;
    }
    met.first = { written, holders, next: met.first };
    met.chained++;
    return met.first;
  }

  private holdersOf(word: string, term: string): Holders | null {
    const written = writtenForm(word);
    if (written === null) return null;
    const { holders } = this.forms.get(written.form) ?? this.learn(written);
    const found = holders.find(each => each.term === term);
    if (found !== undefined) return found;
    const made = { number: this.holders.length, term, count: 0, last: -1 };
    this.holders.push(made);
    holders.push(made);
    return made;
  }

  private learn(written: WrittenForm): Known {
    const known = { ...written, holders: [] };
    this.forms.set(written.form, known);
    for (const key of written.keys) this.keys.push({ key, known });
    return known;
  }
}

const countOf = ({ holders }: Known): number => holders.reduce((sum, { count }) => sum + count, 0);
