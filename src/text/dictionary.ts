import { TandemError } from '../errors/tandem-error.js';
import { normalise } from './normalise.js';

/** A word of an index's own dictionary: kept whole by the analysis, and protected from every later step. */
export interface DictionaryWord {
  /** as people write it: `c++`, `.net`, `at&t`, a product's name */
  readonly text: string;
  /** the term that it becomes; its own text in normal form when absent */
  readonly term?: string;
}

/** Words in a dictionary, and UTF-16 units in one of its words and in a term. */
export const mostWords = 100_000;
export const longestDictionaryWord = 64;
const longestTerm = 255;

/** Finds words of a dictionary in a text of normal form. */
export interface DictionaryMatcher {
  /** Reports the longest words from the left, none of which overlap. Time grows with the length of the text alone. */
  match(text: string, sink: (start: number, end: number, term: string) => void): void;
  /** Whether any word stands anywhere in the text, inside longer ones too. */
  occursIn(text: string): boolean;
}

const refuse = (word: string, reason: string): never => {
  throw new TandemError('dictionary/bad-word', `${JSON.stringify(word.slice(0, 80))}: ${reason}`);
};

/**
 * A dictionary as it may be stored: sorted by text, each normal form once.
 * @throws TandemError 'dictionary/bad-word' naming the word and the bound
 */
export function checkDictionary(words: readonly DictionaryWord[]): DictionaryWord[] {
  if (words.length > mostWords)
    throw new TandemError('dictionary/bad-word', `at most ${mostWords} words, got ${words.length}`);
  const byForm = new Map<string, DictionaryWord>();
  for (const { text, term } of words) {
    if (text.length > longestDictionaryWord)
      refuse(text, `a word has at most ${longestDictionaryWord} UTF-16 units, this one ${text.length}`);
    if (/\p{Surrogate}/u.test(text)) refuse(text, 'it holds half of a surrogate pair');
    const form = normalForm(text, 'und');
    if (form === '') refuse(text, 'nothing is left of it in normal form');
    if (form.length > longestDictionaryWord) refuse(text, `its normal form has ${form.length} UTF-16 units`);
    if (term !== undefined) checkTerm(text, term);
    if (byForm.has(form)) refuse(text, `it stands there twice, as ${JSON.stringify(byForm.get(form)?.text)} too`);
    byForm.set(form, term === undefined ? { text } : { text, term });
  }
  return [...byForm.values()].sort((a, b) => (a.text < b.text ? -1 : 1));
}

function checkTerm(text: string, term: string): void {
  if (term.length < 1 || term.length > longestTerm)
    refuse(text, `its term must have 1 to ${longestTerm} UTF-16 units, got ${term.length}`);
  if (/\p{Surrogate}/u.test(term)) refuse(text, 'its term holds half of a surrogate pair');
}

const normalForm = (text: string, lowerLocale: string): string => normalise(text, lowerLocale).text.trim();

/** The words of one dictionary that another one does not have with the same term. */
export function changedWords(before: readonly DictionaryWord[], after: readonly DictionaryWord[]): DictionaryWord[] {
  const key = ({ text, term }: DictionaryWord): string => JSON.stringify([text, term]);
  const [old, fresh] = [new Set(before.map(key)), new Set(after.map(key))];
  return [...before.filter(word => !fresh.has(key(word))), ...after.filter(word => !old.has(key(word)))];
}

/** A dictionary ready for use by the chains of all languages. */
export interface Dictionary {
  readonly words: readonly DictionaryWord[];
  /** @param lowerLocale  as `normalise` takes it */
  matcher(lowerLocale: string): DictionaryMatcher;
}

/** @param words  checked */
export function createDictionary(words: readonly DictionaryWord[]): Dictionary {
  const matchers = new Map<string, DictionaryMatcher>();
  return {
    words,
    matcher: lowerLocale => {
      const matcher = matchers.get(lowerLocale) ?? createMatcher(words, lowerLocale);
      matchers.set(lowerLocale, matcher);
      return matcher;
    },
  };
}

