import { readPrepared } from '../../../data/prepared.js';
import type { QueryRow } from '../../config/rows.js';
import type { JudgedQueries } from '../../evaluation/tune-index.js';
import { murmur3 } from '../../text/murmur3.js';
import type { Watch } from '../watch.js';

/** Queries that a ranker learns from at most where nobody chose them: with 200 candidates each their features take some 400 MB. */
export const mostPairQueries = 10_000;

/**
 * The training pairs of prepared data as judgements: the gain of a document is the weight of its pair in hundredths, at least 1. Of many queries a sample is
 * taken, always the same.
 * @throws TandemError 'data/not-prepared' | 'files/damaged' | 'data/malformed-row'
 */
export async function judgementsOfPairs(folder: string, watch: Pick<Watch, 'note'>): Promise<JudgedQueries> {
  const { pairs, documents } = await readPrepared(folder);
  const asked = new Map<string, { readonly query: QueryRow; readonly gains: Map<string, number> }>();
  for (const { query: text, country, language, document, weight } of pairs) {
    const id = JSON.stringify([text, country, language]);
    let known = asked.get(id);
    if (known === undefined) {
      known = { query: { id, text, country, language }, gains: new Map() };
      asked.set(id, known);
    }
    const gain = Math.max(1, Math.round(100 * weight));
    const documentId = documents[document].id;
    known.gains.set(documentId, Math.max(gain, known.gains.get(documentId) ?? 0));
  }
  const drawn = [...asked.values()];
  if (drawn.length > mostPairQueries) {
    watch.note(`${drawn.length} queries have training pairs; the ranker learns from ${mostPairQueries} of them`);
    const order = new Map(drawn.map(each => [each, murmur3(each.query.id, 2)]));
    drawn.sort((a, b) => (order.get(a) as number) - (order.get(b) as number));
    drawn.length = mostPairQueries;
  }
  return {
    queries: drawn.map(({ query }) => query),
    qrels: new Map(drawn.map(({ query, gains }) => [query.id, gains])),
  };
}
