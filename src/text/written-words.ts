import { twoLetterForm } from './bare-form.js';
import { remember } from './bounded-memory.js';
import { firstFineUnit } from './fine-parts.js';
import { normalise } from './normalise.js';
import { wordKey } from './word-key.js';

/** Longest word that is kept, in UTF-16 units. */
export const longestWritten = 64;

/** What may stand around a word and is no part of it; a sign behind it may be (C++, C#, 100%, 5°). */
const around = /^[^\p{L}\p{M}\p{N}]+|[^\p{L}\p{M}\p{N}+#%°]+$/gu;
const hasWord = /[\p{L}\p{N}]/u;
/** What joins the parts of one word, or stands behind it: Wi-Fi, AC/DC, rock'n'roll, C++, 3.5mm. */
const joiners = /[-+/&'.#°%_:×*\u2010-\u2015\u2019]/u;
/** Spaces part words of alphabets and digits: 120x60cm is one as it is written. */
const ofAlphabets = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{M}\p{Nd}]+$/u;
const runOfAlphabets = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{M}\p{Nd}]+/gu;
const isApostrophe = (code: number): boolean => code === 0x27 || code === 0x2019;
/** What an apostrophe parts is a word of its own from so many units on: l'étagère. */
const shortestBeside = 3;

/** A word without what stands around it. @param word  in its normal form */
export const trimWord = (word: string): string => word.replace(around, '');

/** The words of a document as it writes them, each a stretch of a text, with the term of it that stands for the word: lists of the same length. */
export interface ToldWords {
  readonly texts: string[];
  readonly starts: number[];
  readonly ends: number[];
  readonly terms: string[];
}

export const noWordsTold = (): ToldWords => ({ texts: [], starts: [], ends: [], terms: [] });

function tellWord(
  { texts, starts, ends, terms }: ToldWords,
  text: string,
  start: number,
  end: number,
  term: string,
): void {
  texts.push(text);
  starts.push(start);
  ends.push(end);
  terms.push(term);
}

/** A word of a text, by the term that the analysis made of it, and where it stands. */
export interface PlacedWord {
  readonly term: string;
  /** in UTF-16 units */
  readonly start: number;
  readonly end: number;
}

/**
 * Tells the words of a text as they are written: those that the analysis cut out, what an apostrophe parts in them, and whole what the analysis parted.
 * @param lowerLocale  as `normalise` takes it
 * @param told         what they are added to
 */
export function tellWords(whole: string, found: readonly PlacedWord[], lowerLocale: string, told: ToldWords): void {
  const text = lowerLocale === 'und' ? whole : lowered(whole, lowerLocale);
  const tell = (term: string, from: number, to: number): void => {
    if (to - from <= longestWritten) tellWord(told, text, from, to, term);
  };
  let until = 0;
  for (let i = 0; i < found.length; i++) {
    const { term, start, end } = found[i];
    tell(term, start, end);
    tellParts(text, found[i], tell);
    if (i > 0 && isPair(text, found[i - 1], found[i])) tell(longestTerm(found, i - 1, end), found[i - 1].start, end);
    if (start < until) continue;
    let [from, to] = [start, end];
    while (from > until && !isSpace(text.charCodeAt(from - 1)) && end - from <= longestWritten) from--;
    while (to < text.length && !isSpace(text.charCodeAt(to)) && to - from <= longestWritten) to++;
    until = to;
    if (to - from === end - start || to - from > longestWritten) continue;
    const between = text.slice(from, to);
    if (joiners.test(between) || ofAlphabets.test(between)) tell(longestTerm(found, i, to), from, to);
  }
}

/** Lower case of a language keeps the places of letters, but for some that it does not write. */
function lowered(text: string, locale: string): string {
  const lower = text.toLocaleLowerCase(locale);
  return lower.length === text.length ? lower : text;
}

/** Longest word that two of Chinese or Japanese make, in UTF-16 units. */
const longestPair = 8;

/** Whether two words are told as one too: a segmenter of texts without spaces cuts within many words that people know (鼠标, 连衣裙). */
const isPair = (text: string, left: PlacedWord, right: PlacedWord): boolean =>
  left.end === right.start &&
  right.end - left.start <= longestPair &&
  text.charCodeAt(left.start) >= firstFineUnit &&
  text.charCodeAt(right.start) >= firstFineUnit;

type Tell = (term: string, from: number, to: number) => void;

