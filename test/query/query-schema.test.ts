import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFilter } from '../../src/query/filter-schema.js';
import { parseFacets, parseQuery, parseScoreFunctions, parseSort } from '../../src/query/query-schema.js';

const refuses = (parse: (value: unknown) => unknown, code: string, value: unknown, named: string): void =>
  expect(() => parse(value)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(named) }));

/** `levels` clauses, each but the innermost around the next. */
const nested = (levels: number, around: (inner: unknown) => unknown, innermost: unknown): unknown => {
  let value = innermost;
  for (let i = 1; i < levels; i++) value = around(value);
  return value;
};
const must = (inner: unknown): unknown => ({ bool: { must: [inner] } });
const not = (inner: unknown): unknown => ({ not: inner });
const bag = { bag: { text: 'a' } };
const exists = { exists: { field: 'a' } };

describe('parseQuery', () => {
  it('gives back what is in order', () => {
    const query = {
      bool: {
        must: [{ bag: { text: 'red shoes', fields: ['title'], boost: 2, operator: 'all' } }],
        should: [
          { phrase: { text: 'red shoes', slop: 100 } },
          { prefix: { text: 'sho' } },
          { fuzzy: { text: 'shos', edits: 0 } },
          { all: {} },
        ],
        mustNot: [{ filter: { any: [exists, { not: { range: { field: 'price', min: 1 } } }] } }],
        minimumShould: 2,
        boost: 1e6,
      },
    };
    expect(parseQuery(JSON.parse(JSON.stringify(query)))).toEqual(query);
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'query: expected one of bag'],
    ['null', null, 'query: expected one of bag'],
    ['a list', [bag], 'query: expected one of bag'],
    ['an unknown clause', { like: {} }, 'query: expected one of bag'],
    ['two clauses in one', { ...bag, all: {} }, 'query: '],
    ['no text', { bag: {} }, 'query.bag.text'],
    ['an empty text', { bag: { text: '' } }, 'query.bag.text'],
    ['a text too long', { bag: { text: 'x'.repeat(4097) } }, 'query.bag.text'],
    ['half a surrogate pair', { bag: { text: 'a\ud800' } }, 'query.bag.text: text holds half a surrogate pair'],
    ['an unknown key', { bag: { text: 'a', slop: 1 } }, 'query.bag'],
    ['an operator that is none', { bag: { text: 'a', operator: 'or' } }, 'query.bag.operator'],
    ['no fields', { bag: { text: 'a', fields: [] } }, 'query.bag.fields'],
    ['boost 0', { bag: { text: 'a', boost: 0 } }, 'query.bag.boost'],
    ['a negative boost', { prefix: { text: 'a', boost: -1 } }, 'query.prefix.boost'],
    ['NaN', { phrase: { text: 'a', boost: Number.NaN } }, 'query.phrase.boost'],
    ['Infinity', { bool: { must: [bag], boost: Number.POSITIVE_INFINITY } }, 'query.bool.boost'],
    ['a boost too great', { bag: { text: 'a', boost: 1000001 } }, 'query.bag.boost'],
    ['slop 101', { phrase: { text: 'a', slop: 101 } }, 'query.phrase.slop'],
    ['slop .5', { phrase: { text: 'a', slop: 0.5 } }, 'query.phrase.slop'],
    ['3 edits', { fuzzy: { text: 'a', edits: 3 } }, 'query.fuzzy.edits'],
    ['all with something', { all: { boost: 2 } }, 'query.all'],
    [
      'a fault inside',
      { bool: { should: [bag, { bool: { must: [{ bag: { text: 1 } }] } }] } },
      'bool.should.1.bool.must.0.bag.text',
    ],
    ['a bad condition', { filter: { terms: { field: 'a', values: [] } } }, 'query.filter.terms.values'],
  ])('refuses %s, naming it', (_, value, named) => refuses(parseQuery, 'search/bad-query', value, named));

  it('takes 16 levels and 256 clauses and no more', () => {
    expect(() => parseQuery(nested(16, must, bag))).not.toThrow();
    refuses(parseQuery, 'search/bad-query', nested(17, must, bag), 'query: at most 16 clauses inside');
    expect(() => parseQuery({ bool: { should: Array(255).fill(bag) } })).not.toThrow();
    refuses(parseQuery, 'search/bad-query', { bool: { should: Array(256).fill(bag) } }, 'query: at most 256 clauses');
    // The condition of a filter clause is a level of its own: 1 + 15.
    expect(() => parseQuery({ filter: nested(15, not, exists) })).not.toThrow();
    refuses(parseQuery, 'search/bad-query', { filter: nested(16, not, exists) }, 'query: at most 16 clauses inside');
  });

  it('refuses JSON of any depth without running out of stack', () => {
    for (const around of [must, not, (inner: unknown) => ({ filter: inner }), (inner: unknown) => ({ any: [inner] })]) {
      const deep = nested(100_000, around, bag);
      refuses(parseQuery, 'search/bad-query', deep, 'at most 16');
      refuses(parseFilter, 'search/bad-filter', [deep], 'at most 16');
      refuses(parseFilter, 'search/bad-filter', deep, '');
    }
    refuses(
      parseQuery,
      'search/bad-query',
      nested(100_000, inner => ({ bag: inner }), 1),
      'query',
    );
    refuses(
      parseQuery,
      'search/bad-query',
      nested(100_000, inner => [inner], 1),
      'query',
    );
  });

  it('reads any JSON or gives the documented error, and gives back what it read', () => {
    const { query } = fc.letrec(tie => ({
      text: fc.oneof({ weight: 5, arbitrary: fc.string() }, fc.jsonValue()),
      leaf: fc.record(
        { text: tie('text'), fields: fc.oneof(fc.array(fc.string()), fc.jsonValue()), boost: fc.double() },
        { requiredKeys: [] },
      ),
      list: fc.array(tie('query'), { maxLength: 3 }),
      query: fc.oneof(
        { maxDepth: 4, depthIdentifier: 'query' },
        fc.jsonValue(),
        fc.record({ bag: tie('leaf') }),
        fc.record({ phrase: tie('leaf') }),
        fc.record({ filter: fc.oneof(fc.constant(exists), fc.jsonValue()) }),
        fc.record({
          bool: fc.record({ must: tie('list'), should: tie('list'), mustNot: tie('list') }, { requiredKeys: [] }),
        }),
      ),
    }));
    let read = 0;
    fc.assert(
      fc.property(query, value => {
        try {
          expect(parseQuery(value)).toEqual(value);
          read++;
        } catch (error) {
          expect(error).toMatchObject({ code: 'search/bad-query' });
        }
      }),
      { numRuns: 3000 },
    );
    expect(read).toBeGreaterThan(0);
  });
});

