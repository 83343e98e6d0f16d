import { type WrittenForm, writtenForm } from '../text/written-words.js';
import { GrowingArray } from './growing-array.js';
import { GrowingBytes } from './growing-bytes.js';
import type { SortedBytes } from './sort-bytes.js';
import { encodeInto } from './term-bytes.js';
import { keyedWord } from './word-arrays.js';

/** Spellings of one term that are gone through one by one. */
const mostChained = 8;

/** A way to write a word of a term. */
interface Spelling {
  readonly written: string;
  /** number of the word; -1 = nobody types it as a word */
  readonly word: number;
  next: Spelling | undefined;
}

/** A form of a word, and the number of the word that it makes with a term. */
interface FormWord {
  readonly term: number;
  readonly word: number;
  readonly next: FormWord | undefined;
}

/** A power of two. */
const lastAsked = 2 ** 10;

/** Numbers are given out up to here before they begin anew; a document in between may bring more. */
const mostNumbers = 2 ** 18;

/** Bytes one behind the other, each stretch with a number. */
class Stretches implements SortedBytes {
  private readonly pool = new GrowingBytes();
  private readonly ends = new GrowingArray();

  get count(): number {
    return this.ends.length;
  }

  get bytes(): Uint8Array {
    return this.pool.data;
  }

  start(number: number): number {
    return number === 0 ? 0 : this.ends.data[number - 1];
  }

  end(number: number): number {
    return this.ends.data[number];
  }

  add(term: string): void {
    const { pool } = this;
    pool.reserve(3 * term.length);
    pool.length = encodeInto(term, pool.data, pool.length);
    this.ends.push(pool.length);
  }
}

/**
 * Numbers for the terms that an index takes in and for the words that stand for them: what is known of a word of a text is found out once, and from then
 * on its occurrences are numbers. One of these serves segment after segment.
 */
export class TermNumbers {
  private readonly terms: string[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly words: WrittenForm[] = [];
  /** by word: its term */
  private readonly wordTerms = new GrowingArray();
  /** by term: how documents write its words, the first ones in a chain */
  private readonly spellings: (Spelling | undefined)[] = [];
  private readonly moreSpellings = new Map<number, Map<string, number>>();
  private readonly forms = new Map<string, FormWord>();
  /** by term: its bytes, as encodeTerm has them */
  readonly termBytes: SortedBytes;
  /** by number of a key of a word: the bytes of keptWord */
  readonly keyBytes: SortedBytes;
  private readonly termPool = new Stretches();
  private readonly keyPool = new Stretches();
  /** by number of a key: its word; and by word: where its keys end */
  private readonly keyWords = new GrowingArray();
  private readonly keyEnds = new GrowingArray();
  /** terms that were asked for last, in places that a few of their characters choose, and their numbers: looking for them in a map takes longer */
  private readonly lastTerms: (string | undefined)[] = new Array(lastAsked).fill(undefined);
  private readonly lastNumbers = new Uint32Array(lastAsked);

  constructor() {
    this.termBytes = this.termPool;
    this.keyBytes = this.keyPool;
  }

  get termCount(): number {
    return this.terms.length;
  }

  get isFull(): boolean {
    return this.terms.length + this.words.length > mostNumbers;
  }

  term(number: number): string {
    return this.terms[number];
  }

  find(term: string): number | undefined {
    return this.numbers.get(term);
  }

  numberOf(term: string): number {
    const { lastTerms, lastNumbers } = this;
    const { length } = term;
    const place = (length * 37 + term.charCodeAt(0) * 11 + term.charCodeAt(length - 1) * 101) & (lastAsked - 1);
    if (lastTerms[place] === term) return lastNumbers[place];
    const number = this.numbers.get(term) ?? this.give(term);
    lastTerms[place] = this.terms[number];
    lastNumbers[place] = number;
    return number;
  }

  private give(term: string): number {
    const number = this.terms.length;
    // a slice keeps the whole text that it was cut from alive
    const copy = ` ${term}`.slice(1);
    this.terms.push(copy);
    this.numbers.set(copy, number);
    this.termPool.add(copy);
    return number;
  }

  wordForm(word: number): WrittenForm {
    return this.words[word];
  }

  /** Number of the term that stands for a word. */
  termOfWord(word: number): number {
    return this.wordTerms.data[word];
  }

  /** Numbers of the keys of a word, from the first of them up to where they end. */
  keysOf(word: number): { readonly from: number; readonly to: number } {
    return { from: word === 0 ? 0 : this.keyEnds.data[word - 1], to: this.keyEnds.data[word] };
  }

  /** The word that a key is of. */
  wordOfKey(key: number): number {
    return this.keyWords.data[key];
  }

  /** @param written  as a document writes it @param term  number of the term for it @returns number of the word, -1 = nobody types it as a word */
  wordOf(written: string, term: number): number {
    let [chained, last]: [number, Spelling | undefined] = [0, undefined];
    for (let each = this.spellings[term]; each !== undefined; each = each.next, chained++) {
      if (each.written === written) return each.word;
      last = each;
    }
    const more = chained < mostChained ? undefined : this.moreOf(term);
    const known = more?.get(written);
    if (known !== undefined) return known;
    const copy = ` ${written}`.slice(1);
    const word = this.wordOfForm(writtenForm(copy), term);
    if (more !== undefined) more.set(copy, word);
    // the first ones are the most frequent, and are found first
    else if (last === undefined) this.spellings[term] = { written: copy, word, next: undefined };
    else last.next = { written: copy, word, next: undefined };
    return word;
  }

  private moreOf(term: number): Map<string, number> {
    const more = this.moreSpellings.get(term) ?? new Map<string, number>();
    this.moreSpellings.set(term, more);
    return more;
  }

  private wordOfForm(written: WrittenForm | null, term: number): number {
    if (written === null) return -1;
    const first = this.forms.get(written.form);
    for (let each = first; each !== undefined; each = each.next) if (each.term === term) return each.word;
    const word = this.words.push(written) - 1;
    this.wordTerms.push(term);
    this.forms.set(written.form, { term, word, next: first });
    for (const key of written.keys) {
      this.keyPool.add(keyedWord(key, written.form));
      this.keyWords.push(word);
    }
    this.keyEnds.push(this.keyPool.count);
    return word;
  }
}
