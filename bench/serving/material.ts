import type { PreparedData } from '../../data/prepared.js';
import { indexingSchema } from '../../src/config/indexing.js';
import { buildIndex } from '../../src/search/build-index.js';
import type { Asked } from './raw-http.js';

/** Different texts that people asked, in the order in which they stand. */
export const textsOf = ({ pairs, validation, test }: PreparedData): string[] => [
  ...new Set([
    ...pairs.map(({ query }) => query),
    ...[validation, test].flatMap(judged => judged?.queries.map(({ text }) => text) ?? []),
  ]),
];

export async function makeIndex({ documents }: PreparedData, out: string): Promise<string> {
  await buildIndex({ documents, indexing: indexingSchema.parse({}), out });
  return out;
}

const hits = 20;

/**
 * What people, pages and programs ask of a service, one kind beside the other: of twenty, eleven keyword searches, six as they are by default, an explained one, one
 * that is paged through, and a completion; with a model also embeddings, in the place of one keyword search.
 */
export const mixedReads = (texts: readonly string[], hasModel: boolean): Asked[] =>
  texts.map((text, number) => {
    const search = (more: object): Asked => ({
      method: 'POST',
      path: '/search',
      body: JSON.stringify({ text, k: hits, ...more }),
    });
    const kind = number % 20;
    if (kind < 6) return search({});
    if (kind === 6) return search({ highlight: {}, explain: true });
    if (kind === 7) return search({ pages: true });
    if (kind === 8)
      return { method: 'GET', path: `/suggest?text=${encodeURIComponent([...text].slice(0, 5).join(''))}` };
    if (kind === 9 && hasModel) return { method: 'POST', path: '/embed/query', body: JSON.stringify({ text }) };
    return search({ mode: 'token' });
  });
