import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ParsedQueryString, parseQueryString } from '../../src/query/parse-query.js';
import { formatQuery } from './describe-query.js';
import { anyString, operatorString, options } from './query-strings.js';

const parse = (text: string): ParsedQueryString => parseQueryString(text, options);
const format = (text: string): string => {
  const { query, filter } = parse(text);
  return formatQuery(query, filter);
};

/** The tree of any string is one that a string can say. */
function comesBack(text: string): void {
  const { query, filter } = parse(text);
  const written = formatQuery(query, filter);
  const again = parse(written);
  expect({ written, query: again.query, filter: again.filter }).toEqual({ written, query, filter });
  expect(formatQuery(again.query, again.filter)).toBe(written);
}

describe('formatQuery', () => {
  it.each([
    ['5/8" x 4"', '5/8" x 4"'],
    ['a  AND  b', '+a +b'],
    ['red NOT nike', 'red -nike'],
    ['red OR blue', 'red OR blue'],
    ['-(27) red', 'red -(27)'],
    ['“exact phrase”~2^3', '"exact phrase"~2^3'],
    ['title:(word)', 'title:word'],
    ['title:(red shoes)^2.50', 'title:(red shoes)^2.5'],
    ['x price:{10 TO 50]', 'x price:{10 TO 50]'],
    ['x price:<5', 'x price:<5'],
    ['brand:("acme" OR 5)', 'brand:(acme 5)'],
    ['brand:"5"', 'brand:5'],
    ['brand:"Acme & Co"', 'brand:"Acme & Co"'],
    ['NOT (price:>=10 OR _exists_:images)', '-(price:>=10 OR _exists_:images)'],
    ['(a b -c) OR d', '(a b -c) d'],
    ['*:*', '*:*'],
  ])('%s -> %s', (text, written) => expect(format(text)).toBe(written));

  it('says in words what no string can', () => {
    expect(formatQuery({ all: {} }, [{ geoDistance: { field: 'place', lat: 1, lon: 2, within: 500 } }])).toBe(
      'place:geoDistance(lat 1, lon 2, within 500)',
    );
  });

  it('gives a string that is the same tree, for the tree of any string', () => {
    fc.assert(fc.property(operatorString, comesBack), { numRuns: 10_000 });
    fc.assert(fc.property(anyString, comesBack), { numRuns: 2000 });
  });
});
