import type { WordChain } from '../columns/word-values.js';
import { type AnalysisVersion, type Analyzer, createAnalyzer, presentAnalysis, type Token } from '../text/analyzer.js';
import { createDictionary, type DictionaryWord } from '../text/dictionary.js';
import { chainLanguage, neutral } from '../text/language.js';
import {
  compileSynonyms,
  expandSynonyms,
  type GluedTerms,
  parseSynonyms,
  type SynonymRule,
  type SynonymSpan,
  type SynonymTree,
} from '../text/synonyms.js';
import { alphabetic, longestCut } from '../text/vocabulary.js';

/** A query text as its chain has it. */
export interface ExpandedQuery {
  readonly tokens: readonly Token[];
  /** stretches of the tokens that have synonyms */
  readonly spans: readonly SynonymSpan[];
  /** The same of words that the tokens may stand for; absent where the index has no rules. */
  readonly spansOf?: (tokens: readonly Pick<Token, 'term' | 'position'>[]) => readonly SynonymSpan[];
}

/**
 * The analysis chains of an index: many tags, few chains, one dictionary for all of them. Words of each are found under what the chain of the index
 * makes of them too, so that what is written as in a text finds it in whatever language.
 */
export interface AnalysisChains {
  readonly analysis: AnalysisVersion;
  /** rises with every change of words or rules: what was analysed before is stale */
  readonly version: number;
  /** An empty tag counts as absent, as an empty cell of a CSV file does. @throws TandemError 'text/bad-language' */
  analyzer(language?: string): Analyzer;
  /** The chain that makes words of a value: that of the language, or where it leaves none the neutral one. @throws TandemError 'text/bad-language' */
  wordChain(value: string, language?: string): WordChain;
  dictionary(): readonly DictionaryWord[];
  /** What is analysed from now on obeys these words. @param words  checked */
  setDictionary(words: readonly DictionaryWord[]): void;
  /** @param rules  in Solr's format. @throws TandemError 'text/bad-synonyms'; then the former rules stay */
  setSynonyms(rules: readonly string[]): void;
  /** the rules that were last set */
  synonyms(): readonly string[];
  hasSynonyms(): boolean;
  /** @throws TandemError 'text/bad-language' */
  expand(text: string, language?: string): ExpandedQuery;
}

/** What neighbours of a text are in one word, where they may be one: words of letters. */
const gluedIn =
  (text: string, tokens: readonly Token[], chain: Analyzer): GluedTerms =>
  from => {
    const [left, right] = [tokens[from], tokens[from + 1]];
    if (right === undefined || right.position !== left.position + 1 || right.start <= left.end) return undefined;
    const written = text.slice(left.start, left.end) + text.slice(right.start, right.end);
    return written.length <= longestCut && alphabetic.test(written) ? chain.onlyTerm(written) : undefined;
  };

export function createChains(defaultLanguage: string, analysis = presentAnalysis): AnalysisChains {
  const byLanguage = new Map<string, Analyzer>();
  const synonyms = new Map<Analyzer, SynonymTree>();
  let rules: readonly SynonymRule[] = [];
  let written: readonly string[] = [];
  let dictionary = createDictionary([]);
  let dictionaries = 0;
  let version = 0;
  const beside = chainLanguage(defaultLanguage);
  const analyzerOf = (tag: string): Analyzer => {
    // most tags are the name of their chain, and reading one takes longer than analysing a query
    const language = byLanguage.has(tag) ? tag : chainLanguage(tag);
    const found = byLanguage.get(language);
    if (found !== undefined) return found;
    const made = createAnalyzer(language, { analysis, beside, ...(dictionary.words.length > 0 && { dictionary }) });
    byLanguage.set(language, made);
    return made;
  };
  let standard = analyzerOf(defaultLanguage);
  const analyzer = (language?: string): Analyzer => (language ? analyzerOf(language) : standard);
  // compiled when a query of the chain first comes: most indexes are asked in one language
  const synonymsOf = (chain: Analyzer): SynonymTree => {
    const tree = synonyms.get(chain) ?? compileSynonyms(rules, chain);
    synonyms.set(chain, tree);
    return tree;
  };
  return {
    analysis,
    get version() {
      return version;
    },
    analyzer,
    wordChain: (value, language) => {
      const own = analyzer(language);
      const chain = own.analyze(value).length > 0 ? own : analyzerOf(neutral);
      return {
        id: `${chain.language} ${dictionaries}`,
        hasDictionary: dictionary.words.length > 0,
        analyze: chain.analyze,
      };
    },
    dictionary: () => dictionary.words,
    setDictionary: words => {
      dictionaries++;
      version++;
      dictionary = createDictionary(words);
      byLanguage.clear();
      synonyms.clear();
      standard = analyzerOf(defaultLanguage);
    },
    setSynonyms: lines => {
      rules = parseSynonyms(lines);
      written = lines;
      version++;
      synonyms.clear();
    },
    synonyms: () => written,
    hasSynonyms: () => rules.length > 0,
    expand: (text, language) => {
      const chain = analyzer(language);
      const tokens = chain.analyze(text);
      if (rules.length === 0) return { tokens, spans: [] };
      const tree = synonymsOf(chain);
      return {
        tokens,
        spans: expandSynonyms(tokens, tree, gluedIn(text, tokens, chain)),
        spansOf: others => expandSynonyms(others, tree),
      };
    },
  };
}
