import type { TokenIndex } from '../lexical/token-index.js';
import type { DocumentStore } from '../store/document-store.js';

/** What is asked about the words of an index. */
export interface WordSources {
  readonly tokens: Pick<TokenIndex, 'analyzer' | 'mend' | 'frequentTerms' | 'documentsWith' | 'search'>;
  readonly store: Pick<DocumentStore, 'getMany'>;
}

/**
 * How documents write a term, lower-cased, the most common way first: terms are stems, and the index keeps no words. The titles of a few
 * documents that hold the term say it, so nothing is kept beside the index and nothing can fall behind it.
 * @param titlesRead  documents whose titles are read
 */
export function surfaceWords(
  { tokens, store }: WordSources,
  term: string,
  titlesRead: number,
  language?: string,
): string[] {
  const counts = new Map<string, number>();
  for (const document of store.getMany(tokens.documentsWith(term, titlesRead))) {
    if (document === undefined) continue;
    const chain = tokens.analyzer(language ?? document.language);
    for (const token of chain.analyze(document.title)) {
      const word = document.title.slice(token.start, token.end).toLowerCase();
      if (token.term === term) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([word]) => word);
}