describe('parseFilter', () => {
  it('gives back what is in order', () => {
    const filter = [
      { range: { field: 'date', min: '2024-01-01', max: '2024-02-29T08:30:00Z' } },
      { geoDistance: { field: 'place', lat: -90, lon: 180, within: 0 } },
      { geoBox: { field: 'place', north: 10, south: 10, east: -170, west: 170 } },
      { any: [exists, { not: exists }] },
    ];
    expect(parseFilter(filter)).toEqual(filter);
  });

  it.each<[string, unknown, string]>([
    ['a date that is none', { range: { field: 'a', min: '2024-02-30' } }, 'clause 0.range: a bound that is a text'],
    ['a number and a date', { range: { field: 'a', min: 1, max: '2024-02-29' } }, 'both numbers or both dates'],
    [
      'dates the wrong way round',
      { range: { field: 'a', min: '2024-02-29', max: '2024-02-28' } },
      'min is at most max',
    ],
    ['Infinity', { range: { field: 'a', min: Number.POSITIVE_INFINITY } }, 'clause 0.range.min'],
    ['NaN as a value', { terms: { field: 'a', values: [Number.NaN] } }, 'clause 0.terms.values.0'],
    ['1025 values', { terms: { field: 'a', values: Array(1025).fill(1) } }, 'clause 0.terms.values'],
    ['a name too long', { exists: { field: 'x'.repeat(257) } }, 'clause 0.exists.field'],
    ['latitude 91', { geoDistance: { field: 'a', lat: 91, lon: 0, within: 1 } }, 'geoDistance.lat'],
    ['longitude -181', { geoDistance: { field: 'a', lat: 0, lon: -181, within: 1 } }, 'geoDistance.lon'],
    ['a negative distance', { geoDistance: { field: 'a', lat: 0, lon: 0, within: -1 } }, 'geoDistance.within'],
    ['a box upside down', { geoBox: { field: 'a', north: 1, south: 2, east: 0, west: 0 } }, 'south is at most north'],
    ['any of nothing', { any: [] }, 'clause 0.any'],
    ['a fault inside', { any: [exists, { not: { exists: {} } }] }, 'clause 0.any.1.not.exists.field'],
  ])('refuses %s, naming it', (_, clause, named) => refuses(parseFilter, 'search/bad-filter', [clause], named));

  it('takes 64 clauses side by side, 256 in all and 16 levels, and no more', () => {
    expect(() => parseFilter(Array(64).fill(exists))).not.toThrow();
    refuses(parseFilter, 'search/bad-filter', Array(65).fill(exists), 'filter: ');
    expect(() => parseFilter([{ any: Array(255).fill(exists) }])).not.toThrow();
    refuses(parseFilter, 'search/bad-filter', [{ any: Array(256).fill(exists) }], 'filter: at most 256 clauses');
    expect(() => parseFilter([nested(16, not, exists)])).not.toThrow();
    refuses(parseFilter, 'search/bad-filter', [nested(17, not, exists)], 'filter: at most 16 clauses inside');
  });
});

