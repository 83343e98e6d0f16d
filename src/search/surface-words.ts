import type { TokenIndex } from '../lexical/token-index.js';
import type { DocumentStore } from '../store/document-store.js';
import { type Analyzer, createAnalyzer } from '../text/analyzer.js';

/** What is asked about the words of an index. */
export interface WordSources {
  readonly tokens: Pick<TokenIndex, 'expand' | 'frequentTerms' | 'documentsWith' | 'search'>;
  readonly store: Pick<DocumentStore, 'getMany'>;
  /** the chain of a language; that of the index when absent */
  readonly analyzer: (language?: string) => Analyzer;
}

/** Analyzers by tag, the last few of them. @param standard  language of texts that name none */
export function keepAnalyzers(standard: string): (language?: string) => Analyzer {
  const kept = new Map<string, Analyzer>();
  return (language = standard) => {
    const found = kept.get(language) ?? createAnalyzer(language);
    if (kept.size >= 64) kept.clear();
    kept.set(language, found);
    return found;
  };
}

/**
 * How documents write a term, lower-cased, the most common way first: terms are stems, and the index keeps no words. The titles of a few
 * documents that hold the term say it, so nothing is kept beside the index and nothing can fall behind it.
 * @param titlesRead  documents whose titles are read
 */
export function surfaceWords(
  { tokens, store, analyzer }: WordSources,
  term: string,
  titlesRead: number,
  language?: string,
): string[] {
  const counts = new Map<string, number>();
  for (const document of store.getMany(tokens.documentsWith(term, titlesRead))) {
    if (document === undefined) continue;
    const chain = analyzer(language ?? document.language);
    for (const token of chain.analyze(document.title)) {
      const word = document.title.slice(token.start, token.end).toLowerCase();
      if (token.term === term) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([word]) => word);
}
