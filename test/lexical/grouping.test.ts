import { describe, expect, it } from 'vitest';
import { type GroupValue, outsideGroups } from '../../src/columns/groups.js';
import { keptText } from '../../src/columns/long-text.js';
import type { DocumentRow } from '../../src/config/rows.js';
import type { Question } from '../../src/lexical/question.js';
import { createTokenIndex, type TokenIndex } from '../../src/lexical/token-index.js';
import { eachBit, fullBitSet } from '../../src/math/bit-set.js';
import { type Random, seededRandom } from '../../src/math/random.js';
import type { SortKey } from '../../src/query/query.js';
import { attributeValues } from '../columns/naive-filter.js';
import { pick, randomField } from '../columns/random-documents.js';
import { randomIndex } from '../columns/random-index.js';

const words = ['red', 'blue', 'lamp', 'hat', 'shoe', 'saw'];
const options = { bm25: { k1: 1, b: 0.5 }, fieldWeights: { title: 1 }, language: 'en' };
const randomText = (random: Random, most: number): string =>
  Array.from({ length: 1 + random.below(most) }, () => pick(random, words)).join(' ');

/** The oracle: a text, or else a number, or else a boolean, the first one of several. */
function naiveGroup(document: DocumentRow, field: string): GroupValue | undefined {
  const values = field === 'id' ? [document.id] : attributeValues(document, field);
  const texts = values.filter(value => typeof value === 'string').map(keptText);
  const numbers = values.filter(value => typeof value === 'number').map(value => value + 0);
  const booleans = values.filter(value => typeof value === 'boolean');
  return texts.sort().at(0) ?? numbers.sort((a, b) => a - b).at(0) ?? booleans.sort().at(0);
}

function cut<T>(all: readonly T[], size: number, groupOf: (item: T) => GroupValue | undefined): T[] {
  const counts = new Map<GroupValue, number>();
  return all.filter(item => {
    const group = groupOf(item);
    if (group === undefined) return true;
    counts.set(group, (counts.get(group) ?? 0) + 1);
    return (counts.get(group) as number) <= size;
  });
}

/** Documents that repeat one another, in several segments and in memory, some replaced and removed. */
function shop(random: Random): { index: TokenIndex; documents: Map<string, DocumentRow> } {
  const sort = pick(random, [null, { field: 'price', order: 'ascending' } as const]);
  const index = createTokenIndex({ ...options, proximity: random.next() < 0.5, sort });
  const documents = new Map<string, DocumentRow>();
  const products = 1 + random.below(60);
  for (let i = 0; i < 400; i++) {
    const id = `d${random.below(400)}`;
    const price = random.below(30);
    const product = pick(random, [`p${random.below(products)}`, random.below(products), undefined, true]);
    const row = { id, title: randomText(random, 7), price, ...(product !== undefined && { product }) };
    documents.set(id, row);
    index.add(row);
    if (random.next() < 0.02) index.flush();
    if (random.next() < 0.1 && documents.delete(id)) index.remove(id);
  }
  return { index, documents };
}

function randomQuestion(random: Random): Question {
  const text = randomText(random, 3);
  return pick<Question>(random, [
    { text },
    { query: { bool: { should: [{ bag: { text } }, { phrase: { text: randomText(random, 2), slop: 1 } }] } } },
    { query: { all: {} } },
    { text, filter: [{ range: { field: 'price', max: 20 } }] },
    { text, functions: [{ saturation: { field: 'price', pivot: 5, weight: 3 } }] },
  ]);
}

describe('a grouped search', () => {
  it('gives what is left of all hits when each group is cut, at every k', () => {
    for (let seed = 1; seed <= 25; seed++) {
      const random = seededRandom(seed);
      const { index, documents } = shop(random);
      for (let i = 0; i < 12; i++) {
        const prepared = index.prepare(randomQuestion(random));
        const sort = pick<SortKey[]>(random, [
          [],
          [],
          [{ field: 'price', order: 'ascending' }],
          [{ field: 'price', order: 'descending' }],
          [
            { field: 'product', order: 'ascending' },
            { field: '_score', order: 'descending' },
          ],
        ]);
        const field = pick(random, ['product', 'product', 'price', 'id', 'nowhere']);
        const size = 1 + random.below(3);
        const all = prepared.search({ k: 1000, sort });
        const groupOf = (id: string) => naiveGroup(documents.get(id) as DocumentRow, field);
        const wanted = cut(all, size, ({ id }) => groupOf(id));
        const k = 1 + random.below(150);
        const found = prepared.search({ k, sort, grouping: { field, size } });
        expect(found, `seed ${seed}, ${field}, ${size}, ${k}`).toEqual(wanted.slice(0, k));
        expect(all.map(({ id }) => prepared.groupOf(field)(id))).toEqual(all.map(({ id }) => groupOf(id)));

        const counts = prepared.countGroups(field, new Set(wanted.map(({ id }) => groupOf(id) ?? 'none')));
        for (const [group, count] of counts) expect(count).toBe(all.filter(({ id }) => groupOf(id) === group).length);
      }
    }
  });

  it('knows the groups of any documents, and what lies outside some', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const random = seededRandom(seed);
      const { index, documents } = randomIndex(random);
      const field = randomField(random);
      const prepared = index.prepare({ query: { all: {} } });
      const groupOf = prepared.groupOf(field);
      const groups = new Set<GroupValue>();
      for (const [id, document] of documents) {
        const group = naiveGroup(document, field);
        expect(groupOf(id), `seed ${seed}, ${field}`).toEqual(group);
        if (group !== undefined && random.next() < 0.5) groups.add(group);
      }
      expect(groupOf('nobody')).toBeUndefined();
      const outside = [...documents.values()].filter(document => {
        const group = naiveGroup(document, field);
        return group === undefined || !groups.has(group);
      });
      expect([...prepared.outside(field, groups).ids()].sort()).toEqual(outside.map(({ id }) => id).sort());
      for (const segment of index.segments()) {
        const some = fullBitSet(segment.documentCount);
        if (some.length > 0) some[0] = 0;
        eachBit(outsideGroups(segment, field, some, groups), doc => expect(doc).toBeGreaterThan(31));
      }
    }
  });

  it('is refused by an attribute whose values are not kept', () => {
    const index = createTokenIndex(options);
    index.add({ id: '1', title: 'x' });
    const prepared = index.prepare({ query: { all: {} } });
    const badFilter = expect.objectContaining({ code: 'search/bad-filter' });
    expect(() => prepared.search({ k: 1, grouping: { field: 'title', size: 1 } })).toThrow(badFilter);
    expect(() => prepared.groupOf('title')).toThrow(badFilter);
    expect(() => prepared.countGroups('title', [])).toThrow(badFilter);
  });

  it('leaves a segment in order when nothing behind can come, though its group is full', () => {
    const index = createTokenIndex({ ...options, sort: { field: 'price', order: 'ascending' } });
    for (let i = 0; i < 3000; i++)
      index.add({ id: `${i}`, title: 'x', price: i, product: i < 40 ? 'one' : `p${i % 50}` });
    index.flush();
    const [segment] = index.segments();
    let asked = 0;
    const isLive = segment.isLive.bind(segment);
    segment.isLive = doc => {
      asked++;
      return isLive(doc);
    };
    const prepared = index.prepare({ query: { all: {} } });
    const grouping = { field: 'product', size: 1 };
    const sort: SortKey[] = [{ field: 'price', order: 'ascending' }];
    expect(prepared.search({ k: 3, sort, grouping }).map(({ id }) => id)).toEqual(['0', '40', '41']);
    expect(asked).toBeLessThan(60);
  });
});
