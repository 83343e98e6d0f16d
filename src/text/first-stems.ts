import { newStemmer } from 'snowball-stemmers';
import type { TermFilter } from './fold.js';

/** Snowball algorithm per language. */
const algorithms: Readonly<Record<string, string>> = {
  ar: 'arabic',
  ca: 'catalan',
  cs: 'czech',
  da: 'danish',
  de: 'german',
  en: 'english',
  es: 'spanish',
  eu: 'basque',
  fi: 'finnish',
  fr: 'french',
  ga: 'irish',
  hu: 'hungarian',
  hy: 'armenian',
  it: 'italian',
  nl: 'dutch',
  no: 'norwegian',
  pt: 'portuguese',
  ro: 'romanian',
  ru: 'russian',
  sl: 'slovene',
  sv: 'swedish',
  ta: 'tamil',
  tr: 'turkish',
};

/**
 * The stemmer of a language that the first analysis used (port snowball-stemmers, ISC, of the Snowball of 2013), kept for what was made with it.
 * @returns undefined where the language had none
 */
export function createFirstStemmer(language: string): TermFilter | undefined {
  const algorithm = algorithms[language];
  if (algorithm === undefined) return undefined;
  const stemmer = newStemmer(algorithm);
  // The Czech stemmer leaves nothing of a one-letter word: a term never becomes empty here.
  return term => (/\d/.test(term) ? term : stemmer.stem(term) || term);
}
