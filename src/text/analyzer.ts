import { finish } from '../math/finish.js';
import { apostrophes } from './apostrophe.js';
import { remember } from './bounded-memory.js';
import type { Dictionary } from './dictionary.js';
import { finePieces, firstFineUnit } from './fine-parts.js';
import { firstMeasures } from './first-measures.js';
import { createFirstStemmer } from './first-stems.js';
import { accentFold, letterVariants, type TermFilter } from './fold.js';
import { gluedWords, mayBeNumbered } from './glued-words.js';
import { joinedWords } from './join-parts.js';
import { chainLanguage } from './language.js';
import { measures, type Word } from './measures.js';
import { type NormalisedText, normalise } from './normalise.js';
import { createSegmenter, splitsPair } from './segment.js';
import { holdsSigns, signedShare, signedWord } from './signs.js';
import { createStemmer } from './stem.js';
import { functionWordsOf, stopWordsInCapitals, stopWordsOf } from './stop-words.js';
import {
  type AnalysedStretch,
  analyseStretches,
  type CountedStep,
  longestStretch,
  stepsOfStretches,
} from './stretches.js';
import type { AnalysisStep, Token, TokenPart } from './token.js';
import { joinMark } from './vocabulary.js';
import { createFormFinder, type Variant } from './word-forms.js';
import { partFinder, type WordPart } from './word-parts.js';

export type { AnalysisStep, Token, TokenPart };

/** All terms that a document is found by at the position of a token, each once. */
export function termsAt({ term, parts, variants }: Pick<Token, 'term' | 'parts' | 'variants'>): readonly string[] {
  if (parts === undefined && variants === undefined) return [term];
  return [
    ...new Set([term, ...(parts ?? []).map(part => part.term), ...(variants ?? []).map(variant => variant.term)]),
  ];
}

/** Turns text into terms: the same chain for documents and queries. */
export interface Analyzer {
  /** base language of the chain, `und` where the tag's language has none of its own */
  readonly language: string;
  /** terms of the stop words that it keeps */
  readonly stopWords: ReadonlySet<string>;
  analyze(text: string): Token[];
  /** The same of a text of at most `longestStretch` units, with the number of its words. */
  analyseStretch(text: string): AnalysedStretch;
  /** The one term of a word; undefined where the text has none or several, or is a stop word. */
  onlyTerm(word: string): string | undefined;
  /** The same as analyze, work that tells its units (src/search/turns.ts). */
  analysing(text: string): Generator<number, Token[]>;
  /** Every step in order; the tokens of the last one equal those of `analyze`. */
  steps(text: string): AnalysisStep[];
  /** The same, work that tells its units. */
  showing(text: string): Generator<number, AnalysisStep[]>;
}

/** UTF-16 units of a text that are analysed; what stands behind them is not found. Words of scripts without spaces cost microseconds a character. */
export const longestText = 2 ** 18;

/** The part of a text that is analysed; no character is cut in two. */
export function analysedPart(text: string): string {
  if (text.length <= longestText) return text;
  return text.slice(0, splitsPair(text, longestText) ? longestText - 1 : longestText);
}

/** A word as a step of the chain leaves it. */
type WordForm = Pick<Word, 'term' | 'stop'>;

interface NamedStep {
  readonly name: string;
  readonly apply: (word: WordForm) => WordForm;
}

/**
 * How texts become terms, by number: 1 drops stop words and knows the measures of first-measures.ts and the stemmers of first-stems.ts; 2 keeps stop
 * words as terms of their own. What was made with one is asked with it: an index and a model say which.
 */
export type AnalysisVersion = 1 | 2;
export const presentAnalysis: AnalysisVersion = 2;

export interface AnalyzerOptions {
  /** words that are kept whole */
  readonly dictionary?: Dictionary;
  /** the present one when absent */
  readonly analysis?: AnalysisVersion;
  /** language of an index that holds several: words get the terms of its chain as variants, by which texts and queries of all languages meet */
  readonly beside?: string;
}

/**
 * The analysis chain of a language: NFKC and lower case, words of the dictionary, words (UAX #29), measures (measures.ts), apostrophes, letter
 * variants, stop words, Snowball stem, accent folding, finer parts (fine-parts.ts); each where the language has it. A word of the dictionary passes
 * every step behind it as it is, and a stop word the stemmer.
 * @param languageTag  BCP 47: `en`, `de-CH`, `zh-Hant`; `und` = neutral
 * @throws TandemError 'text/bad-language'
 */
