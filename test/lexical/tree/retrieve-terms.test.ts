import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ListCache } from '../../../src/lexical/list-cache.js';
import { weighTerms } from '../../../src/lexical/query-terms.js';
import { SegmentList } from '../../../src/lexical/segment-list.js';
import { TopK } from '../../../src/lexical/top-k.js';
import { acceptIds, collectTerms, createScratch } from '../../../src/lexical/tree/retrieve-tree.js';
import { createWeighting, type Weighting } from '../../../src/lexical/weighting.js';
import { seededRandom } from '../../../src/math/random.js';
import { exhaustiveSearch } from '../exhaustive.js';
import { corpus, randomFields, randomQuery } from '../random-corpus.js';

const seed = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const weightingOf = (list: SegmentList): Weighting => createWeighting(list.statistics, { k1: 0.9, b: 0.4 }, [1, 0.4]);
const find = (
  list: SegmentList,
  query: ReadonlyMap<string, number>,
  k: number,
  accept?: (id: string) => boolean,
  scratch = createScratch(),
  optional?: ReadonlySet<string>,
) => {
  const weighting = weightingOf(list);
  const best = new TopK(k);
  const terms = weighTerms(list.stored, list.memory, weighting, query, 1, optional);
  collectTerms(list.stored, list.memory, weighting, terms, scratch, best, segment => acceptIds(accept, segment));
  return best.take();
};

/** Documents of an index, cut into segments at random, some removed or replaced at random moments. */
async function randomIndex(seedOfIt: number, size: number, flushes: number): Promise<SegmentList> {
  const random = seededRandom(seedOfIt);
  const list = new SegmentList(2);
  for (const { id, fields } of corpus(seedOfIt, size)) {
    list.add(id, fields);
    if (random.next() < flushes / size) list.flush();
    if (random.next() < 0.1) list.remove(String(random.below(size)));
    if (random.next() < 0.05) list.add(String(random.below(size)), randomFields(random));
  }
  if (random.next() < 0.3) await list.compact();
  return list;
}

function expectExhaustive(list: SegmentList, seedOfQueries: number, queries: number): void {
  const random = seededRandom(seedOfQueries);
  const weighting = weightingOf(list);
  for (let i = 0; i < queries; i++) {
    const query = randomQuery(random);
    const k = [1, 3, 10, 100, 10_000][random.below(5)];
    const odd = (id: string): boolean => Number(id) % 3 === 1;
    const accept = random.next() < 0.3 ? odd : undefined;
    const optional = new Set([...query.keys()].filter(() => random.next() < 0.2));
    expect(find(list, query, k, accept, undefined, optional)).toEqual(
      exhaustiveSearch(list.all, weighting, query, k, accept, optional),
    );
  }
}

describe('retrieve', () => {
  it('equals exhaustive scoring to the last bit, over segments, removals, k and filters', async () => {
    await fc.assert(
      fc.asyncProperty(
        seed,
        fc.integer({ min: 1, max: 1200 }),
        fc.integer({ min: 0, max: 6 }),
        async (s, size, cuts) => {
          expectExhaustive(await randomIndex(s, size, cuts), s + 1, 12);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('equals it over many windows of one large segment too', async () => {
    const list = await randomIndex(7, 20_000, 0);
    await list.compact();
    expect(list.stored.map(segment => segment.removedCount)).toEqual([0]);
    expect(list.stored[0].documentCount).toBeGreaterThan(10_000);
    expectExhaustive(list, 8, 60);
    for (let i = 0; i < 20_000; i += 3) list.remove(String(i));
    expectExhaustive(list, 9, 30);
  });

  it('equals it while documents come and go between the queries, with unpacked lists kept in little memory or much', async () => {
    await fc.assert(
      fc.asyncProperty(seed, fc.constantFrom(0, 4_000, 30_000, 2 ** 24), async (s, limit) => {
        const random = seededRandom(s);
        const list = await randomIndex(s, 600, 4);
        const scratch = createScratch(new ListCache(limit));
        for (let i = 0; i < 40; i++) {
          if (random.next() < 0.3) list.add(String(random.below(800)), randomFields(random));
          if (random.next() < 0.3) list.remove(String(random.below(800)));
          if (random.next() < 0.1) list.flush();
          if (random.next() < 0.05) await list.compact();
          const query = randomQuery(random);
          const k = [1, 3, 10, 100][random.below(4)];
          expect(find(list, query, k, undefined, scratch)).toEqual(
            exhaustiveSearch(list.all, weightingOf(list), query, k),
          );
        }
      }),
      { numRuns: 20 },
    );
  });

  it('lets a filter search the same lists with other weights in the middle of a query', async () => {
    const list = await randomIndex(11, 2000, 3);
    const weighting = weightingOf(list);
    const cache = new ListCache();
    const inner = createScratch(cache);
    const twice = new Map([
      ['w1', 2],
      ['w3', 3],
    ]);
    const wanted = exhaustiveSearch(list.all, weighting, twice, 5);
    const accept = (id: string): boolean => {
      expect(find(list, twice, 5, undefined, inner)).toEqual(wanted);
      return Number(id) % 2 === 0;
    };
    const query = new Map([
      ['w1', 1],
      ['w3', 1],
      ['w9', 1],
    ]);
    expect(find(list, query, 20, accept, createScratch(cache))).toEqual(
      exhaustiveSearch(list.all, weighting, query, 20, id => Number(id) % 2 === 0),
    );
  });

  it('gives the same scores however the index is cut, flushed and merged', async () => {
    await fc.assert(
      fc.asyncProperty(seed, fc.integer({ min: 1, max: 500 }), async (s, size) => {
        const random = seededRandom(s);
        const [whole, cut] = [new SegmentList(2), new SegmentList(2)];
        for (const { id, fields } of corpus(s, size)) {
          whole.add(id, fields);
          cut.add(id, fields);
          if (random.next() < 0.02) cut.flush();
          if (random.next() < 0.004) await cut.compact();
          if (random.next() >= 0.1) continue;
          const gone = String(random.below(size));
          expect(cut.remove(gone)).toBe(whole.remove(gone));
        }
        for (let i = 0; i < 10; i++) {
          const query = randomQuery(random);
          const wanted = find(whole, query, size);
          expect(find(cut, query, size)).toEqual(wanted);
          expect(find(cut, query, 5)).toEqual(wanted.slice(0, 5));
        }
      }),
      { numRuns: 30 },
    );
  });
});
