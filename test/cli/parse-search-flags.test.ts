import { describe, expect, it } from 'vitest';
import {
  parseFacetsFlag,
  parseFilterFlag,
  parseGroupFlag,
  parseQueryFlag,
  parseSortFlag,
} from '../../src/cli/parse-search-flags.js';

describe('the flags of search', () => {
  it('reads keys to sort by, ascending where nothing is said', () => {
    expect(parseSortFlag('price,specs.weight:descending')).toEqual([
      { field: 'price', order: 'ascending' },
      { field: 'specs.weight', order: 'descending' },
    ]);
  });

  it('reads what hits are grouped by', () => {
    expect(parseGroupFlag('product')).toEqual({ field: 'product' });
    expect(parseGroupFlag('specs.family:3')).toEqual({ field: 'specs.family', size: 3 });
    expect(parseGroupFlag('a:b')).toEqual({ field: 'a:b' });
  });

  it('reads how texts stand', () => {
    expect(parseSortFlag('name:desc:numeric,sku:asc:none')).toEqual([
      { field: 'name', order: 'descending', collation: 'numeric' },
      { field: 'sku', order: 'ascending', collation: 'none' },
    ]);
  });

  it.each([
    ['asc', 'ascending'],
    ['desc', 'descending'],
    ['ascending', 'ascending'],
    ['descending', 'descending'],
  ])('reads the order %s as %s', (written, order) => {
    expect(parseSortFlag(`rating:${written}`)).toEqual([{ field: 'rating', order }]);
  });

  it('reads facets, filters and trees', () => {
    expect(parseFacetsFlag('brand,colour')).toEqual([{ field: 'brand' }, { field: 'colour' }]);
    expect(parseFilterFlag('[{"exists":{"field":"price"}}]')).toEqual([{ exists: { field: 'price' } }]);
    expect(parseQueryFlag('{"prefix":{"text":"gard"}}')).toEqual({ prefix: { text: 'gard' } });
  });

  it.each([
    ['search/bad-query', () => parseSortFlag('price:sideways')],
    ['search/bad-query', () => parseSortFlag('name:asc:loud')],
    ['search/bad-query', () => parseSortFlag('')],
    ['search/bad-query', () => parseFacetsFlag('brand,')],
    ['search/bad-query', () => parseQueryFlag('{"bag"')],
    ['search/bad-query', () => parseQueryFlag('{"bag":{}}')],
    ['search/bad-filter', () => parseFilterFlag('exists')],
  ])('refuses what it cannot read: %s', (code, read) => {
    expect(read).toThrow(expect.objectContaining({ code }));
  });
});
