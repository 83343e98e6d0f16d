import type { DocumentRow } from '../../src/config/rows.js';
import { createTokenIndex, type TokenIndex } from '../../src/lexical/token-index.js';
import type { WordSources } from '../../src/search/surface-words.js';

/** Documents of these titles, in a token index and in what stands for the store. */
export function wordsOf(
  titles: readonly string[],
): WordSources & { readonly index: TokenIndex; put(row: DocumentRow): void } {
  const index = createTokenIndex({ bm25: { k1: 0.9, b: 0.4 }, fieldWeights: { title: 1 }, language: 'en' });
  const rows = new Map<string, DocumentRow>();
  const put = (row: DocumentRow): void => {
    index.add(row);
    rows.set(row.id, row);
  };
  titles.forEach((title, i) => {
    put({ id: String(i), title });
  });
  return {
    index,
    put,
    tokens: index,
    store: { getMany: ids => ids.map(id => rows.get(id)) },
  };
}

/** A title several times over: a correction needs three documents, each half of a split word five. */
export const times = (count: number, title: string): string[] => Array.from({ length: count }, () => title);
