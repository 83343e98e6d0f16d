import { describe, expect, it } from 'vitest';
import { keptText } from '../../src/columns/long-text.js';
import type { DocumentRow } from '../../src/config/rows.js';
import { matchFilter } from '../../src/lexical/accepted.js';
import { orderKeys } from '../../src/lexical/order-keys.js';
import type { SegmentReader } from '../../src/lexical/segment-reader.js';
import { createTokenIndex, type TokenIndex } from '../../src/lexical/token-index.js';
import { nextBit } from '../../src/math/bit-set.js';
import { seededRandom } from '../../src/math/random.js';
import type { Filter } from '../../src/query/filter.js';
import type { FieldOrder, SortKey } from '../../src/query/query.js';
import { acceptedBy, searchTokens } from '../lexical/ask.js';
import { attributeValues, clauseHolds, dateOf } from './naive-filter.js';
import { pick, randomClause, randomField } from './random-documents.js';
import { options, randomIndex } from './random-index.js';
import { ready } from './ready.js';
import { topSorted } from './top-sorted.js';

const orders = ['ascending', 'descending'] as const;

const sorted = (index: TokenIndex, filter: Filter, keys: SortKey[], k: number): string[] => {
  const segments = index.segments();
  return topSorted(segments, matchFilter(segments, ready(filter)), orderKeys(segments, keys, 'de'), k).map(
    ({ place, doc }) => segments[place].idOf(doc),
  );
};

/** Of two values of one kind. */
function isBefore(a: number | string, b: number | string, { field, collation }: SortKey): boolean {
  if (typeof a !== 'string' || typeof b !== 'string' || collation === 'none' || field === 'id') return a < b;
  return (new Intl.Collator('de', { numeric: collation === 'numeric' }).compare(a, b) || (a < b ? -1 : 1)) < 0;
}

/** What a document is sorted by: a number, a text, or nothing. */
function sortValue(document: DocumentRow, key: SortKey): number | string | undefined {
  const { field, order } = key;
  const values = field === 'id' ? [document.id] : attributeValues(document, field);
  const numbers = values.flatMap(value => (typeof value === 'number' ? [value] : (dateOf(value) ?? [])));
  const booleans = values.filter(value => typeof value === 'boolean').map(Number);
  const texts = values.filter(value => typeof value === 'string').map(keptText);
  const best = <T extends number | string>(all: T[]): T | undefined =>
    all.sort((a, b) => (isBefore(a, b, key) ? -1 : 1)).at(order === 'ascending' ? 0 : -1);
  return best(numbers) ?? best(booleans) ?? best(texts);
}

function naiveCompare(a: DocumentRow, b: DocumentRow, keys: readonly SortKey[]): number {
  for (const key of keys) {
    const [x, y] = [sortValue(a, key), sortValue(b, key)];
    if (x === y) continue;
    if (x === undefined) return 1;
    if (y === undefined) return -1;
    const before = typeof x === typeof y ? isBefore(x, y, key) : typeof x === 'number';
    return before === (key.order === 'ascending') ? -1 : 1;
  }
  return a.id < b.id ? -1 : 1;
}

