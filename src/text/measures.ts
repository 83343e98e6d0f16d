import { unitsOf } from './units.js';

/** A word of a text in its normal form; an empty term is a word that the chain has dropped, and keeps its place. */
export interface Word {
  readonly term: string;
  /** span in the normalised text, in UTF-16 units */
  readonly start: number;
  readonly end: number;
  /** a word of the dictionary: no step changes it */
  readonly kept?: true;
  /** a function word of the language */
  readonly stop?: true;
  /** a unit of measure behind a number */
  readonly unit?: true;
}

const value = /^\d+(?:[.,]\d+)*(?:\/\d+)?$/;
/** 9x15, 2x4x8ft, 5gal: numbers joined by x, perhaps with letters behind them */
const compound = /^(\d+(?:[.,]\d+)*(?:x\d+(?:[.,]\d+)*)*)([a-z]*)$/;
const between = /^\.?[ -]{0,3}$/;
/** a side of a fraction */
const short = /^\d{1,3}$/;

/**
 * Writes measures in one way, so that the ways to type them meet: `9x15`, `9 x 15` and `9 ft. x 15 ft.` share 9 and 15, `5gal`, `5-gal` and
 * `5 gallons` are 5 and `gallon`, 36" is 36 and `inch`, and `3/4` is one term and not two common numbers. Fractions and dimensions are
 * written so in every language; units are those of the language's table (units.ts).
 * @returns the step; it hands back the words that it was given where the text holds no measure
 */
export function measures(language: string): (words: readonly Word[], text: string) => readonly Word[] {
  const units = unitsOf(language);
  return (words, text) => {
    if (!words.some(startsWithDigit)) return words;
    const parts = words.some(mayBeCompound) ? words.flatMap(word => splitCompound(word, units)) : words;
    const values = text.includes('/') ? joinFractions(parts, text) : parts;
    const named = nameUnits(values, text, units);
    return named.some(isCross) ? dropCrosses(named) : named;
  };
}

type Units = ReturnType<typeof unitsOf>;

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const startsWithDigit = ({ term }: Word): boolean => isDigit(term.charCodeAt(0));
/** Starts with a digit and holds a letter. */
const mayBeCompound = (word: Word): boolean => startsWithDigit(word) && /[a-z]/.test(word.term);
const isCross = ({ term }: Word): boolean => term === 'x';

/** 9x15ft -> 9, (x), 15, foot. Letters that are no unit leave the word whole: it is a model number. */
function splitCompound(word: Word, units: Units): Word[] {
  const found = mayBeCompound(word) ? compound.exec(word.term) : null;
  if (found === null) return [word];
  const [, numbers, letters] = found;
  const unit = letters === '' ? undefined : units.attached.get(letters);
  if (letters !== '' && unit === undefined) return [word];
  const parts: Word[] = [];
  let start = word.start;
  for (const part of numbers.split(/(x)/)) {
    parts.push({ term: part === 'x' ? '' : part, start, end: start + part.length });
    start += part.length;
  }
  return unit === undefined ? parts : [...parts, { term: unit, start, end: word.end }];
}

/** 3 / 4 -> 3/4; a date (12/31/2019) stays apart. */
function joinFractions(words: readonly Word[], text: string): Word[] {
  const joined: Word[] = [];
  const slash = (i: number): boolean =>
    i >= 0 && i + 1 < words.length && /^ ?\/ ?$/.test(text.slice(words[i].end, words[i + 1].start));
  for (let i = 0; i < words.length; i++) {
    const next = words[i + 1];
    if (slash(i) && !slash(i + 1) && !slash(i - 1) && short.test(words[i].term) && short.test(next.term)) {
      joined.push({ term: `${words[i].term}/${next.term}`, start: words[i].start, end: next.end });
      i++;
    } else joined.push(words[i]);
  }
  return joined;
}

const isValue = (word: Word): boolean => startsWithDigit(word) && value.test(word.term);

/** The unit behind a value under its one name: a word (5 gal.), or a sign (36", 6'). */
function nameUnits(words: readonly Word[], text: string, units: Units): Word[] {
  const named: Word[] = [];
  let measured = false; // whether the word before is a value, or a value and the `square` of square feet
  for (const [i, word] of words.entries()) {
    const known: string | undefined = measured ? units.spaced.get(word.term) : undefined;
    const unit: string | undefined =
      known !== undefined && between.test(text.slice(words[i - 1].end, word.start)) ? known : undefined;
    named.push(unit === undefined ? word : { ...word, term: unit });
    const number = isValue(word);
    const sign = number ? signBehind(text, word, units) : undefined;
    if (sign !== undefined) named.push(sign);
    measured = number || (unit !== undefined && units.powers.has(unit));
  }
  return named;
}

/** A sign right behind a value, unless the same one stands before it: then the value is in quotation marks. */
function signBehind(text: string, { start, end }: Word, units: Units): Word | undefined {
  const next = text.charCodeAt(end);
  if (next <= 0x20 || (next >= 0x28 && next <= 0x7f) || end === text.length) return undefined; // most are followed by a space
  for (const [sign, unit] of units.signs) {
    if (!text.startsWith(sign, end)) continue;
    return start > 0 && sign.startsWith(text[start - 1])
      ? undefined
      : { term: unit, start: end, end: end + sign.length };
  }
  return undefined;
}

/** The x of dimensions: it stands before a number and has one before it, two words away at most (8 in. W x 4). */
function dropCrosses(words: readonly Word[]): Word[] {
  return words.map((word, i) => {
    if (!isCross(word) || i + 1 >= words.length || !isValue(words[i + 1])) return word;
    return words.slice(Math.max(0, i - 3), i).some(isValue) ? { ...word, term: '' } : word;
  });
}
