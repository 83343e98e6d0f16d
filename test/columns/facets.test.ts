import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collationOf } from '../../src/columns/collation.js';
import { countRanges } from '../../src/columns/count-ranges.js';
import { countFacets } from '../../src/columns/facets.js';
import { keptText, shownText } from '../../src/columns/long-text.js';
import type { DocumentRow } from '../../src/config/rows.js';
import { matchFilter } from '../../src/lexical/accepted.js';
import { createTokenIndex, type TokenIndex } from '../../src/lexical/token-index.js';
import { finish } from '../../src/math/finish.js';
import { seededRandom } from '../../src/math/random.js';
import type { Filter } from '../../src/query/filter.js';
import type { Facet, FacetRequest } from '../../src/query/query.js';
import { attributeValues, clauseHolds, dateOf } from './naive-filter.js';
import { pick, randomClause, randomField } from './random-documents.js';
import { options, randomIndex } from './random-index.js';
import { ready } from './ready.js';

const count = (index: TokenIndex, filter: Filter, requests: FacetRequest[]): Facet[] =>
  finish(
    countFacets(index.segments(), matchFilter(index.segments(), ready(filter)), requests, facet =>
      'ranges' in facet ? undefined : collationOf('de', facet.collation),
    ),
  );

/** The oracle: one document after the other. */
function naiveValues(
  documents: readonly DocumentRow[],
  { field, size, order, collation = 'language' }: Exclude<FacetRequest, { ranges: unknown }>,
): NonNullable<Facet['values']> {
  const { compare } = new Intl.Collator('de', { numeric: collation === 'numeric' });
  const counts = new Map<string | number | boolean, number>();
  for (const document of documents) {
    const values = field === 'id' ? [document.id] : attributeValues(document, field);
    for (const value of new Set(values)) {
      if (typeof value === 'number') counts.set(value + 0, (counts.get(value + 0) ?? 0) + 1);
      if (typeof value === 'string' || typeof value === 'boolean') counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }
  const kinds = ['boolean', 'number', 'string'];
  const all = [...counts].map(([value, n]) => ({ value, count: n }));
  all.sort((a, b) => {
    const kind = kinds.indexOf(typeof a.value) - kinds.indexOf(typeof b.value);
    const texts = typeof a.value === 'string' && typeof b.value === 'string' && collation !== 'none';
    const byValue = kind || (texts && compare(a.value as string, b.value as string)) || (a.value < b.value ? -1 : 1);
    return order === 'value' ? byValue : b.count - a.count || byValue;
  });
  return all.slice(0, size).map(({ value, count: n }) => ({
    value: typeof value === 'string' ? shownText(keptText(value)) : value,
    count: n,
  }));
}

const numbersOf = (document: DocumentRow, field: string): number[] =>
  attributeValues(document, field).flatMap(value => (typeof value === 'number' ? [value] : (dateOf(value) ?? [])));

describe('countFacets', () => {
  it('counts by hand: values, ties by value, a document once for each, the living alone', () => {
    const index = createTokenIndex(options);
    const rows: Record<string, unknown>[] = [
      { brand: 'Bolt', price: 5, tags: ['a', 'b', 'a'] },
      { brand: 'Acme', price: 10, tags: ['b'] },
      { brand: 'Bolt', price: [10, 11], sale: true },
      { brand: 'Cob', price: 20, sale: false },
      { brand: 'Gone', price: 5 },
      { price: 'dear' },
    ];
    rows.forEach((row, i) => {
      index.add({ ...row, id: `${i}`, title: 'x' });
      if (i % 2 === 1) index.flush();
    });
    index.remove('4');
    const ranges = [{ to: 10 }, { from: 10, to: 20 }, { from: 20 }];
    expect(
      count(
        index,
        [],
        [
          { field: 'brand', size: 2 },
          { field: 'tags' },
          { field: 'sale' },
          { field: 'price', ranges },
          { field: 'none' },
        ],
      ),
    ).toEqual([
      // Acme and Cob have one each
      {
        field: 'brand',
        values: [
          { value: 'Bolt', count: 2 },
          { value: 'Acme', count: 1 },
        ],
        documents: 4,
      },
      {
        field: 'tags',
        values: [
          { value: 'b', count: 2 },
          { value: 'a', count: 1 },
        ],
        documents: 2,
      },
      {
        field: 'sale',
        values: [
          { value: false, count: 1 },
          { value: true, count: 1 },
        ],
        documents: 2,
      },
      {
        field: 'price',
        ranges: [
          { to: 10, count: 1 },
          { from: 10, to: 20, count: 2 },
          { from: 20, count: 1 },
        ],
        documents: 5,
      },
      { field: 'none', values: [], documents: 0 },
    ]);
  });

  it('equals counting document by document, over segments, removals and filters', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = seededRandom(seed);
      const { index, documents } = randomIndex(random);
      for (let i = 0; i < 10; i++) {
        const filter = random.next() < 0.5 ? [] : [randomClause(random)];
        const matching = [...documents.values()].filter(document =>
          filter.every(clause => clauseHolds(clause, document)),
        );
        const field = randomField(random);
        const facet: Exclude<FacetRequest, { ranges: unknown }> = {
          field,
          size: 1 + random.below(6),
          order: pick(random, ['count', 'value', undefined]),
          collation: pick(random, ['language', 'numeric', 'none', undefined]),
        };
        const [from, to] = [pick(random, [-1, 0, 1]), pick(random, [1, 2, 1e300, 1_709_164_800_000])];
        const ranges = [{ from, to }, { to }, { from: to }, {}];
        const having = matching.filter(document => attributeValues(document, field).length > 0 || field === 'id');
        const inRange = (low: number, high: number): number =>
          matching.filter(document => numbersOf(document, field).some(value => value >= low && value < high)).length;
        const wanted: Facet[] = [
          { field, values: naiveValues(matching, facet), documents: having.length },
          {
            field,
            ranges: ranges.map(range => ({ ...range, count: inRange(range.from ?? -Infinity, range.to ?? Infinity) })),
            documents: having.length,
          },
        ];
        expect(count(index, filter, [facet, { field, ranges }]), `seed ${seed}, ${field}`).toEqual(wanted);
      }
    }
  });
});