export function createAnalyzer(
  languageTag: string,
  { dictionary, analysis = presentAnalysis, beside }: AnalyzerOptions = {},
): Analyzer {
  const language = chainLanguage(languageTag);
  const lowerLocale = lowerLocaleOf(language);
  const wordsOf = wordFinder(dictionary, lowerLocale);
  const chain = stepsOf(language, analysis);
  const finalForm = (word: string): WordForm => passThrough(chain, word);
  const variantsOf = variantFinder(
    language,
    word => finalForm(word).term,
    beside === undefined ? undefined : chainLanguage(beside),
  );
  const formsOf = remember((word): WordForms => {
    const form = finalForm(word);
    if (form.term === '' || form.stop || analysis === 1) return form;
    const variants = variantsOf(word, form.term);
    const numbered = mayBeNumbered(word);
    if (variants.length === 0 && !numbered) return form;
    return { ...form, ...(variants.length > 0 && { variants }), ...(numbered && { numbered }) };
  });
  const measured = analysis === 1 ? firstMeasures(language) : measures(language);
  const measure = dictionary === undefined ? measured : besideKept(measured);
  const termOf = (word: string): string => {
    const { term, stop } = formsOf(word);
    return stop ? '' : term;
  };
  const partsOf = partFinder(termOf, finePieces);
  const gluedTermsOf = partFinder(termOf, gluedWords);

  const analyseStretch = (text: string): AnalysedStretch => {
    const normalised = normalise(text, lowerLocale);
    const words = measure(wordsOf(normalised.text), normalised.text);
    const signs = analysis > 1 && holdsSigns(normalised.text);
    const tokens: Token[] = [];
    for (let position = 0; position < words.length; position++) {
      const word = words[position];
      if (word.term === '') continue;
      const form: WordForms = word.kept ? { term: word.term } : formsOf(word.term);
      if (form.term === '') continue;
      const token = tokenAt(normalised, form, position, word);
      if (word.term.charCodeAt(0) >= firstFineUnit && !word.kept) addParts(token, normalised, word, partsOf(word.term));
      if (form.numbered) addParts(token, normalised, word, gluedTermsOf(word.term), true);
      if (form.variants !== undefined) token.variants = variantsAt(form.variants, normalised, word);
      if (signs) addSigned(token, normalised, word);
      tokens.push(token);
    }
    addJoined(tokens, normalised, words);
    return { tokens, words: words.length };
  };
  const analysing = (text: string): Generator<number, Token[]> => analyseStretches(analysedPart(text), analyseStretch);
  const analyze = (text: string): Token[] =>
    text.length <= longestStretch ? analyseStretch(text).tokens : finish(analysing(text));
  const formOf = remember(finalForm);
  const onlyTerm = (word: string): string | undefined => {
    // parts of words are looked up by the dozen: these take no step but those of the chain
    if (dictionary === undefined && /^[a-z]{1,255}$/.test(word)) {
      const { term, stop } = formOf(word);
      return stop || term === '' ? undefined : term;
    }
    const [only, ...others] = analyze(word);
    return only === undefined || only.stop || others.length > 0 ? undefined : only.term;
  };
  const stopWords = new Set(
    functionWordsOf(language)
      .map(finalForm)
      .flatMap(({ term, stop }) => (stop ? [term] : [])),
  );
  return {
    language,
    stopWords,
    analyze,
    analyseStretch,
    onlyTerm,
    analysing,
    steps: text => finish(showing(text)),
    showing,
  };

  /** Words that a hyphen joins are one word too, at the place of the first of them. */
  function addJoined(tokens: Token[], normalised: NormalisedText, words: readonly Word[]): void {
    let at = 0;
    for (const { first, last, written, plain } of joinedWords(words, normalised.text)) {
      const { term } = formsOf(written);
      while (at < tokens.length && tokens[at].position < first) at++;
      if (term === '' || at === tokens.length || tokens[at].position > last || tokens[at].term === term) continue;
      const part = {
        term: plain ? term : joinMark + term,
        ...spanAt(normalised, words[first].start, words[last].end),
        joins: true,
      } as const;
      const { parts = [] } = tokens[at];
      if (!parts.some(other => other.term === part.term)) tokens[at].parts = [...parts, part];
    }
  }

  /** A word with its sign is another form of the word, and documents are found by what is said for the sign. */
  function addSigned(token: Token, normalised: NormalisedText, word: Word): void {
    const signed = signedWord(word, normalised.text);
    if (signed === undefined) return;
    const { variants = [], parts = [] } = token;
    token.variants = [...variants, { term: signed.written, share: signedShare }];
    const place = spanAt(normalised, signed.start, signed.end);
    const spoken = signed.spoken.map(term => ({ term, ...place, joins: true as const }));
    if (spoken.length > 0) token.parts = [...parts, ...spoken];
  }

  function* showing(whole: string): Generator<number, AnalysisStep[]> {
    const text = analysedPart(whole);
    const shown = yield* stepsOfStretches(text, stepsOfStretch);
    const tokens = yield* analysing(text);
    if (tokens.some(({ parts }) => parts !== undefined))
      shown.push({ name: 'parts', tokens: tokens.map(({ variants, ...token }) => token) });
    if (tokens.some(({ variants }) => variants !== undefined)) shown.push({ name: 'variants', tokens });
    return shown;
  }

  /** Without those that only some texts have. */
  function stepsOfStretch(text: string): CountedStep[] {
    const normalised = normalise(text, lowerLocale);
    const shown: CountedStep[] = [{ name: 'normal form', tokens: wholeText(normalised.text, text), words: 1 }];
    let words: readonly Word[] = wordsOf(normalised.text);
    const show = (name: string, of: readonly Word[] = words): void => {
      shown.push({ name, tokens: tokensOf(normalised, of), words: of.length });
    };
    if (dictionary !== undefined && dictionary.words.length > 0)
      show(
        'dictionary',
        words.map(word => (word.kept ? word : { ...word, term: '' })),
      );
    show('words');
    words = measure(words, normalised.text);
    show('measures');
    for (const { name, apply } of chain) {
      words = words.map(word => (word.kept || word.term === '' ? word : { ...word, ...apply(word) }));
      show(name);
    }
    return shown;
  }
}

