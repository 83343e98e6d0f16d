import { describe, expect, it } from 'vitest';
import { textPaths } from '../../src/columns/attributes.js';
import { evaluateClause } from '../../src/columns/matching.js';
import { checkAttribute, readyFilter } from '../../src/columns/ready-filter.js';
import type { FilterClause } from '../../src/query/filter.js';

const texts = textPaths(['brand']);
const now = Date.UTC(2024, 1, 29, 12);
const badFilter = expect.objectContaining({ code: 'search/bad-filter' });

describe('readyFilter', () => {
  it('makes one moment of now, wherever it stands', () => {
    const range = { field: 'added', min: '2024-01-01', max: 'now' };
    const ready = { range: { ...range, max: '2024-02-29T12:00:00.000Z' } };
    expect(readyFilter([{ range }, { not: { any: [{ range }] } }], texts, now)).toEqual([
      ready,
      { not: { any: [ready] } },
    ]);
  });

  it('leaves everything else as it is', () => {
    const filter: FilterClause[] = [
      { terms: { field: 'brand', values: ['x'.repeat(64), 1] } },
      { terms: { field: 'sku', values: ['x'.repeat(65)] } },
      { exists: { field: 'brand' } },
      { geoDistance: { field: 'place', lat: 1, lon: 2, within: 3 } },
    ];
    expect(readyFilter(filter, texts, now)).toEqual(filter);
  });

  it.each(['yesterday', '2024-02-30', '', '10'])('refuses the bound %s', min => {
    expect(() => readyFilter([{ not: { range: { field: 'a', min } } }], texts, now)).toThrow(badFilter);
    const columns = { documents: 0, addExisting() {}, addTerms() {}, addRange() {}, addPoints() {} };
    expect(() => evaluateClause({ range: { field: 'a', max: min } }, columns, () => new Uint32Array())).toThrow(
      badFilter,
    );
  });

  it('refuses texts that columns do not keep, and clauses without end', () => {
    const values = ['x'.repeat(65)];
    expect(() => readyFilter([{ any: [{ terms: { field: 'brand', values } }] }], texts, now)).toThrow(badFilter);
    for (const field of ['title', 'description', 'images']) {
      expect(() => readyFilter([{ terms: { field, values: ['x'] } }], texts, now)).toThrow(badFilter);
      expect(() => readyFilter([{ range: { field, min: 1 } }], texts, now)).toThrow(badFilter);
      expect(() => checkAttribute(field, texts)).toThrow(badFilter);
      expect(readyFilter([{ exists: { field } }], texts, now)).toEqual([{ exists: { field } }]);
    }
    let deep: FilterClause = { exists: { field: 'a' } };
    for (let i = 0; i < 100_000; i++) deep = { not: deep };
    expect(() => readyFilter([deep], texts, now)).toThrow(badFilter);
  });
});
