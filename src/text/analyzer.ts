import { apostrophes } from './apostrophe.js';
import { accentFold, letterVariants, type TermFilter } from './fold.js';
import { chainLanguage } from './language.js';
import { measures, type Word } from './measures.js';
import { type NormalisedText, normalise } from './normalise.js';
import { createSegmenter } from './segment.js';
import { createStemmer } from './stem.js';
import { stopWordFilter } from './stop-words.js';

/** A term of a text and where it stands. */
export interface Token {
  /** never empty */
  term: string;
  /** number of the word in the text, from 0; a dropped word leaves its number unused, so that phrases keep their distances */
  position: number;
  /** span in the input, in UTF-16 units */
  start: number;
  end: number;
}

/** What the text looks like after one step of the chain. */
export interface AnalysisStep {
  readonly name: string;
  readonly tokens: Token[];
}

/** Turns text into terms: the same chain for documents and queries. */
export interface Analyzer {
  /** base language of the chain, `und` where the tag's language has none of its own */
  readonly language: string;
  analyze(text: string): Token[];
  /** Every step in order; the tokens of the last one equal those of `analyze`. */
  steps(text: string): AnalysisStep[];
}

interface NamedFilter {
  readonly name: string;
  readonly apply: TermFilter;
}

/** Terms remembered by an analyzer: most words of a corpus come again and again, and stemming is the dear step. */
const memoryLimit = 2 ** 16;

/**
 * The analysis chain of a language: NFKC and lower case, words (UAX #29), measures (measures.ts), apostrophes, letter variants, stop words, Snowball stem,
 * accent folding; each where the language has it.
 * @param languageTag  BCP 47: `en`, `de-CH`, `zh-Hant`; `und` = neutral
 * @throws TandemError 'text/bad-language'
 */
export function createAnalyzer(languageTag: string): Analyzer {
  const language = chainLanguage(languageTag);
  const lowerLocale = language === 'tr' || language === 'az' ? language : 'und';
  const segment = createSegmenter();
  const filters = filtersOf(language);
  const finalTerm = remember(term => filters.reduce((kept, filter) => (kept === '' ? '' : filter.apply(kept)), term));

  const measure = measures(language);
  const wordsOf = (text: string): Word[] => {
    const words: Word[] = [];
    segment(text, (start, end) => words.push({ term: text.slice(start, end), start, end }));
    return words;
  };
  return {
    language,
    analyze: text => {
      const normalised = normalise(text, lowerLocale);
      return tokensOf(normalised, measure(wordsOf(normalised.text), normalised.text), finalTerm);
    },
    steps: text => {
      const normalised = normalise(text, lowerLocale);
      const words = wordsOf(normalised.text);
      const steps: AnalysisStep[] = [
        { name: 'words', tokens: tokensOf(normalised, words) },
        { name: 'measures', tokens: tokensOf(normalised, measure(words, normalised.text)) },
      ];
      for (const { name, apply } of filters) {
        const tokens = steps[steps.length - 1].tokens
          .map(token => ({ ...token, term: apply(token.term) }))
          .filter(token => token.term !== '');
        steps.push({ name, tokens });
      }
      return steps;
    },
  };
}

function filtersOf(language: string): NamedFilter[] {
  const spelling: NamedFilter[] = [
    { name: 'apostrophes', apply: apostrophes(language) },
    { name: 'letter variants', apply: letterVariants(language) },
  ];
  const spell: TermFilter = term => spelling.reduce((kept, filter) => filter.apply(kept), term);
  const stop = stopWordFilter(language, spell);
  const stem = createStemmer(language);
  return [
    ...spelling,
    ...(stop ? [{ name: 'stop words', apply: stop }] : []),
    ...(stem ? [{ name: 'stem', apply: stem }] : []),
    { name: 'accents', apply: accentFold(language) },
  ];
}

/** The words that a filter leaves something of, each with its number among all of them. */
function tokensOf(normalised: NormalisedText, words: readonly Word[], filter: TermFilter = term => term): Token[] {
  const tokens: Token[] = [];
  for (const [position, word] of words.entries()) {
    const term = word.term === '' ? '' : filter(word.term);
    if (term !== '') tokens.push(tokenAt(normalised, term, position, word.start, word.end));
  }
  return tokens;
}

function tokenAt(normalised: NormalisedText, term: string, position: number, start: number, end: number): Token {
  const { origin } = normalised;
  if (origin === undefined) return { term, position, start, end };
  return { term, position, start: origin.starts[start], end: origin.ends[end - 1] };
}

/** Remembers results; forgets all when full, so that hostile text cannot fill the memory. */
function remember(filter: TermFilter): TermFilter {
  const known = new Map<string, string>();
  return word => {
    const found = known.get(word);
    if (found !== undefined) return found;
    // A slice keeps the whole text that it was cut from alive: remember a copy.
    const copy = ` ${word}`.slice(1);
    const term = filter(copy);
    if (known.size >= memoryLimit) known.clear();
    known.set(copy, term);
    return term;
  };
}