function tellParts(text: string, { term, start, end }: PlacedWord, tell: Tell): void {
  let from = start;
  for (let at = start; at < end; at++) {
    if (!isApostrophe(text.charCodeAt(at))) continue;
    if (at - from >= shortestBeside) tell(term, from, at);
    from = at + 1;
  }
  if (from > start && end - from >= shortestBeside) tell(term, from, end);
}

/** The longest of the terms up to a place: the fewest documents hold it. */
function longestTerm(found: readonly PlacedWord[], first: number, to: number): string {
  let longest = found[first].term;
  for (let i = first + 1; i < found.length && found[i].start < to; i++)
    if (found[i].term.length > longest.length) longest = found[i].term;
  return longest;
}

const isSpace = (code: number): boolean =>
  code === 0x20 || (code >= 9 && code <= 13) || code === 0xa0 || code === 0x3000 || (code >= 0x2000 && code <= 0x200a);

/** A word in the form in which it is kept, proposed and counted. */
export interface WrittenForm {
  /** in normal form, without what stands around it */
  readonly form: string;
  /** what it is looked up by: its key, that of its spelling with two letters for one (Müller: muller, mueller), and that without signs (Wi-Fi: wi-fi, wifi) */
  readonly keys: readonly string[];
}

/** @param word  as tellWords tells it @returns null for what nobody types as a word */
export function writtenForm(word: string): WrittenForm | null {
  if (!plainWord.test(word)) return otherForm(word);
  const form = word.toLowerCase();
  return { form, keys: [form] };
}

const plainWord = /^[a-z0-9]+$/i;
const otherForm: (word: string) => WrittenForm | null = remember(word => {
  const form = trimWord(normalise(word, 'und').text);
  if (form.length > longestWritten || form.includes('\0') || !hasWord.test(form)) return null;
  const spellings = [
    form,
    twoLetterForm(form) ?? form,
    startsWithLetter.test(form) ? form.replace(signsInside, '') : form,
  ];
  return { form, keys: [...new Set(spellings.map(wordKey))] };
});
/** What people leave out who type the parts of a word as one; nobody does in 1-1/2-in. */
const startsWithLetter = /^\p{L}/u;
const signsInside = /(?<=[\p{L}\p{M}\p{N}])[-/'.\u2010-\u2015\u2019](?=[\p{L}\p{N}])/gu;

/** A stem and the word that it was made of begin alike, but for so many letters at the end of the stem: happi, happy. */
const mostStemmed = 2;

/**
 * Tells the words of texts for which terms are given: terms of alphabets may be stems, and stand for the words that begin as they do; others are words.
 * @param given  the terms of the document
 */
export function tellGiven(texts: readonly string[], given: readonly string[], told: ToldWords): void {
  const stems = given.filter(term => ofAlphabets.test(term)).sort();
  for (const text of texts) {
    const plain = normalise(text, 'und').text;
    const placed: PlacedWord[] = [];
    for (const { 0: word, index: start } of plain.matchAll(runOfAlphabets)) {
      const term = stemOf(wordKey(word), stems) ?? stemOf(word, stems);
      if (term !== undefined) placed.push({ term, start, end: start + word.length });
    }
    tellWords(plain, placed, 'und', told);
  }
  for (const term of given) {
    if (ofAlphabets.test(term) || !startsAsWord.test(term)) continue;
    tellWord(told, term, 0, term.length, term);
  }
}

/** Marks of the analysis begin a term that it exported and that nobody writes. */
const startsAsWord = /^[\p{L}\p{M}\p{N}]/u;

/** Of sorted stems the one that has most of its beginning in common with a word. */
function stemOf(word: string, stems: readonly string[]): string | undefined {
  let [low, high] = [0, stems.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (stems[middle] <= word) low = middle + 1;
    else high = middle;
  }
  // those that begin as the word does stand beside its place
  const [before, behind] = [stems[low - 1] ?? '', stems[low] ?? ''];
  const nearest = sharedBeginning(before, word) >= sharedBeginning(behind, word) ? before : behind;
  const shared = sharedBeginning(nearest, word);
  return shared > 0 && shared >= nearest.length - mostStemmed ? nearest : undefined;
}

function sharedBeginning(a: string, b: string): number {
  let shared = 0;
  while (shared < a.length && a[shared] === b[shared]) shared++;
  return shared;
}
