import { describe, expect, it } from 'vitest';
import { textPaths } from '../../src/columns/attributes.js';
import { evaluateClause } from '../../src/columns/matching.js';
import { objectsOfDocuments } from '../../src/columns/nested.js';
import { checkAttribute } from '../../src/columns/ready-filter.js';
import type { FilterClause } from '../../src/query/filter.js';
import { readiness, readyFilter } from './ready.js';

const texts = textPaths(['brand']);
const own = { ...readiness, texts };
const badFilter = expect.objectContaining({ code: 'search/bad-filter' });

describe('a ready filter', () => {
  it('makes one moment of now, wherever it stands', () => {
    const range = { field: 'added', min: '2024-01-01', max: 'now' };
    const ready = { range: { ...range, max: '2024-02-29T12:00:00.000Z' } };
    expect(readyFilter([{ range }, { not: { any: [{ range }] } }], own)).toEqual([ready, { not: { any: [ready] } }]);
  });

  it('leaves everything else as it is', () => {
    const filter: FilterClause[] = [
      { terms: { field: 'brand', values: ['x'.repeat(64), 1] } },
      { terms: { field: 'sku', values: ['x'.repeat(65)] } },
      { exists: { field: 'brand' } },
      { geoDistance: { field: 'place', lat: 1, lon: 2, within: 3 } },
    ];
    expect(readyFilter(filter, own)).toEqual(filter);
  });

  it('makes patterns of prefixes and of texts without their case', () => {
    const prefix = { field: 'sku', values: ['a*\\', 'b'], ignoreCase: true };
    const terms = { field: 'sku', values: ['a?', 1, 'B'], ignoreCase: true };
    expect(readyFilter([{ prefix }, { terms }, { terms: { ...terms, ignoreCase: false } }], own)).toEqual([
      { like: { ...prefix, values: ['a\\*\\\\*', 'b*'] } },
      {
        any: [
          { like: { field: 'sku', values: ['a\\?', 'B'], ignoreCase: true } },
          { terms: { field: 'sku', values: [1] } },
        ],
      },
      { terms: { field: 'sku', values: ['a?', 1, 'B'] } },
    ]);
  });

  it.each(['yesterday', '2024-02-30', '', '10'])('refuses the bound %s', min => {
    expect(() => readyFilter([{ not: { range: { field: 'a', min } } }], own)).toThrow(badFilter);
    const none = (): void => {};
    const [addExisting, addTerms, addLike, addWords, addMeant, addRange, addPoints] = Array<typeof none>(7).fill(none);
    const nest = { pathsInside: () => [], objects: objectsOfDocuments(undefined, () => new Uint32Array()) };
    const lookUps = { addExisting, addTerms, addLike, addWords, addMeant, addRange, addPoints };
    const columns = { documents: 0, nest, ...lookUps };
    expect(() => evaluateClause({ range: { field: 'a', max: min } }, columns, () => new Uint32Array())).toThrow(
      badFilter,
    );
  });

  it('refuses texts that columns do not keep, and clauses without end', () => {
    const values = ['x'.repeat(65)];
    expect(() => readyFilter([{ any: [{ terms: { field: 'brand', values } }] }], own)).toThrow(badFilter);
    for (const field of ['title', 'description', 'images']) {
      expect(() => readyFilter([{ terms: { field, values: ['x'] } }], own)).toThrow(badFilter);
      expect(() => readyFilter([{ range: { field, min: 1 } }], own)).toThrow(badFilter);
      expect(() => checkAttribute(field, texts)).toThrow(badFilter);
      expect(readyFilter([{ exists: { field } }], own)).toEqual([{ exists: { field } }]);
    }
    let deep: FilterClause = { exists: { field: 'a' } };
    for (let i = 0; i < 100_000; i++) deep = { not: deep };
    expect(() => readyFilter([deep], own)).toThrow(badFilter);
  });
});
