import { describe, expect, it } from 'vitest';
import { parseFilter } from '../../src/query/filter-schema.js';

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
    ['a value that is not exact', [{ terms: { field: 'a', values: [2 ** 53] } }]],
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
