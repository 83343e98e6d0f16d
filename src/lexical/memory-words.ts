import { type ToldWords, type WrittenForm, writtenForm } from '../text/written-words.js';
import type { CountedTerm } from './counted-term.js';
import { FrequentTerms } from './frequent-terms.js';
import { NearTerms, pointsOf } from './near-terms.js';
import type { SegmentWords } from './segment-words.js';
import { type KeptWord, keptWord } from './word-arrays.js';

/** Words that are taken in in one go, and units of work that one takes. */
const wordsAtOnce = 2 ** 11;
const wordWork = 4;

/** The documents that write a word and hold a term for it. */
interface Holders {
  readonly term: string;
  count: number;
  /** slot of the last of them */
  last: number;
}

interface Known extends WrittenForm {
  readonly holders: Holders[];
}

/** The written words of the segment in memory. */
export class MemoryWords implements SegmentWords {
  /** by each way to write a word that was met, and by its form */
  private readonly met = new Map<string, Known | null>();
  private readonly forms = new Map<string, Known>();
  /** by slot */
  private readonly bySlot: (readonly Holders[])[] = [];
  /** keys in the order in which they came, with the forms that they stand for */
  private readonly keys: { readonly key: string; readonly known: Known }[] = [];
  private readonly nearKeys = new NearTerms();
  /** keys that `nearKeys` knows: those that came since are added when it is asked */
  private nearCount = 0;

  get count(): number {
    return this.keys.length;
  }

  /** @param slot  higher than all before @yields units of work (src/search/turns.ts) */
  *adding(slot: number, { words, terms }: ToldWords): Generator<number, void> {
    const own: Holders[] = [];
    for (let i = 0; i < words.length; i++) {
      if (i % wordsAtOnce === wordsAtOnce - 1) yield wordsAtOnce * wordWork;
      const known = this.knownAs(words[i]);
      if (known === null) continue;
      const term = terms[i];
      let holders = known.holders.find(each => each.term === term);
      if (holders === undefined) {
        holders = { term, count: 0, last: -1 };
        known.holders.push(holders);
      }
      if (holders.last === slot) continue;
      holders.count++;
      holders.last = slot;
      own.push(holders);
    }
    this.bySlot[slot] = own;
  }

  remove(slot: number): void {
    for (const holders of this.bySlot[slot] ?? []) holders.count--;
    this.bySlot[slot] = [];
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

  private knownAs(word: string): Known | null {
    const met = this.met.get(word);
    if (met !== undefined) return met;
    const written = writtenForm(word);
    const known = written && (this.forms.get(written.form) ?? this.learn(written));
    // a slice keeps the whole text that it was cut from alive
    this.met.set(` ${word}`.slice(1), known);
    return known;
  }

  private learn(written: WrittenForm): Known {
    const known = { ...written, holders: [] };
    this.forms.set(written.form, known);
    for (const key of written.keys) this.keys.push({ key, known });
    return known;
  }
}

const countOf = ({ holders }: Known): number => holders.reduce((sum, { count }) => sum + count, 0);
