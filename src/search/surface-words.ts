import type { DocumentRow } from '../config/rows.js';
import { attributeField } from '../lexical/index-fields.js';
import type { TokenIndex } from '../lexical/token-index.js';
import type { DocumentStore } from '../store/document-store.js';

/** What is asked about the words of an index. */
export interface WordSources {
  readonly tokens: Pick<TokenIndex, 'chains' | 'words' | 'prepare' | 'texts'>;
  readonly store: Pick<DocumentStore, 'getMany'>;
}

/** UTF-16 units of texts that are analysed for one term: some dozens of titles. */
const mostUnits = 4096;

/**
 * How documents write a term, lower-cased, the most common way first: terms are stems, and the index keeps no words. The titles of a few
 * documents that hold the term say it, or where they do not their attributes, so nothing is kept beside the index and nothing can fall behind it.
 * @param titlesRead  documents whose titles are read
 */
export function surfaceWords(
  { tokens, store }: WordSources,
  term: string,
  titlesRead: number,
  language?: string,
): string[] {
  const counts = new Map<string, number>();
  const documents = store
    .getMany(tokens.words.documentsWith(term, titlesRead))
    .filter(document => document !== undefined);
  let units = 0;
  const count = (textsOf: (document: DocumentRow) => readonly string[]): void => {
    for (const document of documents) {
      const chain = tokens.chains.analyzer(language ?? document.language);
      for (const whole of textsOf(document)) {
        const text = whole.slice(0, mostUnits - units);
        units += text.length;
        if (text === '') return;
        for (const token of chain.analyze(text)) {
          const word = text.slice(token.start, token.end).toLowerCase();
          if (token.term === term) counts.set(word, (counts.get(word) ?? 0) + 1);
        }
      }
    }
  };
  count(({ title }) => [title]);
  if (counts.size === 0) count(document => tokens.texts(document, attributeField).map(({ text }) => text));
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([word]) => word);
}
