import { asDecimal, respell } from './respell.js';

/** Text in its normal form, with the way back to the input. */
export interface NormalisedText {
  readonly text: string;
  /** per UTF-16 unit of `text`, where the input that made it starts and ends; absent when every unit stands where it stood */
  readonly origin?: { readonly starts: Uint32Array; readonly ends: Uint32Array };
}

const ascii = /^[\0-\x7f]*$/;
const troublesome = /[\u2120\u2122\xbc-\xbe\u2150-\u215f\u2189\u2044]/;

/**
 * What a reader does not see, or what only colours a sign: default ignorable characters (soft hyphen, joiners, marks of direction, variation
 * selectors), the keycap around a digit, tones of skin.
 */
const ignorable = /\p{Default_Ignorable_Code_Point}|\u20e3|\p{Emoji_Modifier}/u;
const everyIgnorable = new RegExp(ignorable, 'gu');
/** Of these, what stands behind a word is no part of its span; what is drawn with the sign before it is. */
const trailingInvisible = /(?!\p{M})\p{Default_Ignorable_Code_Point}+$/u;

/** Digits beyond the Basic Multilingual Plane, Thai and Lao vowels that are typed in two signs: what else no other check sees. */
const respelledInUnits = /(?![0-9])\p{Nd}|\u0e40\u0e40|\u0ec0\u0ec0|[\u0e4d\u0ecd]/u;

/**
 * What may change together under NFKC: a run of Korean letters (they compose into syllables, one in a circle with those behind it too), or one
 * character with all marks and ignorable characters after it. U+FF9E and U+FF9F are the half-width voicing marks of Japanese. Thai and Lao AM may
 * be written in two signs, with a tone between them, and AE as two E.
 */
const unit =
  /[\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff\u3130-\u318f\u3260-\u327e\uffa0-\uffdc][\u1100-\u11ff\uac00-\ud7ff\u3130-\u318f\uffa0-\uffdc\p{M}\p{Default_Ignorable_Code_Point}]*|(?:\u0e40\u0e40|\u0ec0\u0ec0|[^\p{M}\p{Default_Ignorable_Code_Point}\uff9e\uff9f])[\p{M}\p{Default_Ignorable_Code_Point}\uff9e\uff9f\p{Emoji_Modifier}]*(?:(?<=\u0e4d[\u0e48-\u0e4b]?)\u0e32|(?<=\u0ecd[\u0ec8-\u0ecb]?)\u0eb2)?|[\p{M}\p{Default_Ignorable_Code_Point}\uff9e\uff9f]+/gsu;

/**
 * Unicode normal form NFKC (UAX #15) in lower case. Departures: the signs for trade and service mark become a space, and a vulgar fraction is
 * set off by a space and written with `/`, because NFKC would glue them to the word before; Thai and Lao AM stay one sign, as dictionaries have them;
 * ignorable characters are gone, but for the non-joiner within a word of Arabic letters, which parts it; digits of all scripts are 0 to 9, and signs for
 * an apostrophe are one (respell.ts).
 * @param lowerLocale  `tr` or `az` for their dotted and dotless i; else `und`
 */
export function normalise(text: string, lowerLocale: string): NormalisedText {
  const turkic = lowerLocale === 'tr' || lowerLocale === 'az';
  const isAscii = ascii.test(text);
  if (!turkic && isAscii) return { text: (text.includes('`') ? respell(text) : text).toLowerCase() };
  const lower = (part: string): string => (turkic ? part.toLocaleLowerCase(lowerLocale) : part.toLowerCase());
  const spelled = respell(text);
  if (!troublesome.test(spelled) && !ignorable.test(spelled) && !respelledInUnits.test(spelled)) {
    if (compose(spelled) === spelled) {
      const lowered = lower(spelled);
      // The only lower-casing that changes a length is that of I with dot above.
      if (lowered.length === text.length && compose(lowered) === lowered) return { text: lowered };
    }
  }
  return normaliseByUnit(spelled, lower);
}

/** NFKC takes Thai and Lao AM apart into signs that no dictionary of words knows. */
function compose(text: string): string {
  const composed = text.normalize('NFKC');
  if (!/[\u0e4d\u0ecd]/.test(composed)) return composed;
  return composed
    .replace(/\u0e4d([\u0e48-\u0e4b]?)\u0e32/g, '$1\u0e33')
    .replace(/\u0ecd([\u0ec8-\u0ecb]?)\u0eb2/g, '$1\u0eb3')
    .replace(/([\u0e48-\u0e4b])\u0e4d\u0e32/g, '$1\u0e33')
    .replace(/([\u0ec8-\u0ecb])\u0ecd\u0eb2/g, '$1\u0eb3');
}

function normaliseByUnit(text: string, lower: (part: string) => string): NormalisedText {
  const parts: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  for (const match of text.matchAll(unit)) {
    const [written] = match;
    const end = match.index + written.length;
    const seen = ignorable.test(written) ? written.replace(everyIgnorable, '') : written;
    const part = compose(lower(compatible(seen))) + seamBehind(written, text, end);
    const shown = seen === written ? end : end - (trailingInvisible.exec(written)?.[0].length ?? 0);
    parts.push(part);
    for (let i = 0; i < part.length; i++) {
      starts.push(match.index);
      ends.push(shown);
    }
  }
  return { text: parts.join(''), origin: { starts: Uint32Array.from(starts), ends: Uint32Array.from(ends) } };
}

const arabicLetter = /[\u0620-\u064a\u066e-\u06d3\u06d5\u0750-\u077f\u08a0-\u08c9]/;

/** The non-joiner that parts a word of Arabic letters (Persian plurals and prefixes); it says nothing elsewhere. */
const seamBehind = (written: string, text: string, end: number): string =>
  written.includes('\u200c') && arabicLetter.test(written[0]) && arabicLetter.test(text[end] ?? '') ? '\u200c' : '';

function compatible(part: string): string {
  if (part === '\u0e40\u0e40') return '\u0e41';
  if (part === '\u0ec0\u0ec0') return '\u0ec1';
  if (!troublesome.test(part)) return asDecimal(compose(part));
  if (/[\u2120\u2122]/.test(part)) return ' ';
  const written = part.normalize('NFKC').replaceAll('\u2044', '/');
  return part.startsWith('\u2044') ? written : ` ${written}`;
}
