import type { Token } from '../text/analyzer.js';
import { sameWord } from '../text/known-forms.js';
import { chainLanguage } from '../text/language.js';
import type { AnalysisChains } from './analysis-chains.js';
import {
  addUp,
  countLanguages,
  type LanguageCounts,
  type SegmentLanguages,
  segmentLanguages,
} from './language-counts.js';
import type { SegmentList } from './segment-list.js';
import type { SegmentReader } from './segment-reader.js';

/** Words of a query that are looked at, the first ones, in so many UTF-16 units, and languages in which they are read: those of most documents. */
const mostWords = 16;
const mostUnits = 256;
const mostLanguages = 32;

/** Other forms of a word that are looked at where no document holds the words themselves. */
const mostForms = 2;

/** Stands for the documents of a language that hold a word where there are none. */
const unseen = 0.1;

/** The languages of an index, as its documents name them. */
export interface QueryLanguages {
  /** @param language  of a document that is added */
  note(language: string | undefined): void;
  /** The chain of the language in which a query is most likely written: that of the index where nothing speaks for another one. */
  guess(text: string): string;
  /** Share of the documents that are in a language, (0, 1]; 1 for one that none is in. @param language  name of a chain */
  share(language: string): number;
}

/** What is known of the languages of an index at one moment. */
interface PresentLanguages {
  readonly version: number;
  readonly segments: readonly SegmentLanguages[];
  readonly sizes: LanguageCounts;
}

/**
 * Guesses the language of a query by the documents that hold its words, each read in each language: naive Bayes over documents. The work is bounded
 * (language-counts.ts), and there is none in an index of one language.
 *
 * The demo (18 languages, token nDCG@10 of test): .1676 where every query is read in the language of the index, .1924 as guessed, .1933 where queries name theirs.
 */
export function queryLanguages(chains: AnalysisChains, list: SegmentList): QueryLanguages {
  const own = chains.analyzer().language;
  const known = new WeakMap<SegmentReader, SegmentLanguages>();
  const languagesOf = (segment: SegmentReader): SegmentLanguages => {
    const found = known.get(segment);
    if (found?.documents === segment.documentCount) return found;
    const made = segmentLanguages(segment, own);
    known.set(segment, made);
    return made;
  };
  const languages = new Set(list.all.flatMap(segment => [...languagesOf(segment).sizes().keys()]));
  // by the first analysis documents of other languages than the guessed one would no longer be found
  const hasSeveral = (): boolean => languages.size > 1 && chains.analysis > 1;
  let latest: PresentLanguages | undefined;
  const present = (): PresentLanguages => {
    const { version } = list.statistics;
    const segments = list.all.map(languagesOf);
    if (latest?.version !== version || latest.segments.some((each, i) => each !== segments[i]))
      latest = { version, segments, sizes: addUp(segments.map(({ sizes }) => sizes())) };
    return latest;
  };
  return {
    note: language => {
      languages.add(language ? chainLanguage(language) : own);
    },
    guess: text => {
      if (hasSeveral()) {
        const { segments, sizes } = present();
        return mostLikely(text, own, chains, sizes, terms => countLanguages(segments, terms));
      }
      return chains.analysis > 1 ? ([...languages][0] ?? own) : own;
    },
    share: language => {
      if (!hasSeveral()) return 1;
      const documents = present().sizes.get(language) ?? 0;
      return documents === 0 ? 1 : documents / list.statistics.documents;
    },
  };
}

/** What a language makes of the words of a query: terms by where the words begin. */
interface Reading {
  readonly language: string;
  readonly size: number;
  readonly terms: ReadonlyMap<number, string>;
}

/** Documents of each language that hold some terms. */
export type CountLanguages = (terms: ReadonlySet<string>) => ReadonlyMap<string, LanguageCounts>;

/** @param sizes  documents by language @returns the language in which a text is most likely written */
export function mostLikely(
  whole: string,
  own: string,
  chains: Pick<AnalysisChains, 'analyzer'>,
  sizes: LanguageCounts,
  count: CountLanguages,
): string {
  const text = whole.slice(0, mostUnits);
  const analysed = largestFirst(sizes, own)
    .slice(0, mostLanguages)
    .map(([language, size]) => ({
      language,
      size,
      tokens: chains.analyzer(language).analyze(text).slice(0, mostWords),
    }));
  const readBy = (termOf: (token: Token) => string | undefined): readonly Reading[] =>
    analysed.map(({ language, size, tokens }) => ({
      language,
      size,
      terms: new Map(tokens.map(token => [token.start, termOf(token) ?? token.term])),
    }));
  const form = (number: number) => (token: Token) =>
    token.variants?.filter(({ share, piece }) => share >= sameWord && !piece)[number]?.term;
  let found = likeliest(
    readBy(({ term }) => term),
    count,
  );
  for (let i = 0; i < mostForms && found === undefined; i++) found = likeliest(readBy(form(i)), count);
  return found ?? own;
}

/** @returns undefined where no document holds a word that tells languages apart */
function likeliest(readings: readonly Reading[], count: CountLanguages): string | undefined {
  const counts = count(new Set(readings.flatMap(({ terms }) => [...terms.values()])));
  const holding = ({ language, terms }: Reading, word: number): number =>
    counts.get(terms.get(word) ?? '')?.get(language) ?? 0;
  const words = [...new Set(readings.flatMap(({ terms }) => [...terms.keys()]))];
  // numbers stand in documents of all languages
  const isNumber = (word: number): boolean => readings.every(({ terms }) => /\p{Nd}/u.test(terms.get(word) ?? '0'));
  const telling = words.filter(word => !isNumber(word) && readings.some(reading => holding(reading, word) > 0));
  const holdingAny = readings.filter(reading => telling.some(word => holding(reading, word) > 0));
  if (holdingAny.length === 0) return undefined;
  const likelihood = (reading: Reading): number =>
    telling.reduce(
      (sum, word) => sum + Math.log((holding(reading, word) + unseen) / (reading.size + 1)),
      Math.log(reading.size),
    );
  const scores = holdingAny.map(likelihood);
  return holdingAny[scores.indexOf(Math.max(...scores))].language;
}

/** The language of the index comes first: of equally likely ones it is taken. */
const largestFirst = (sizes: LanguageCounts, own: string): [string, number][] =>
  [...sizes]
    .filter(([, size]) => size > 0)
    .sort(([a, more], [b, less]) => Number(b === own) - Number(a === own) || less - more || (a < b ? -1 : 1));