describe('topSorted', () => {
  it('sorts by hand: numbers, then texts, what is missing last in both orders, ties by id', () => {
    const index = createTokenIndex(options);
    const rows: [string, unknown][] = [
      ['c', 5],
      ['b', 5],
      ['d', 'five'],
      ['a', null],
      ['f', [1, 9]],
      ['e', '1970-01-01T00:00:00.006Z'],
      ['g', true],
    ];
    for (const [id, a] of rows) {
      index.add({ id, title: 'x', a });
      if (id === 'd') index.flush();
    }
    // the least of [1, 9] is 1, as is true; the date is the sixth millisecond
    expect(sorted(index, [], [{ field: 'a', order: 'ascending' }], 9)).toEqual(['f', 'g', 'b', 'c', 'e', 'd', 'a']);
    expect(sorted(index, [], [{ field: 'a', order: 'descending' }], 9)).toEqual(['d', 'f', 'e', 'b', 'c', 'g', 'a']);
    expect(sorted(index, [], [{ field: 'a', order: 'ascending' }], 3)).toEqual(['f', 'g', 'b']);
  });

  it('equals sorting the documents, in an index that lies in that order, in another one or in none', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = seededRandom(seed);
      const place = (): FieldOrder => ({ field: randomField(random), order: pick(random, orders) });
      const mine = place();
      const collated = (key: FieldOrder): SortKey => ({
        ...key,
        collation: pick(random, ['language', 'numeric', 'none', undefined]),
      });
      const { index, documents } = randomIndex(random, random.next() < 0.6 ? mine : null);
      for (let i = 0; i < 10; i++) {
        const filter = random.next() < 0.5 ? [] : [randomClause(random)];
        const keys = random.next() < 0.6 ? [collated(mine)] : [collated(place()), collated(place())];
        const k = 1 + random.below(30);
        const matching = [...documents.values()].filter(document =>
          filter.every(clause => clauseHolds(clause, document)),
        );
        const wanted = matching.sort((a, b) => naiveCompare(a, b, keys)).slice(0, k);
        expect(sorted(index, filter, keys, k), `seed ${seed}, ${JSON.stringify(keys)}`).toEqual(
          wanted.map(({ id }) => id),
        );
      }
    }
  });

  it('sorts by scores that it is given', () => {
    const index = createTokenIndex(options);
    for (const id of ['a', 'b', 'c', 'd']) index.add({ id, title: 'x', p: id === 'd' ? 1 : 2 });
    const segments = index.segments();
    const scores = [1, 3, 3, 2];
    const by = (order: SortKey['order'], ...more: FieldOrder[]) =>
      topSorted(segments, matchFilter(segments, []), [{ field: '_score', order }, ...more], 3, (_, doc) => scores[doc]);
    expect(by('descending').map(({ doc }) => doc)).toEqual([1, 2, 3]);
    expect(by('ascending').map(({ doc }) => doc)).toEqual([0, 3, 1]);
  });

  it('leaves a segment in order after k documents that are accepted', () => {
    const sort: FieldOrder = { field: 'p', order: 'descending' };
    const index = createTokenIndex({ ...options, sort });
    for (let i = 0; i < 1000; i++) index.add({ id: `${i}`, title: 'x', p: (i * 7919) % 1000 });
    index.flush();
    for (let i = 990; i < 1000; i++) index.remove(`${(i * 7919) % 1000}`);
    const [segment, memory] = index.segments();
    expect([segment.sortedBy, memory.sortedBy]).toEqual([sort, null]);
    let asked = 0;
    const counting: SegmentReader = Object.assign(Object.create(segment), {
      isLive: (doc: number) => {
        asked++;
        return segment.isLive(doc);
      },
    });
    const all = matchFilter([segment], []);
    const found = topSorted([counting], all, [sort], 5);
    expect(found.map(({ doc }) => segment.columns.numbers('p')?.least(doc))).toHaveLength(5);
    // five kept, some removed ones passed over, one more that comes too late
    const last = found[4].doc;
    expect(asked).toBe(nextBit(all[0], last + 1) + 1);
    expect(asked).toBeLessThan(30);
  });
});

describe('an index in order', () => {
  const words = ['red', 'blue', 'lamp', 'hat', 'shoe', 'saw'];

  it('finds the same as one without order, with the same scores', async () => {
    for (let seed = 1; seed <= 15; seed++) {
      const random = seededRandom(seed);
      const sort: SortKey = { field: pick(random, ['p', 'brand', 'id']), order: pick(random, orders) };
      const pair = [createTokenIndex(options), createTokenIndex({ ...options, sort })];
      const size = 300;
      for (let i = 0; i < size; i++) {
        const id = `d${random.below(size)}`;
        const title = Array.from({ length: 1 + random.below(6) }, () => pick(random, words)).join(' ');
        const row = { id, title, p: random.below(20), brand: pick(random, words) };
        for (const index of pair) {
          if (i % 7 === 0) index.remove(id);
          else index.add(row);
          if (i % 41 === 0) index.flush();
        }
      }
      for (const compacted of [false, true]) {
        if (compacted) for (const index of pair) await index.compact();
        for (let i = 0; i < 10; i++) {
          const query = { text: `${pick(random, words)} ${pick(random, words)}`, k: 1 + random.below(50) };
          const filter: Filter = [{ range: { field: 'p', min: random.below(10) } }];
          const [plain, ordered] = pair.map(index => searchTokens(index, { ...query, filter }));
          expect(ordered).toEqual(plain);
          const accepted = acceptedBy(pair[0], filter);
          expect(plain).toEqual(searchTokens(pair[1], { ...query, accept: id => accepted.has(id) }));
        }
      }
    }
  });

  it('lies in that order in every immutable segment, and the same bytes come of every cut', async () => {
    const sort: FieldOrder = { field: 'brand', order: 'ascending' };
    const files: Uint8Array[] = [];
    for (const cut of [1000, 17, 5]) {
      const index = createTokenIndex({ ...options, sort });
      const random = seededRandom(3);
      for (let i = 0; i < 200; i++) {
        const title = Array.from({ length: 1 + random.below(6) }, () => pick(random, words)).join(' ');
        index.add({
          id: `d${i}`,
          title,
          brand: random.next() < 0.1 ? null : pick(random, words),
          place: { lat: i % 90, lon: i },
        });
        if (i % cut !== cut - 1) continue;
        index.flush();
        for (const segment of index.segments().slice(0, -1)) {
          const [bits] = matchFilter([segment], []);
          const all = topSorted([segment], [bits], [sort], 200).map(({ doc }) => doc);
          expect(all).toEqual(all.toSorted((a, b) => a - b));
        }
      }
      await index.compact();
      const [segment] = index.segments();
      if ('file' in segment && segment.file instanceof Uint8Array) files.push(segment.file);
    }
    expect(files).toHaveLength(3);
    expect(Buffer.from(files[1]).equals(files[0]) && Buffer.from(files[2]).equals(files[0])).toBe(true);
  });
});
