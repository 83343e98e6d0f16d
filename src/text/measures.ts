import { unitsOf } from './units.js';

/** A word of a text in its normal form; an empty term is a word that the chain has dropped, and keeps its place. */
export interface Word {
  readonly term: string;
  /** span in the normalised text, in UTF-16 units */
  readonly start: number;
  readonly end: number;
}

const number = /^\d+(?:[.,]\d+)*$/;
/** 9x15, 2x4x8ft, 5gal: numbers joined by x, perhaps with letters behind them */
const compound = /^(\d+(?:[.,]\d+)*(?:x\d+(?:[.,]\d+)*)*)([a-z]*)$/;
const between = /^\.?[ -]{0,3}$/;
const digit = /\d/;
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
    if (!digit.test(text)) return words;
    const parts = words.flatMap(word => splitCompound(word, units));
    return dropCrosses(nameUnits(joinFractions(parts, text), text, units));
  };
}

type Units = ReturnType<typeof unitsOf>;

/** 9x15ft -> 9, (x), 15, foot. Letters that are no unit leave the word whole: it is a model number. */
function splitCompound(word: Word, units: Units): Word[] {
  const found = compound.exec(word.term);
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

const isValue = ({ term }: Word): boolean => number.test(term) || /^\d+\/\d+$/.test(term);

/** The unit behind a value under its one name: a word (5 gal.), or a sign (36", 6'). */
function nameUnits(words: readonly Word[], text: string, units: Units): Word[] {
  const named: Word[] = [];
  let measured = false; // whether the word before is a value, or a value and the `square` of square feet
  for (const [i, word] of words.entries()) {
    const near = i > 0 && between.test(text.slice(words[i - 1].end, word.start));
    const unit: string | undefined = measured && near ? units.spaced.get(word.term) : undefined;
    named.push(unit === undefined ? word : { ...word, term: unit });
    measured = isValue(word) || (unit !== undefined && units.powers.has(unit));
    const sign = isValue(word) ? signBehind(text, word, units) : undefined;
    if (sign !== undefined) named.push(sign);
  }
  return named;
}

/** A sign right behind a value, unless the same one stands before it: then the value is in quotation marks. */
function signBehind(text: string, { start, end }: Word, units: Units): Word | undefined {
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
    if (word.term !== 'x' || i + 1 >= words.length || !isValue(words[i + 1])) return word;
    return words.slice(Math.max(0, i - 3), i).some(isValue) ? { ...word, term: '' } : word;
  });
}
