import type { DocumentRow, QueryRow } from '../src/config/rows.js';
import type { PseudoQueryConfig } from '../src/config/training.js';
import { seededRandom } from '../src/math/random.js';
import type { JudgedQueries } from './prepared-files.js';
import { createDocumentQueries } from './pseudo-queries.js';
import { judge, type Qrels } from './qrels.js';

/**
 * Known-item queries: pseudo-queries, one for each document that has words, judged by the one document that they were drawn from. They
 * hold only words of their document, so they say what is lost by an index, and nothing of synonyms.
 * @param seed  the same seed draws the same queries
 * @returns queries `q0`, `q1`, ... in the order of the documents, gain 1
 */
export function drawKnownItems(
  documents: readonly DocumentRow[],
  config: PseudoQueryConfig,
  seed: number,
): JudgedQueries {
  const queryOf = createDocumentQueries(documents, new Map(), config);
  const random = seededRandom(seed);
  const queries: QueryRow[] = [];
  const qrels: Qrels = new Map();
  documents.forEach(({ id: document, country, language }, d) => {
    const text = queryOf(d, random);
    if (text === '') return;
    const id = `q${queries.length}`;
    queries.push({ id, text, country, language });
    judge(qrels, id, document, 1);
  });
  return { queries, qrels };
}
