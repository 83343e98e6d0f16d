import { plainLetters } from './bare-form.js';

/** A step of the chain that maps one term to another; the empty string drops it. */
export type TermFilter = (term: string) => string;

/** Letters that an alphabet counts as letters of their own: folding them would make other words. */
const ownLetters: Readonly<Record<string, string>> = {
  sv: 'åäö',
  fi: 'åäö',
  et: 'äöõü',
  da: 'åæø',
  no: 'åæø',
  is: 'æöðþ',
  es: 'ñ',
  gl: 'ñ',
  hu: 'öőüű',
  tr: 'çğıöşü',
  az: 'çəğıöşü',
};

const ascii = /^[\0-\x7f]*$/;
const foldable = /[\u00c0-\u024f\u0370-\u03ff\u1e00-\u1fff]|[\u0300-\u036f]/;

/**
 * Folds accents away, after the stemmer, which needs them. Only Latin and Greek letters are folded: elsewhere a mark makes another
 * letter (Cyrillic й, Japanese が, the vowels of Devanagari). Letters that the language counts as its own stay; Vietnamese keeps all,
 * for there the tone is the word.
 */
export function accentFold(language: string): TermFilter {
  if (language === 'vi') return term => term;
  const kept = new Set(ownLetters[language] ?? '');
  const foldLetter = (letter: string): string => {
    if (kept.has(letter)) return letter;
    const bare = letter.normalize('NFD').replace(/[\u0300-\u036f]/g, '');
    return bare === 'ς' ? 'σ' : (plainLetters[bare] ?? bare);
  };
  return term => {
    if (ascii.test(term) || !foldable.test(term)) return term;
    return term.replace(
      /[\u00c0-\u024f\u0370-\u03ff\u1e00-\u1fff][\u0300-\u036f]*|(?<=[a-z])[\u0300-\u036f]+/g,
      foldLetter,
    );
  };
}

/** Variants of one letter that a language's stemmer and readers take for the same; applied before stop words and stemmer. */
export function letterVariants(language: string): TermFilter {
  switch (language) {
    case 'ar':
      // Lucene's ArabicNormalizer: alef with hamza or madda, dotless yeh, teh marbuta; vowel marks and the stretching line go.
      return term =>
        term
          .replace(/[\u0640\u064b-\u0652\u0670]/g, '')
          .replace(/[\u0622\u0623\u0625]/g, '\u0627')
          .replace(/\u0649/g, '\u064a')
          .replace(/\u0629/g, '\u0647');
    case 'fa':
    case 'ur':
      // Arabic yeh and kaf from an Arabic keyboard stand for the Persian ones.
      return term =>
        term
          .replace(/[\u064b-\u0652]/g, '')
          .replace(/[\u064a\u0649]/g, '\u06cc')
          .replace(/\u0643/g, '\u06a9');
    case 'he':
      return term => term.replace(/[\u0591-\u05c7]/g, '');
    case 'ru':
      return term => term.replaceAll('ё', 'е');
    case 'ro':
      // The stemmer knows the older spelling with a cedilla.
      return term => term.replaceAll('ș', 'ş').replaceAll('ț', 'ţ');
    default:
      return term => term;
  }
}