describe('countRanges', () => {
  /** Numbers by document, rising. */
  const columnOf = (values: readonly (readonly number[])[]) => {
    let looked = 0;
    const numbers = {
      least: () => Number.NaN,
      greatest: () => Number.NaN,
      values: (doc: number) => values[doc],
      each: (_docs: unknown, visit: (value: number, doc: number) => void) =>
        values.forEach((of, doc) => {
          for (const value of of) {
            looked++;
            visit(value, doc);
          }
        }),
    };
    return { numbers, docs: new Uint32Array(), looked: () => looked };
  };
  const number = fc.integer({ min: -5, max: 5 });
  const values = fc.array(
    fc.uniqueArray(number, { maxLength: 4 }).map(of => of.sort((a, b) => a - b)),
    { maxLength: 30 },
  );
  const bound = fc.option(number, { nil: undefined });
  const range = fc.record({ from: bound, to: bound });

  it('counts a document once for each range that holds one of its numbers, and looks at each number once', () => {
    const holds = (segments: number[][][], ranges: { from?: number; to?: number }[]): void => {
      const columns = segments.map(columnOf);
      const within = (value: number, { from = -Infinity, to = Infinity }: { from?: number; to?: number }): boolean =>
        value >= from && value < to;
      const wanted = ranges.map(each => segments.flat().filter(of => of.some(value => within(value, each))).length);
      expect(countRanges(columns, ranges)).toEqual(wanted);
      expect(columns.map(({ looked }) => looked())).toEqual(segments.map(of => of.flat().length));
    };
    fc.assert(fc.property(fc.array(values, { maxLength: 3 }), fc.array(range, { maxLength: 8 }), holds));
  });
});