/** The locale of the chain's lower case, as `normalise` takes it. @param language  of `chainLanguage` */
export const lowerLocaleOf = (language: string): string => (language === 'tr' || language === 'az' ? language : 'und');

/** Finds the words of a text: those of the dictionary first, and between them those of the segmenter. */
function wordFinder(dictionary: Dictionary | undefined, lowerLocale: string): (text: string) => Word[] {
  const segment = createSegmenter();
  const plain = (text: string): Word[] => {
    const words: Word[] = [];
    segment(text, (start, end) => words.push({ term: text.slice(start, end), start, end }));
    return words;
  };
  if (dictionary === undefined || dictionary.words.length === 0) return plain;
  const { match } = dictionary.matcher(lowerLocale);
  return text => {
    const kept: Word[] = [];
    match(text, (start, end, term) => kept.push({ term, start, end, kept: true }));
    if (kept.length === 0) return plain(text);
    const words: Word[] = [];
    let from = 0;
    const segmentUntil = (to: number): void => {
      for (const { term, start, end } of plain(text.slice(from, to)))
        words.push({ term, start: from + start, end: from + end });
    };
    for (const word of kept) {
      segmentUntil(word.start);
      words.push(word);
      from = word.end;
    }
    segmentUntil(text.length);
    return words;
  };
}

type MeasureStep = ReturnType<typeof measures>;

/** A step over words for the stretches between words of the dictionary, which it never sees. */
function besideKept(measure: MeasureStep): MeasureStep {
  return (words, text) => {
    if (!words.some(({ kept }) => kept)) return measure(words, text);
    const measured: Word[] = [];
    let stretch: Word[] = [];
    const endStretch = (): void => {
      for (const word of measure(stretch, text)) measured.push(word);
      stretch = [];
    };
    for (const word of words) {
      if (!word.kept) stretch.push(word);
      else {
        endStretch();
        measured.push(word);
      }
    }
    endStretch();
    return measured;
  };
}