describe('functions, sort keys and facets', () => {
  const decay = { field: 'date', shape: 'gauss', origin: 'now', scale: 30 };

  it('gives back what is in order', () => {
    const functions = [
      { decay: { ...decay, offset: 1, at: 0.25, weight: 2 } },
      { decay: { ...decay, origin: 5, shape: 'linear' } },
      { decay: { ...decay, origin: '2024-01-01', shape: 'exponential' } },
      { saturation: { field: 'sold', pivot: 10 } },
    ];
    expect(parseScoreFunctions(functions)).toEqual(functions);
    const sort = [
      { field: 'price', order: 'ascending' },
      { field: '_score', order: 'descending' },
    ];
    expect(parseSort(sort)).toEqual(sort);
    const facets = [
      { field: 'brand' },
      { field: 'brand', size: 1000 },
      { field: 'price', ranges: [{ to: 1 }, { from: 1, to: 2 }] },
    ];
    expect(parseFacets(facets)).toEqual(facets);
    expect(parseFacets(['brand', { field: 'price' }])).toEqual([{ field: 'brand' }, { field: 'price' }]);
  });

  it.each<[string, (value: unknown) => unknown, unknown, string]>([
    ['17 functions', parseScoreFunctions, Array(17).fill({ saturation: { field: 'a', pivot: 1 } }), 'functions'],
    ['an unknown function', parseScoreFunctions, [{ boost: {} }], 'functions.0: expected one of decay, saturation'],
    [
      'an origin that is none',
      parseScoreFunctions,
      [{ decay: { ...decay, origin: 'soon' } }],
      'functions.0.decay.origin',
    ],
    ['scale 0', parseScoreFunctions, [{ decay: { ...decay, scale: 0 } }], 'functions.0.decay.scale'],
    ['NaN', parseScoreFunctions, [{ decay: { ...decay, scale: Number.NaN } }], 'functions.0.decay.scale'],
    ['at 1', parseScoreFunctions, [{ decay: { ...decay, at: 1 } }], 'functions.0.decay.at'],
    [
      'a negative weight',
      parseScoreFunctions,
      [{ saturation: { field: 'a', pivot: 1, weight: -1 } }],
      'saturation.weight',
    ],
    ['pivot 0', parseScoreFunctions, [{ saturation: { field: 'a', pivot: 0 } }], 'functions.0.saturation.pivot'],
    ['9 sort keys', parseSort, Array(9).fill({ field: 'a', order: 'ascending' }), 'sort'],
    ['an order that is none', parseSort, [{ field: 'a', order: 'up' }], 'sort.0.order'],
    ['33 facets', parseFacets, Array(33).fill({ field: 'a' }), 'facets'],
    ['a number for a facet', parseFacets, [7], 'facets.0'],
    ['an empty path for a facet', parseFacets, [''], 'facets.0.field'],
    ['size 0', parseFacets, [{ field: 'a', size: 0 }], 'facets.0.size'],
    ['size 1001', parseFacets, [{ field: 'a', size: 1001 }], 'facets.0.size'],
    ['65 ranges', parseFacets, [{ field: 'a', ranges: Array(65).fill({ to: 1 }) }], 'facets.0.ranges'],
    ['a range without bounds', parseFacets, [{ field: 'a', ranges: [{}] }], 'facets.0.ranges.0'],
    ['an empty range', parseFacets, [{ field: 'a', ranges: [{ from: 1, to: 1 }] }], 'from is below to'],
    ['size and ranges', parseFacets, [{ field: 'a', size: 1, ranges: [{ to: 1 }] }], 'not both'],
  ])('refuses %s, naming it', (_, parse, value, named) => refuses(parse, 'search/bad-query', value, named));
});