function createMatcher(words: readonly DictionaryWord[], lowerLocale: string): DictionaryMatcher {
  const terms = new Map<string, string>();
  for (const { text, term } of words) {
    const form = normalForm(text, lowerLocale);
    terms.set(form, term ?? form);
  }
  const sorted = [...terms.keys()].sort();
  const ranges = rangesByUnit(sorted);

  /** End of the longest word that begins at a place; -1 where none does. */
  const endAt = (text: string, start: number): number => {
    const range = ranges.get(text.charCodeAt(start));
    if (range === undefined || insideWord(text, start)) return -1;
    let [low, high] = range;
    let found = -1;
    for (let depth = 1; low < high; depth++) {
      // of words with a common beginning the shortest comes first
      if (sorted[low].length === depth) {
        low++;
        if (isEnd(text, start + depth)) found = start + depth;
      }
      if (start + depth >= text.length) break;
      const unit = text.charCodeAt(start + depth);
      low = firstAbove(sorted, low, high, depth, unit - 1);
      high = firstAbove(sorted, low, high, depth, unit);
    }
    return found;
  };
  return {
    match: (text, sink) => {
      for (let i = 0; i < text.length; ) {
        const end = endAt(text, i);
        if (end < 0) i++;
        else {
          sink(i, end, terms.get(text.slice(i, end)) as string);
          i = end;
        }
      }
    },
    occursIn: text => {
      for (let i = 0; i < text.length; i++) if (endAt(text, i) >= 0) return true;
      return false;
    },
  };
}

/** By first unit: where its words begin and end; most units of a text begin none. */
function rangesByUnit(sorted: readonly string[]): Map<number, readonly [number, number]> {
  const ranges = new Map<number, readonly [number, number]>();
  for (let low = 0; low < sorted.length; ) {
    const unit = sorted[low].charCodeAt(0);
    const high = firstAbove(sorted, low, sorted.length, 0, unit);
    ranges.set(unit, [low, high]);
    low = high;
  }
  return ranges;
}

/** First place in [low, high) of sorted words whose unit at a depth is above the given one; all of them are longer than the depth. */
function firstAbove(sorted: readonly string[], low: number, high: number, depth: number, unit: number): number {
  let [from, to] = [low, high];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (sorted[middle].charCodeAt(depth) > unit) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** Letters and digits of scripts that part words by spaces: there a word of the dictionary begins and ends where a word does. */
const spaced =
  /^(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}])[\p{L}\p{N}_]$/u;
const mark = /^\p{M}$/u;

function isSpaced(code: number): boolean {
  if (code >= 0x80) return spaced.test(String.fromCodePoint(code));
  return (
    (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || code === 0x5f
  );
}

/** The character that ends at a place. */
function codeBefore(text: string, at: number): number {
  const unit = text.charCodeAt(at - 1);
  const pair = (unit & 0xfc00) === 0xdc00 && at >= 2 && (text.charCodeAt(at - 2) & 0xfc00) === 0xd800;
  return pair ? (text.codePointAt(at - 2) as number) : unit;
}

/** Whether a place within the text stands between two letters of one word; marks belong to the letter before them. */
function insideWord(text: string, at: number): boolean {
  if (at === 0 || !isSpaced(text.codePointAt(at) as number)) return false;
  let last = at;
  while (last > 1 && last > at - mostMarks && isMark(text, last - 1)) last--;
  return isSpaced(codeBefore(text, last));
}

/** Marks on one letter that are looked past. */
const mostMarks = 8;
const isMark = (text: string, at: number): boolean => {
  const unit = text.charCodeAt(at);
  return unit >= 0x300 && mark.test(String.fromCharCode(unit));
};

/** A word ends neither inside a longer one nor before a mark that belongs to its last letter. */
const isEnd = (text: string, at: number): boolean => at >= text.length || !(insideWord(text, at) || isMark(text, at));
