import type { Word } from './measures.js';

/** How a language writes units of measure. */
interface Units {
  /** letters right behind a number -> name of the unit */
  readonly attached: ReadonlyMap<string, string>;
  /** words after a number -> name */
  readonly spaced: ReadonlyMap<string, string>;
  /** names that stand before another unit: square, cubic */
  readonly powers: ReadonlySet<string>;
  /** signs right behind a number -> name, longer ones first */
  readonly signs: ReadonlyMap<string, string>;
}

/** Names of units and how people write them; a single letter counts as a unit only right behind the number (60w, not "60 w"). */
const english: Readonly<Record<string, string>> = {
  inch: 'in inch inches',
  foot: 'ft foot feet',
  yard: 'yd yds yard yards',
  gallon: 'gal gals gallon gallons',
  quart: 'qt qts quart quarts',
  pound: 'lb lbs pound pounds',
  ounce: 'oz ounce ounces',
  square: 'sq square',
  cubic: 'cu cubic',
  watt: 'w watt watts',
  volt: 'v volt volts',
  amp: 'amp amps ampere amperes',
};

const names = (table: Readonly<Record<string, string>>): Map<string, string> =>
  new Map(Object.entries(table).flatMap(([name, forms]) => forms.split(' ').map(form => [form, name] as const)));

/** None but in English. */
function unitsOf(language: string): Units {
  if (language !== 'en') return { attached: new Map(), spaced: new Map(), powers: new Set(), signs: new Map() };
  const attached = names(english);
  return {
    attached,
    spaced: new Map([...attached].filter(([form]) => form.length > 1)),
    powers: new Set(['square', 'cubic']),
    // NFKC writes the double prime as two primes.
    signs: new Map([
      ["''", 'inch'],
      ['\u2032\u2032', 'inch'],
      ['"', 'inch'],
      ['\u201d', 'inch'],
      ["'", 'foot'],
      ['\u2019', 'foot'],
      ['\u2032', 'foot'],
    ]),
  };
}

const value = /^\d+(?:[.,]\d+)*(?:\/\d+)?$/;
/** 9x15, 2x4x8ft, 5gal: numbers joined by x, perhaps with letters behind them */
const compound = /^(\d+(?:[.,]\d+)*(?:x\d+(?:[.,]\d+)*)*)([a-z]*)$/;
const between = /^\.?[ -]{0,3}$/;
/** a side of a fraction */
const short = /^\d{1,3}$/;

/**
 * The measures of the first analysis: what was made with it is read with it. Units are those of English, in English alone, and a number with letters
 * behind it that are none of them stays whole.
 * @returns the step; it hands back the words that it was given where the text holds no measure
 */
export function firstMeasures(language: string): (words: readonly Word[], text: string) => readonly Word[] {
  const units = unitsOf(language);
  return (words, text) => {
    if (!words.some(startsWithDigit)) return words;
    const parts = words.some(mayBeCompound) ? words.flatMap(word => splitCompound(word, units)) : words;
    const values = text.includes('/') ? joinFractions(parts, text) : parts;
    const named = nameUnits(values, text, units);
    return named.some(isCross) ? dropCrosses(named) : named;
  };
}

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
