import { type Analyzer, createAnalyzer } from '../text/analyzer.js';
import { createDictionary, type DictionaryWord } from '../text/dictionary.js';
import { chainLanguage } from '../text/language.js';

/** The analysis chains of an index: many tags, few chains, one dictionary for all of them. */
export interface AnalysisChains {
  /** An empty tag counts as absent, as an empty cell of a CSV file does. @throws TandemError 'text/bad-language' */
  analyzer(language?: string): Analyzer;
  dictionary(): readonly DictionaryWord[];
  /** What is analysed from now on obeys these words. @param words  checked */
  setDictionary(words: readonly DictionaryWord[]): void;
}

export function createChains(defaultLanguage: string): AnalysisChains {
  const byLanguage = new Map<string, Analyzer>();
  let dictionary = createDictionary([]);
  const analyzerOf = (tag: string): Analyzer => {
    const language = chainLanguage(tag);
    const found = byLanguage.get(language);
    if (found !== undefined) return found;
    const made = createAnalyzer(language, dictionary.words.length === 0 ? {} : { dictionary });
    byLanguage.set(language, made);
    return made;
  };
  let standard = analyzerOf(defaultLanguage);
  return {
    analyzer: language => (language ? analyzerOf(language) : standard),
    dictionary: () => dictionary.words,
    setDictionary: words => {
      dictionary = createDictionary(words);
      byLanguage.clear();
      standard = analyzerOf(defaultLanguage);
    },
  };
}
