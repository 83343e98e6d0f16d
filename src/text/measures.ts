import { joinSides } from './fractions.js';
import { canonicalNumber, isNumber, measuredNumber } from './numbers.js';
import { degree, type Unit, type Units, unitsOf } from './units.js';
import type { Word } from './word.js';

export type { Word };

const number = String.raw`\d+(?:[.,]\d+)*`;
const cross = '[xх]';
/** 5gal, 9x15, 2x4x8ft, 120cmx60cm, 4x: numbers with letters behind them, joined by x */
const compound = new RegExp(`^${number}[^\\d]*(?:${cross}${number}[^\\d]*)*$`, 'u');
const piece = new RegExp(`(${cross})?(${number})((?:(?!${cross}\\d)[^\\d])*)`, 'gu');
/** squared and cubed letters behind a number or a dimension: 5m2, 3x1.5mm2 */
const poweredEnd = new RegExp(`^((?:${number}${cross})*${number})([a-zа-я]+[23])$`, 'u');
/** 0x80070005: a number of a machine, and no dimension */
const hexadecimal = /^0x[\da-f]{2,}$/;
/** M8, G1: a thread or a size, which may stand in a dimension */
const thread = /^[a-zа-я]{1,2}\d{1,3}(?:\.\d+)?$/u;
const threadDimension = new RegExp(`^([a-zа-я]{1,2}\\d{1,3}(?:\\.\\d+)?)((?:${cross}${number})+[a-z]*)$`, 'u');
const startsWithCross = new RegExp(`^${cross}(?=\\d)`, 'u');
const beforeMeasure = /^[^\d\p{Script=Latin}]{3,}(?=\d)/u;
/** 6'2 as the segmenter has it: the sign joins numbers */
const feetAndInches = /^(\d{1,2})['’](\d{1,2})$/u;
const between = /^\.?[ -]{0,3}$/;
/** the rim of a tyre, R16, with the height of its side before it where both are written as one, 55R16; and what stands before them */
const rim = /^(\d{2})?(z?r)(?:(\d{2}(?:[.,]5)?)([a-z]*))?$/u;
const beforeRim = /(?<!\d)\d{3}[/ -](?:\d{2}[/ -]?)?$/u;
/** P205, LT245: the width of a tyre with what it is for */
const tyreWidth = /^(p|lt|st)(\d{3})$/u;

/** A date or a telephone number with full stops: several numbers, as with other signs. A version stays one. */
const dottedDate = /^(?:\d{1,2}\.\d{1,2}\.(?:19|20)\d{2}|(?:19|20)\d{2}\.\d{1,2}\.\d{1,2})$/;
const dottedDigits = /^\d{2,4}(?:\.\d{2,4}){2,6}$/;
const leastOfTelephone = 9;
/** v2.4.1 is version 2.4.1; so is one with a letter behind it, 1.0.2k, or the number of a candidate, 1.2.3rc1. */
const version = /^v(?=\d+(?:\.\d+)+$|\d+(?:\.\d+){2,}[a-z]+\d*$)/;
const versionWithLetters = /^(\d+(?:\.\d+){2,})([a-z]+)(\d*)$/;
/** What of these may be: most words are neither. */
const lettersOfRim = /^z?r$/;
const mayHoldNumbers = /^z?r$|^(?:\d{2}z?r|z?r|p|lt|st|w|l|v)\d|^\d+\.\d+\.\d/;
/** Waist and length of trousers, as one word or as two. */
const waist = /^w(\d{2})(?:l(\d{2}))?$/;
const inseam = /^l(\d{2})$/;

type Step = (words: readonly Word[], text: string) => readonly Word[];

/**
 * Writes numbers and measures in one way, so that the ways to type them meet: `9x15`, `9 x 15`, `9 by 15` and `9 ft. x 15 ft.` share 9 and 15; `5gal`,
 * `5-gal` and `5 gallons` are 5 and `gallon`, 36" is 36 and `inch`, 3.5mm, 3,5 mm and 3.50 mm are 3.5 and `mm`; `M8 x 20` and `M8x20` are m8 and 20.
 * `16:9` is one term and not two common numbers, `3/4` is 0.75 and `1-1/2` is 1.5 (fractions.ts). The x between two numbers is no word.
 * Units have their terms in all languages, how they are written is a matter of the language (units.ts).
 * @returns the step; it hands back the words that it was given where the text holds no number
 */
export function measures(language: string): Step {
  const units = unitsOf(language);
  return (words, text) => {
    if (!/\d/.test(text) || !words.some(hasDigit)) return words;
    const pieces = words.flatMap(word =>
      hasDigit(word) || lettersOfRim.test(word.term) ? splitWord(word, units, text) : word,
    );
    const whole = joinZeros(joinSides(pieces, text), text);
    const values = whole.map(word => (isWritten(word) ? canonical(word, text, language) : word));
    return dropCrosses(nameUnits(values, text, units), units);
  };
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const startsWithDigit = (term: string): boolean => isDigit(term.charCodeAt(0));
const hasDigit = ({ term }: Word): boolean => /\d/.test(term);
const isWritten = ({ term, kept }: Word): boolean => !kept && startsWithDigit(term);
const isFraction = (term: string): boolean => /^\d+\/\d+$/.test(term);
const isValue = ({ term }: Word): boolean => startsWithDigit(term) && (isNumber(term) || isFraction(term));

/** 9x15ft -> 9, x, 15, ft; m8x20 -> m8, x, 20; 6'2 -> 6, ft, 2. Letters that are no unit leave the word whole: it is a number of an article. */
function splitWord(word: Word, units: Units, text: string): Word[] {
  const { term, start, end } = word;
  const at = (from: number, to: number): Word => ({ term: term.slice(from, to), start: start + from, end: start + to });
  if (mayHoldNumbers.test(term)) {
    const parts = splitTyre(word, at, text) ?? splitTrousers(word, at, text) ?? splitDotted(term, at, units);
    if (parts !== undefined) return parts;
  }
  if (!startsWithDigit(term)) {
    const dimension = threadDimension.exec(term);
    if (dimension !== null) {
      const rest = splitWord(at(dimension[1].length + 1, term.length), units, text);
      const head = at(0, dimension[1].length);
      return rest.length === 1 && !isValue(rest[0])
        ? [word]
        : [head, at(head.term.length, head.term.length + 1), ...rest];
    }
    // насос100вт: a number of an article has Latin letters
    const glued = beforeMeasure.exec(term)?.[0].length;
    if (glued !== undefined) {
      const measure = splitWord(at(glued, term.length), units, text);
      return measure.length > 1 ? [at(0, glued), ...measure] : [word];
    }
    // 4'x8': the sign before it parts the x from its number
    const crossed = startsWithCross.test(term) && start > 0 && /[^\s\p{Script=Latin}\p{Pd}_./]/u.test(text[start - 1]);
    if (!crossed) return [word];
    const rest = splitWord(at(1, term.length), units, text);
    return rest.every(({ term: part }) => !startsWithDigit(part) || isNumber(part)) ? [at(0, 1), ...rest] : [word];
  }
  if (isNumber(term)) return [word];
  if (hexadecimal.test(term)) return [{ ...word, term: term.slice(2), also: [term] }];
  const feet = feetAndInches.exec(term);
  // the sign between them is found behind the feet
  if (feet !== null) return [at(0, feet[1].length), at(feet[1].length + 1, term.length)];
  const powered = poweredEnd.exec(term);
  if (powered !== null && units.attached.has(powered[2]))
    return [...splitWord(at(0, powered[1].length), units, text), at(powered[1].length, term.length)];
  if (!compound.test(term)) return [word];
  const pieces: Word[] = [];
  for (const match of term.matchAll(piece)) {
    const [, x, value, letters] = match;
    let from = match.index;
    if (x !== undefined) pieces.push(at(from, ++from));
    pieces.push(at(from, from + value.length));
    from += value.length;
    if (letters === '') continue;
    const isLast = from + letters.length === term.length;
    const multiplies = isLast && units.crosses.has(letters) && /^ ?\d/.test(text.slice(end, end + 2));
    if (!multiplies && !isUnitOf(value, letters, units)) return [word];
    pieces.push(at(from, from + letters.length));
  }
  return pieces;
}

/** A temperature of light has four digits: 4k is none. */
const isUnitOf = (value: string, letters: string, { attached }: Units): boolean =>
  attached.has(letters) || (letters === 'k' && value.length >= 4);

const unitWord = (unit: Unit, i: number): Pick<Word, 'term' | 'kept' | 'unit'> => ({
  term: unit[i],
  kept: true,
  unit: true,
});

/** 205/55R16 and P205/55 R 16 are 205, 55, 16. */
function splitTyre(
  { term, start, end }: Word,
  at: (from: number, to: number) => Word,
  text: string,
): Word[] | undefined {
  const width = tyreWidth.exec(term);
  if (width !== null && /^[/ -]\d{2}(?!\d)/.test(text.slice(end, end + 4)))
    return [{ ...at(width[1].length, term.length), also: [term] }];
  const parts = rim.exec(term);
  if (parts === null || !beforeRim.test(text.slice(Math.max(0, start - 8), start))) return undefined;
  const [, height = '', letter, size = '', rest = ''] = parts;
  if (size === '' && !/^ ?\d{2}(?!\d)/.test(text.slice(end, end + 4))) return undefined;
  const from = height.length + letter.length;
  return [
    ...(height === '' ? [] : [at(0, height.length)]),
    ...(size === '' ? [] : [{ ...at(from, from + size.length), also: [`r${size}`] }]),
    ...(rest === '' ? [] : [at(from + size.length, term.length)]),
  ];
}

/** W32 L34 and W32/L34 are 32, 34. */
function splitTrousers(
  { term, start, end }: Word,
  at: (from: number, to: number) => Word,
  text: string,
): Word[] | undefined {
  const [, around, long] = waist.exec(term) ?? [];
  if (long !== undefined)
    return [
      { ...at(1, 3), also: [`w${around}`] },
      { ...at(4, 6), also: [`l${long}`] },
    ];
  if (around !== undefined)
    return /^[ /-]?l\d{2}(?!\d)/.test(text.slice(end, end + 5)) ? [{ ...at(1, 3), also: [term] }] : undefined;
  const isBehindWaist =
    inseam.test(term) && /(?<![\p{L}\p{N}])w\d{2}[ /-]?$/u.test(text.slice(Math.max(0, start - 5), start));
  return isBehindWaist ? [{ ...at(1, 3), also: [term] }] : undefined;
}

/**
 * 31.01.2025 -> 31, 01, 2025; 212.555.0147 -> 212, 555, 0147; v2.4.1 -> 2.4.1. All are found by their beginnings too: 2024.1.3, which may be a version, by
 * 2024.1.
 */
function splitDotted(term: string, at: (from: number, to: number) => Word, { attached }: Units): Word[] | undefined {
  if (version.test(term)) {
    const number = versionWithLetters.exec(term.slice(1))?.[1];
    const more = number === undefined ? beginningsOf(term.slice(1)) : [...beginningsOf(number), number];
    return [{ ...at(1, term.length), also: [term, ...more] }];
  }
  const [, number, letters, digits] = versionWithLetters.exec(term) ?? [];
  if (number !== undefined)
    return digits === '' && attached.has(letters)
      ? undefined
      : [{ ...at(0, term.length), also: [...beginningsOf(number), number] }];
  if (isGrouped.test(term) || !severalDots.test(term)) return undefined;
  const also = beginningsOf(term);
  const isTelephone =
    dottedDigits.test(term) && term.replaceAll('.', '').length >= leastOfTelephone && !isAddress.test(term);
  if (!isTelephone && !dottedDate.test(term)) return [{ ...at(0, term.length), also }];
  return Array.from(term.matchAll(/\d+/g), ({ index, 0: digits }) => ({
    ...at(index, index + digits.length),
    ...(index === 0 && { also }),
  }));
}
/** 3.11.2 -> 3.11 */
const beginningsOf = (dotted: string): string[] => {
  const parts = dotted.split('.');
  return parts.slice(2).map((_, more) => parts.slice(0, more + 2).join('.'));
};
const severalDots = /^\d+(?:\.\d+){2,}$/;
/** 192.168.10.5, which is no telephone */
const isAddress = /^(?:(?:[1-9]?\d|1\d\d|2[0-4]\d|25[0-5])(?:\.(?!$)|$)){4}$/;
/** 1.234.567 is a number */
const isGrouped = /^[1-9]\d{0,2}(?:\.\d{3})+$/;

/** 10 000 -> 10000: three zeros behind a space are thousands, whatever the language. */
function joinZeros(words: readonly Word[], text: string): readonly Word[] {
  if (!/ 000(?!\d)/.test(text)) return words;
  const joined: Word[] = [];
  for (const word of words) {
    const last = joined[joined.length - 1];
    const follows = last !== undefined && word.term === '000' && text.slice(last.end, word.start) === ' ';
    if (follows && /^[1-9]\d{0,2}(?:000)*$/.test(last.term))
      joined[joined.length - 1] = { term: last.term + word.term, start: last.start, end: word.end };
    else joined.push(word);
  }
  return joined;
}

function canonical(word: Word, text: string, language: string): Word {
  const term = canonicalNumber(word.term, language);
  // .5 is 0.5
  const bare = word.start > 0 && text[word.start - 1] === '.' && !/[\p{L}\p{N}.]/u.test(text[word.start - 2] ?? ' ');
  const whole = bare && /^\d{1,5}$/.test(term) ? `0.${term}` : term;
  // a query that writes a beginning alone writes a number: 192.168 of 192.168.10.5 is 192168 in German
  const also = word.also?.map(each => canonicalNumber(each, language));
  if (also !== undefined) return { ...word, term: whole, also };
  return whole === word.term ? word : { ...word, term: whole };
}

/** The unit behind a value under its one name: a word (5 gal.), or a sign (36", 6'). */
function nameUnits(words: readonly Word[], text: string, units: Units): Word[] {
  const named: Word[] = [];
  let measured = false; // whether the word before is a value, or a value and the `square` of square feet
  const add = (unit: Unit, start: number, end: number): void => {
    unit.forEach((_, i) => {
      named.push({ start, end, ...unitWord(unit, i) });
    });
  };
  const shorten = (): void => {
    const last = named[named.length - 1];
    if (last !== undefined && isValue(last)) named[named.length - 1] = { ...last, term: measuredNumber(last.term) };
  };
  for (const [i, word] of words.entries()) {
    if (word.unit) {
      shorten();
      named.push(word);
      measured = false;
      continue;
    }
    const unit: Unit | undefined = measured
      ? unitAt(words, i, text, units, named.at(-1)?.term === degree)
      : named.at(-1)?.unit
        ? units.behind.get(word.term)
        : undefined;
    if (unit === undefined) named.push(word);
    else {
      shorten();
      // 20 degrees celsius is 20 celsius
      if (isTemperature(unit) && named.at(-1)?.term === degree) named.pop();
      add(unit, word.start, word.end);
    }
    const value: boolean = unit === undefined && isValue(word);
    const sign = value ? signBehind(text, word, units) : undefined;
    if (sign !== undefined) {
      shorten();
      add(sign.unit, word.end, sign.end);
    }
    measured = value || (unit !== undefined && unit.length === 1 && (units.powers.has(unit[0]) || unit[0] === degree));
  }
  return named;
}

/** What a word right behind a value is the unit of. @param afterDegree  whether the word before says degrees */
function unitAt(words: readonly Word[], i: number, text: string, units: Units, afterDegree: boolean): Unit | undefined {
  const [before, word, next] = [words[i - 1], words[i], words[i + 1]];
  const gap = text.slice(before.end, word.start);
  const degrees = afterDegree || /^ ?[°º] ?$/u.test(gap) ? degreesOf(word.term) : undefined;
  if (degrees !== undefined) return degrees;
  if (word.term === 'k' && before.term.length >= 4 && /^ ?$/.test(gap)) return ['kelvin'];
  if (gap === '') return units.attached.get(word.term);
  if (!between.test(gap)) return undefined;
  const unit = units.spaced.get(word.term);
  if (unit === undefined || next === undefined) return unit;
  // 2 in 1, 24 w x 36 h, 5 m 10 s: a single letter, or a word that is another one too, beside numbers
  const doubtful = word.term.length === 1 || word.term === 'in';
  const behind = text.slice(word.end, next.start);
  return doubtful && /^[ -]*$/.test(behind) && (isValue(next) || units.crosses.has(next.term)) ? undefined : unit;
}

const isTemperature = ([name]: Unit): boolean => name === 'celsius' || name === 'fahrenheit';
const degreesOf = (term: string): Unit | undefined => ({ c: ['celsius'], f: ['fahrenheit'], k: ['kelvin'] })[term];

/** A sign right behind a value, unless the same one stands before it: then the value is in quotation marks. */
function signBehind(
  text: string,
  { start, end }: Word,
  units: Units,
): { readonly unit: Unit; readonly end: number } | undefined {
  if (end === text.length) return undefined;
  const next = text.charCodeAt(end);
  // NFKC writes an accent alone as a space with an accent
  const accent = /^ [\u0301\u030b](?: \u0301)?/u.exec(text.slice(end, end + 4))?.[0];
  if (accent !== undefined)
    return { unit: units.signs.get(accent === ' \u0301' ? "'" : '"') as Unit, end: end + accent.length };
  const spaced = next === 0x20 && /^ [%"\u2032\u201d](?!\p{L}|\p{N})/u.test(text.slice(end, end + 3));
  if (!spaced && (next <= 0x20 || (next >= 0x28 && next <= 0x7f))) return undefined; // most are followed by a space
  const from = spaced ? end + 1 : end;
  for (const [sign, unit] of units.signs) {
    if (!text.startsWith(sign, from)) continue;
    return isQuoted(text, start, sign) ? undefined : { unit, end: from + sign.length };
  }
  return undefined;
}

/** Whether the sign before a value is a quotation mark that the one behind it closes, and not the unit of another value: 6' 2". */
function isQuoted(text: string, start: number, sign: string): boolean {
  if (start === 0 || isDigit(text.charCodeAt(start - 2))) return false;
  const before = text[start - 1];
  return sign.startsWith(before) || (/^[„“‚‘]$/u.test(before) && /^[“”‘’]$/u.test(sign));
}

/** The x of dimensions is no word: it stands before a number and has one before it, two words away at most (8 in. W x 4). */
function dropCrosses(words: readonly Word[], units: Units): readonly Word[] {
  if (!words.some(({ term }) => units.crosses.has(term))) return words;
  const isSize = (word: Word): boolean => isValue(word) || thread.test(word.term);
  const isCross = (word: Word, i: number): boolean => {
    if (!units.crosses.has(word.term) || word.kept || i + 1 >= words.length || !isValue(words[i + 1])) return false;
    // a word such as `by` stands right between numbers and their units
    const reach = word.term.length === 1 ? 3 : 2;
    const before = words.slice(Math.max(0, i - reach), i);
    return word.term.length === 1
      ? before.some(isSize)
      : before.some((each, at) => isSize(each) && before.slice(at + 1).every(({ unit }) => unit));
  };
  const crosses = new Set(words.flatMap((word, i) => (isCross(word, i) ? [i] : [])));
  // 4.0 x 40 is 4 x 40
  return words.flatMap((word, i) =>
    crosses.has(i)
      ? []
      : crosses.has(i - 1) || crosses.has(i + 1)
        ? { ...word, term: measuredNumber(word.term) }
        : word,
  );
}
