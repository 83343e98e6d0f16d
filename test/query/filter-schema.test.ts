import { describe, expect, it } from 'vitest';
import { parseFilter } from '../../src/query/filter-schema.js';

const nestedDeep = (levels: number): object =>
  levels === 1 ? { exists: { field: 'a' } } : { nested: { path: 'a', filter: [nestedDeep(levels - 1)] } };

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
    ['a prefix of nothing', [{ prefix: { field: 'a', values: [''] } }]],
    ['a prefix of a number', [{ prefix: { field: 'a', values: [1] } }]],
    ['a pattern beyond what is compared', [{ like: { field: 'a', values: ['x'.repeat(257)] } }]],
    ['too many patterns', [{ like: { field: 'a', values: Array(65).fill('x') } }]],
    ['a text beyond it without case', [{ terms: { field: 'a', values: ['x'.repeat(257)], ignoreCase: true } }]],
    ['an object without conditions', [{ nested: { path: 'a', filter: [] } }]],
    ['an object without a path', [{ nested: { filter: [{ exists: { field: 'a' } }] } }]],
    ['objects in objects without end', [nestedDeep(17)]],
    [
      'more clauses than 256 in all',
      Array.from({ length: 5 }, () => ({ nested: { path: 'a', filter: Array(60).fill({ exists: { field: 'a' } }) } })),
    ],
    ['half a pair', [{ prefix: { field: 'a', values: ['\ud83d'] } }]],
    ['null', null],
  ])('refuses %s', (_, value) => {
    expect(() => parseFilter(value)).toThrow(expect.objectContaining({ code: 'search/bad-filter' }));
  });

  it('gives back what is in order', () => {
    const filter = [
      { terms: { field: 'a', values: ['b', 1, true] } },
      { range: { field: 'p', min: 1 } },
      { exists: { field: 'c' } },
      { prefix: { field: 'a', values: ['b'], ignoreCase: true } },
      { like: { field: 'a', values: ['b*'] } },
      nestedDeep(16),
      { terms: { field: 'a', values: ['x'.repeat(256), 1], ignoreCase: true } },
      { terms: { field: 'a', values: ['x'.repeat(257)], ignoreCase: false } },
    ];
    expect(parseFilter(JSON.parse(JSON.stringify(filter)))).toEqual(filter);
  });
});
