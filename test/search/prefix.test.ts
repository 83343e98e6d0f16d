import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Hit } from '../../src/search/backend.js';
import { buildIndex } from '../../src/search/build-index.js';
import type { EmbeddedIndex } from '../../src/search/embedded-backend.js';
import { openIndex } from '../../src/search/open-index.js';
import { mostHits, type SearchRequest, searchModes } from '../../src/search/request.js';
import { indexing, letterModel, makeDocuments } from './fixture.js';

// candidates and breadths far below the documents, so that most answers go beyond what is ranked together
const documents = makeDocuments(1_500);
const settings = { candidates: 30, deeperCandidates: 90, hnsw: { m: 4, efConstruction: 20, ef: 40 } };
let folder: string;
let indexes: Record<'graph' | 'flat', EmbeddedIndex>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-prefix-'));
  const open = async (name: string, exactBelow: number) => {
    const out = join(folder, name);
    const embedder = letterModel();
    await buildIndex({ documents, embedder, indexing: indexing({ ...settings, exactBelow, fusionWeight: 0.4 }), out });
    return openIndex(out, { embedder });
  };
  indexes = { graph: await open('graph', 40), flat: await open('flat', 10_000) };
});
afterAll(async () => {
  await Promise.all([indexes.graph.close(), indexes.flat.close()]);
  await rm(folder, { recursive: true, force: true });
});

const word = fc.constantFrom('red', 'blue', 'hammer', 'drill', 'saw', 'lamp', 'xyzzy', 'hamer', '7', '12');
const text = fc.array(word, { minLength: 1, maxLength: 4 }).map(words => words.join(' '));
const filter = fc.constantFrom<SearchRequest['filter']>(
  undefined,
  [{ range: { field: 'price', max: 50 } }],
  [{ range: { field: 'price', max: 1 } }],
  [{ terms: { field: 'brand', values: ['brand 2'] } }, { exists: { field: 'stock' } }],
);
const ranking = fc.constantFrom<Partial<SearchRequest>>(
  {},
  { mode: 'hybrid', weight: 0 },
  { mode: 'hybrid', weight: 1 },
  { ef: 10 },
  { ef: 300 },
  { syntax: 'query' },
  { functions: [{ saturation: { field: 'price', pivot: 20 } }] },
);
const grouping = fc.constantFrom<SearchRequest['groupBy']>(
  undefined,
  undefined,
  { field: 'brand', size: 3 },
  { field: 'price' },
  { field: 'stock', size: 40, count: false },
);
const request = fc
  .record({ text, filter, mode: fc.constantFrom(...searchModes), ranking, groupBy: grouping })
  .map(({ ranking: changes, ...fields }): SearchRequest => ({ ...fields, ...changes }))
  .filter(({ mode, weight }) => weight === undefined || mode === 'hybrid');

type Found = readonly { readonly id: string; readonly score: number }[];
const found = ({ hits }: { readonly hits: Found }): Found => hits.map(({ id, score }) => ({ id, score }));

/** Hits that are the first of their group; those without the attribute are groups of their own. */
function firstOfGroups(hits: readonly Hit[], { field, size = 1 }: NonNullable<SearchRequest['groupBy']>): Hit[] {
  const counts = new Map<unknown, number>();
  return hits.filter(({ document }) => {
    const count = (counts.get(document[field]) ?? 0) + 1;
    counts.set(document[field], count);
    return document[field] === undefined || count <= size;
  });
}

describe('an answer', () => {
  it.each(['graph', 'flat'] as const)('is the beginning of every longer one, vectors %s', async kind => {
    const index = indexes[kind];
    let beyond = 0;
    let grouped = 0;
    await fc.assert(
      fc.asyncProperty(
        request,
        fc.integer({ min: 1, max: 120 }),
        fc.integer({ min: 1, max: 400 }),
        async (asked, k, step) => {
          const whole = found(await index.search({ ...asked, k: mostHits }));
          if (whole.length > 2 * settings.candidates) beyond++;
          expect(new Set(whole.map(({ id }) => id)).size).toBe(whole.length);
          whole.forEach(({ score }, i) => {
            if (i > 0) expect(score).toBeLessThanOrEqual(whole[i - 1].score);
          });
          if (asked.groupBy !== undefined) {
            grouped++;
            const { groupBy, ...rest } = asked;
            const all = (await index.search({ ...rest, k: mostHits })).hits;
            const cut = firstOfGroups(all, groupBy);
            // where groups are many the search goes on behind all that the same one without groups finds
            expect(whole.slice(0, cut.length)).toEqual(found({ hits: cut }));
            expect(firstOfGroups((await index.search({ ...asked, k: mostHits })).hits, groupBy)).toHaveLength(
              whole.length,
            );
          }
          for (const wanted of [k, k + step])
            expect(found(await index.search({ ...asked, k: wanted }))).toEqual(whole.slice(0, wanted));
          const first = await index.search({ ...asked, k: k + step, pages: true });
          const paged = [...found(first)];
          let { cursor } = first;
          while (cursor !== undefined) {
            const page = await index.next(cursor, k + step);
            paged.push(...found(page));
            cursor = page.cursor;
          }
          expect(paged).toEqual(whole);
        },
      ),
      { numRuns: 150, seed: 7 },
    );
    // the property is about those above all
    expect(beyond).toBeGreaterThan(20);
    expect(grouped).toBeGreaterThan(40);
  });

  it('sorted by an attribute is that too', async () => {
    const sort = [{ field: 'price', order: 'ascending' }] as const;
    const whole = found(await indexes.graph.search({ text: 'red', sort, k: mostHits }));
    expect(found(await indexes.graph.search({ text: 'red', sort, k: 7 }))).toEqual(whole.slice(0, 7));
  });

  it('has the same parts of its scores whatever its length', async () => {
    const asked = { text: 'blue saw', mode: 'hybrid', explain: true } as const;
    const whole = (await indexes.graph.search({ ...asked, k: 300 })).hits;
    const short = (await indexes.graph.search({ ...asked, k: 20 })).hits;
    expect(short.map(({ parts }) => parts)).toEqual(whole.slice(0, 20).map(({ parts }) => parts));
  });
});