function stepsOf(language: string, analysis: AnalysisVersion): NamedStep[] {
  const [apostrophe, variants] = [apostrophes(language), letterVariants(language)];
  const stem = analysis === 1 ? createFirstStemmer(language) : createStemmer(language);
  const stopWordsFor = analysis === 1 ? stopWordsOf : stopWordsInCapitals;
  const stopWords = stopWordsFor(language, term => variants(apostrophe(term)));
  const spelled = (apply: TermFilter): NamedStep['apply'] => {
    return ({ term, stop }) => (stop ? { term: apply(term), stop } : { term: apply(term) });
  };
  const marked: NamedStep['apply'] = ({ term }) => {
    if (!stopWords.has(term)) return { term };
    return analysis === 1 ? { term: '' } : { term, stop: true };
  };
  // neither does a stop word change, nor becomes another word one
  const stemmed = (stemmer: TermFilter, { term, stop }: WordForm): WordForm => {
    const root = stop ? term : stemmer(term);
    return stop || (analysis > 1 && stopWords.has(root)) ? { term, stop } : { term: root };
  };
  return [
    { name: 'apostrophes', apply: spelled(apostrophe) },
    { name: 'letter variants', apply: spelled(variants) },
    ...(stopWords.size > 0 ? [{ name: 'stop words', apply: marked }] : []),
    ...(stem ? [{ name: 'stem', apply: (word: WordForm) => stemmed(stem, word) }] : []),
    { name: 'accents', apply: spelled(accentFold(language)) },
  ];
}

/** What the chain makes of a word. */
type WordForms = Pick<Token, 'term' | 'stop' | 'variants'> & {
  /** whether it may be written as one with a number */
  readonly numbered?: boolean;
};

const passThrough = (chain: readonly NamedStep[], word: string): WordForm =>
  chain.reduce((form: WordForm, { apply }) => (form.term === '' ? form : apply(form)), { term: word });

/** Finds the variants of a word. @param beside  the chain that meets all others */
function variantFinder(
  language: string,
  term: (word: string) => string,
  beside: string | undefined,
): (word: string, own: string) => readonly Variant[] {
  if (beside === undefined || beside === language) return createFormFinder({ language, term });
  const chain = stepsOf(beside, presentAnalysis);
  const otherTerm = (word: string): string => passThrough(chain, word).term;
  const otherForms = createFormFinder({ language: beside, term: otherTerm });
  const otherChain = (word: string): string[] => {
    const own = otherTerm(word);
    return own === '' ? [] : [own, ...otherForms(word, own).map(variant => variant.term)];
  };
  return createFormFinder({ language, term, otherChain });
}

/** @param joins  whether a query asks for none of them: a word that is written as one with a number is found without it */
function addParts(
  token: Token,
  normalised: NormalisedText,
  word: Word,
  parts: readonly WordPart[],
  joins?: true,
): void {
  if (parts.length === 0) return;
  token.parts = parts.map(({ term, from, to }) => ({
    term,
    ...spanAt(normalised, word.start + from, word.start + to),
    ...(joins && { joins }),
  }));
}

/** Variants with their pieces where they stand in the input; where a step has changed the word no pieces are known. */
function variantsAt(variants: readonly Variant[], normalised: NormalisedText, word: Word): readonly Variant[] {
  if (!variants.some(({ piece }) => piece !== undefined)) return variants;
  return variants.map(variant =>
    variant.piece === undefined
      ? variant
      : {
          ...variant,
          piece: spanAt(normalised, word.start + variant.piece.start, word.start + variant.piece.end),
        },
  );
}

/** The words that are left, each with its number among all of them. */
const tokensOf = (normalised: NormalisedText, words: readonly Word[]): Token[] =>
  words.flatMap((word, position) => (word.term === '' ? [] : [tokenAt(normalised, word, position, word)]));

const wholeText = (normal: string, input: string): Token[] =>
  normal === '' ? [] : [{ term: normal, position: 0, start: 0, end: input.length }];

function tokenAt(
  normalised: NormalisedText,
  { term, stop }: WordForm,
  position: number,
  { start, end, unit }: Word,
): Token {
  const token: Token = { term, position, ...spanAt(normalised, start, end) };
  if (stop) token.stop = true;
  if (unit) token.unit = true;
  return token;
}

function spanAt({ origin }: NormalisedText, start: number, end: number): { start: number; end: number } {
  return origin === undefined ? { start, end } : { start: origin.starts[start], end: origin.ends[end - 1] };
}
