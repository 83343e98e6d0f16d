import { newStemmer } from 'snowball-stemmers';
import type { TermFilter } from './fold.js';

/** Snowball algorithm per language; `english` is Porter2. */
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

/** Languages that have a stemmer. */
export const stemmedLanguages: readonly string[] = Object.keys(algorithms);

/**
 * The Snowball stemmer of a language (snowballstem.org; port snowball-stemmers, ISC).
 * Terms with a digit stay as they are: they are sizes and model numbers, not words.
 * @returns undefined where the language has none
 */
export function createStemmer(language: string): TermFilter | undefined {
  const algorithm = algorithms[language];
  if (algorithm === undefined) return undefined;
  const stemmer = newStemmer(algorithm);
  // The Czech stemmer leaves nothing of a one-letter word: a term never becomes empty here.
  return term => (/\d/.test(term) ? term : stemmer.stem(term) || term);
}
