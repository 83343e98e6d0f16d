import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DocumentRow } from '../../src/config/rows.js';
import type { Filter } from '../../src/search/backend.js';
import { compileFilter, matches, parseFilter } from '../../src/search/filter.js';

const document: DocumentRow = {
  id: '1',
  title: 'drill',
  price: 20,
  brand: 'Acme',
  tags: ['power', 'tool'],
  gone: null,
  stock: '5',
};
const holds = (filter: Filter): boolean => matches(compileFilter(filter), document);

describe('compileFilter', () => {
  it('asks for any of the terms, of a value or of one element of an array', () => {
    expect(holds([{ terms: { field: 'brand', values: ['Acme', 'Other'] } }])).toBe(true);
    expect(holds([{ terms: { field: 'tags', values: ['tool'] } }])).toBe(true);
    expect(holds([{ terms: { field: 'tags', values: ['garden'] } }])).toBe(false);
    expect(holds([{ terms: { field: 'stock', values: [5] } }])).toBe(false);
  });

  it('takes the bounds of a range in', () => {
    expect(holds([{ range: { field: 'price', min: 20, max: 20 } }])).toBe(true);
    expect(holds([{ range: { field: 'price', min: 20.01 } }])).toBe(false);
    expect(holds([{ range: { field: 'price', max: 19.99 } }])).toBe(false);
    expect(holds([{ range: { field: 'stock', min: 0 } }])).toBe(false);
  });

  it('takes dates as moments where the bounds are dates', () => {
    const made: DocumentRow = { id: '1', title: 't', date: '2024-02-29T00:30:00+01:00', price: 20 };
    const within = (field: string, min: string, max: string): boolean =>
      matches(compileFilter([{ range: { field, min, max } }]), made);
    expect(within('date', '2024-02-28T23:30:00Z', '2024-02-29')).toBe(true);
    expect(within('date', '2024-02-29', '2024-03-01')).toBe(false);
    expect(within('price', '1970-01-01', '2024-02-29')).toBe(false);
  });

  it('refuses conditions that it can not answer', () => {
    expect(() => compileFilter([{ not: { exists: { field: 'a' } } }])).toThrow(
      expect.objectContaining({ code: 'search/bad-filter' }),
    );
  });

  it('knows what exists: present and not null, and nothing that comes from Object', () => {
    expect(holds([{ exists: { field: 'brand' } }])).toBe(true);
    for (const field of ['gone', 'none', 'constructor', 'toString', '__proto__'])
      expect(holds([{ exists: { field } }])).toBe(false);
  });

  it('asks every clause to hold, and holds when there is none', () => {
    expect(holds([])).toBe(true);
    expect(holds([{ exists: { field: 'brand' } }, { range: { field: 'price', max: 1 } }])).toBe(false);
  });

  it('equals the definition on random documents and filters', () => {
    const value = fc.oneof(
      fc.constantFrom('x', 'y', '1'),
      fc.integer({ min: 0, max: 4 }),
      fc.boolean(),
      fc.constant(null),
    );
    const field = fc.constantFrom('p', 'q');
    const clause = fc.oneof(
      fc.record({
        terms: fc.record({
          field,
          values: fc.array(fc.oneof(fc.constantFrom('x', '1'), fc.nat(4), fc.boolean()), { minLength: 1 }),
        }),
      }),
      fc.record({ range: fc.record({ field, min: fc.nat(2), max: fc.integer({ min: 2, max: 4 }) }) }),
      fc.record({ exists: fc.record({ field }) }),
    );
    const attributes = fc.dictionary(field, fc.oneof(value, fc.array(value, { maxLength: 3 })));
    const naive = (row: DocumentRow, filter: Filter): boolean =>
      filter.every(one => {
        const [name] = Object.values(one).map(body => body.field as string);
        const values: unknown[] = Array.isArray(row[name]) ? row[name] : [row[name]];
        if ('terms' in one) return values.some(found => one.terms.values.some(wanted => wanted === found));
        if ('range' in one) {
          const { min = 0, max = 0 } = one.range;
          return values.some(found => typeof found === 'number' && found >= Number(min) && found <= Number(max));
        }
        return values.some(found => found !== undefined && found !== null);
      });
    fc.assert(
      fc.property(attributes, fc.array(clause, { maxLength: 3 }), (more, filter) => {
        const row: DocumentRow = { ...more, id: '1', title: 't' };
        expect(matches(compileFilter(filter), row)).toBe(naive(row, filter));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('parseFilter', () => {
  it.each<[string, unknown]>([
    ['no array', { terms: { field: 'a', values: ['b'] } }],
    ['no clause', [1]],
    ['an unknown clause', [{ near: { field: 'a' } }]],
    ['two clauses in one', [{ exists: { field: 'a' }, range: { field: 'a', min: 1 } }]],
    ['no values', [{ terms: { field: 'a', values: [] } }]],
    ['a nameless field', [{ exists: { field: '' } }]],
    ['a range without bounds', [{ range: { field: 'a' } }]],
    ['a range the wrong way round', [{ range: { field: 'a', min: 2, max: 1 } }]],
    ['NaN', [{ range: { field: 'a', min: Number.NaN } }]],
    ['a text as bound', [{ range: { field: 'a', min: '1' } }]],
    ['null', null],
  ])('refuses %s', (_, value) => {
    expect(() => parseFilter(value)).toThrow(expect.objectContaining({ code: 'search/bad-filter' }));
  });

  it('gives back what is in order', () => {
    const filter = [
      { terms: { field: 'a', values: ['b', 1, true] } },
      { range: { field: 'p', min: 1 } },
      { exists: { field: 'c' } },
    ];
    expect(parseFilter(JSON.parse(JSON.stringify(filter)))).toEqual(filter);
  });
});
