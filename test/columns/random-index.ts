import type { DocumentRow } from '../../src/config/rows.js';
import { createTokenIndex, type TokenIndex } from '../../src/lexical/token-index.js';
import type { Random } from '../../src/math/random.js';
import type { SortKey } from '../../src/query/query.js';
import { randomDocument } from './random-documents.js';

export const options = { bm25: { k1: 0.9, b: 0.4 }, fieldWeights: { title: 1 }, language: 'en' };

/** An index of random documents in several segments, some of them removed or replaced, and one in memory. */
export function randomIndex(
  random: Random,
  sort: SortKey | null = null,
): { index: TokenIndex; documents: Map<string, DocumentRow> } {
  const index = createTokenIndex({ ...options, sort });
  const documents = new Map<string, DocumentRow>();
  const size = 20 + random.below(100);
  for (let i = 0; i < size; i++) {
    const id = `d${random.below(size)}`;
    if (random.next() < 0.1) {
      index.remove(id);
      documents.delete(id);
    } else {
      const document = randomDocument(random, id);
      documents.set(id, document);
      index.add(document);
    }
    if (random.next() < 0.05) index.flush();
  }
  return { index, documents };
}
