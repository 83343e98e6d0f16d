import * as snowball from 'multilingual-stemmer';
import { stemBulgarian } from './bulgarian-stem.js';
import { createFirstStemmer } from './first-stems.js';
import type { TermFilter } from './fold.js';
import { stemUkrainian } from './ukrainian-stem.js';

/** Snowball algorithm per language, or our own; `english` is Porter2, and Bosnian and Croatian are near enough to Serbian. */
const algorithms: Readonly<Record<string, TermFilter>> = {
  ar: snowball.arabic,
  bg: stemBulgarian,
  bs: snowball.serbian,
  ca: snowball.catalan,
  cs: snowball.czech,
  da: snowball.danish,
  de: snowball.german,
  el: snowball.greek,
  en: snowball.english,
  eo: snowball.esperanto,
  es: snowball.spanish,
  et: snowball.estonian,
  eu: snowball.basque,
  fa: snowball.persian,
  fi: snowball.finnish,
  fr: snowball.french,
  ga: snowball.irish,
  hi: snowball.hindi,
  hr: snowball.serbian,
  hu: snowball.hungarian,
  hy: snowball.armenian,
  id: snowball.indonesian,
  it: snowball.italian,
  lt: snowball.lithuanian,
  ne: snowball.nepali,
  nl: snowball.dutch,
  no: snowball.norwegian,
  pl: snowball.polish,
  pt: snowball.portuguese,
  ro: snowball.romanian,
  ru: snowball.russian,
  sr: snowball.serbian,
  st: snowball.sesotho,
  sv: snowball.swedish,
  ta: snowball.tamil,
  tr: snowball.turkish,
  uk: stemUkrainian,
  yi: snowball.yiddish,
};

/** Languages that have a stemmer. */
export const stemmedLanguages: readonly string[] = [...Object.keys(algorithms), 'sl'];

/**
 * The Snowball stemmer of a language (snowballstem.org, 3.1, compiled to WebAssembly: multilingual-stemmer, MIT), or a light one of ours. Slovene
 * keeps that of the first analysis. Terms with a digit stay as they are: they are sizes and model numbers, not words.
 * @returns undefined where the language has none
 */
export function createStemmer(language: string): TermFilter | undefined {
  if (language === 'sl') return createFirstStemmer(language);
  const stem = algorithms[language];
  if (stem === undefined) return undefined;
  // The Arabic stemmer leaves nothing of some words: a term never becomes empty here.
  return term => (/\d/.test(term) ? term : stem(term) || term);
}
