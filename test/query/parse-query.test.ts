import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Filter } from '../../src/query/filter.js';
import { parseFilter } from '../../src/query/filter-schema.js';
import { type ParsedQueryString, parseQueryString } from '../../src/query/parse-query.js';
import type { Query } from '../../src/query/query.js';
import { parseQuery } from '../../src/query/query-schema.js';
import { anyString, fragments, operatorString, options } from './query-strings.js';

const parse = (text: string): ParsedQueryString => parseQueryString(text, options);
const bag = (text: string, more: object = {}): Query => ({ bag: { text, ...more } });
const phrase = (text: string, more: object = {}): Query => ({ phrase: { text, ...more } });
const title = { fields: ['title'] };
const any = (...should: Query[]): Query => ({ bool: { should } });
const every = (...must: Query[]): Query => ({ bool: { must } });
const brand = (...values: string[]) => ({ words: { field: 'brand', values } });
const like = (...values: string[]) => ({ like: { field: 'brand', values, ignoreCase: true } });
const price = (min?: number, max?: number) => ({
  range: { field: 'price', ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) },
});

describe('text that shoppers type', () => {
  it.each([
    '',
    ' ',
    'red shoes',
    '  red   shoes ',
    '5/8" x 4"',
    '48" vanity',
    '24 " x 36 "',
    'dv7-1211ea',
    't5',
    '2:1 ratio',
    'tape measure: 32nd scale.',
    '-',
    '+',
    '--x',
    '- x',
    '"',
    '""',
    '" "',
    '"-"',
    '"unclosed phrase',
    '"a"b',
    '"a b"~101',
    'AND',
    'red AND',
    'OR red',
    'red AND NOT',
    'NOT',
    'NOT NOT',
    'to be or not to be',
    'BLACK AND DECKER DRILL',
    'DO NOT ENTER SIGN',
    'c++',
    'wi-fi',
    '10x advanced russet (',
    ':) hello :(',
    ')(',
    '()',
    '(red shoes)',
    'vanity (white)',
    'http://x.y/z',
    'title://x',
    'title: red',
    'title:',
    'color:red',
    'color:>5',
    'brand:',
    'brand:(',
    '_exists_:',
    '*',
    'brand:*',
    'brand:-*',
    '32 * 80 door',
    '4*8 beadboard',
    '5* hotel',
    '~',
    'm~m18',
    'word~3',
    '^2',
    'word^',
    'word^0',
    'word^9999999',
    'x^2^3',
    '1/4 -20 nut',
    '29 in  -27 in window',
    '+1 800',
    'price:[50 TO 10]',
    'price:[10 TO 2024-01-01]',
    'price:>=cheap',
    'price:>1e327',
    'price:<=1e999',
    'price:[-1e999 TO 5]',
    'color:[a TO b]',
    '🙂',
    'a\ud800b',
  ])('%j is one bag of words, as typed', text => {
    expect(parse(text)).toEqual({ query: bag(text), filter: [], plain: text });
  });
});

describe('operators', () => {
  it.each<[string, Query, string]>([
    ['+must -not', { bool: { must: [bag('must')], mustNot: [bag('not')] } }, 'must'],
    ['red shoes -nike', { bool: { should: [bag('red shoes')], mustNot: [bag('nike')] } }, 'red shoes'],
    ['red NOT nike', { bool: { should: [bag('red')], mustNot: [bag('nike')] } }, 'red'],
    ['-nike', { bool: { mustNot: [bag('nike')] } }, ''],
    ['+nike', { bool: { must: [bag('nike')] } }, 'nike'],
    ['red -(27)', { bool: { should: [bag('red')], mustNot: [bag('27')] } }, 'red'],
    ['-(a -b)', { bool: { mustNot: [{ bool: { should: [bag('a')], mustNot: [bag('b')] } }] } }, 'b'],
    ['"exact phrase"', phrase('exact phrase'), 'exact phrase'],
    ['"exact phrase"~2', phrase('exact phrase', { slop: 2 }), 'exact phrase'],
    ['"exact phrase"~2^3 x', any(phrase('exact phrase', { slop: 2, boost: 3 }), bag('x')), 'exact phrase x'],
    ['\u201cexact phrase\u201d', phrase('exact phrase'), 'exact phrase'],
    ['\u201eexact phrase\u201c', phrase('exact phrase'), 'exact phrase'],
    ['5" "drill bit" 4"', any(bag('5"'), phrase('drill bit'), bag('4"')), '5" drill bit 4"'],
    ['"5"x7" frame', any(phrase('5"x7'), bag('frame')), '5"x7 frame'],
    ['title:word', bag('word', title), 'word'],
    ['title:"a phrase"', phrase('a phrase', title), 'a phrase'],
    ['title:a:b', bag('a:b', title), 'a:b'],
    ['title:(red -blue)', { bool: { should: [bag('red', title)], mustNot: [bag('blue', title)] } }, 'red'],
    ['title:(red shoes)^2', bag('red shoes', { ...title, boost: 2 }), 'red shoes'],
    ['pre*', { prefix: { text: 'pre' } }, 'pre'],
    ['title:pre*^.5', { prefix: { text: 'pre', ...title, boost: 0.5 } }, 'pre'],
    ['fuzy~', { fuzzy: { text: 'fuzy' } }, 'fuzy'],
    ['fuzy~1', { fuzzy: { text: 'fuzy', edits: 1 } }, 'fuzy'],
    ['word^2', bag('word', { boost: 2 }), 'word'],
    ['word^1e-7', bag('word', { boost: 1e-7 }), 'word'],
    ['f(x)^2', bag('f(x)', { boost: 2 }), 'f(x)'],
    ['red shoes^2 blue', any(bag('red'), bag('shoes', { boost: 2 }), bag('blue')), 'red shoes blue'],
    ['red blue^1', any(bag('red'), bag('blue')), 'red blue'],
    ['red OR blue', any(bag('red'), bag('blue')), 'red blue'],
    ['5 OR 6', any(bag('5'), bag('6')), '5 6'],
    ['A OR B', any(bag('A'), bag('B')), 'A B'],
    ['red AND blue', every(bag('red'), bag('blue')), 'red blue'],
    ['red shoes AND new', every(bag('red shoes'), bag('new')), 'red shoes new'],
    ['a AND NOT b', { bool: { must: [bag('a')], mustNot: [bag('b')] } }, 'a'],
    ['a AND AND b', every(bag('a AND'), bag('b')), 'a AND b'],
    ['a AND b OR c AND d', any(every(bag('a'), bag('b')), every(bag('c'), bag('d'))), 'a b c d'],
    ['a AND (b OR c)', every(bag('a'), any(bag('b'), bag('c'))), 'a b c'],
    ['a OR NOT b', any(bag('a'), { bool: { mustNot: [bag('b')] } }), 'a'],
    ['vanity (white) -new', { bool: { should: [bag('vanity white')], mustNot: [bag('new')] } }, 'vanity white'],
    ['(red "x y")^2', { bool: { should: [bag('red'), phrase('x y')], boost: 2 } }, 'red x y'],
    ['(red^3)^2', { bool: { should: [bag('red', { boost: 3 })], boost: 2 } }, 'red'],
    ['*:*', { all: {} }, ''],
    ['*:* -red', { bool: { should: [{ all: {} }], mustNot: [bag('red')] } }, ''],
  ])('%s', (text, query, plain) => {
    expect(parse(text)).toEqual({ query, filter: [], plain });
  });
});

describe('conditions', () => {
  const day = (text: string) => ({ range: { field: 'date', ...JSON.parse(text) } });

  it.each<[string, Filter]>([
    ['price:[10 TO 50]', [price(10, 50)]],
    // 10 = 1.25 * 2^3, so the next double is 2^-49 away; 50 and 5 lie in [32, 64) and [4, 8), theirs 2^-47 and 2^-50.
    ['price:{10 TO 50}', [price(10 + 2 ** -49, 50 - 2 ** -47)]],
    ['price:[10 TO 50}', [price(10, 50 - 2 ** -47)]],
    ['price:[* TO 50]', [price(undefined, 50)]],
    ['price:>=10', [price(10)]],
    ['price:>=12,90', [price(12.9)]],
    ['price:>=1.299,50', [price(1299.5)]],
    ['price:>=1,299.50', [price(1299.5)]],
    ['price:[3,1 TO 5,50]', [price(3.1, 5.5)]],
    ['price:>0', [price(Number.MIN_VALUE)]],
    ['price:<5', [price(undefined, 5 - 2 ** -50)]],
    ['price:<=-0', [price(undefined, 0)]],
    ['date:[2024-01-01 TO now]', [day('{"min":"2024-01-01","max":"2025-03-04T05:06:00.000Z"}')]],
    ['date:[2024-01-01 TO 2024-02-29]', [day('{"min":"2024-01-01","max":"2024-02-29T23:59:59.999Z"}')]],
    ['date:{2024-02-28 TO 2024-03-02}', [day('{"min":"2024-02-29T00:00:00.000Z","max":"2024-03-01T23:59:59.999Z"}')]],
    ['date:>2024-01-01T00:00:00Z', [day('{"min":"2024-01-01T00:00:00.001Z"}')]],
    ['brand:acme', [brand('acme')]],
    ['brand:"Acme & Co"', [brand('Acme & Co')]],
    ['brand:"Acme', [brand('Acme')]],
    ['brand:5', [brand('5')]],
    ['brand:"5"', [brand('5')]],
    ['brand:05', [brand('05')]],
    ['brand:1e999', [brand('1e999')]],
    ['brand:true', [brand('true')]],
    ['brand:(acme OR "Bolt & Co" 5)', [brand('acme', 'Bolt & Co', '5')]],
    ['brand:http://x.y', [brand('http://x.y')]],
    ['brand:acm*', [like('acm*')]],
    ['brand:*tools', [like('*tools')]],
    ['brand:*-xl', [like('*-xl')]],
    ['brand:b?lt', [like('b?lt')]],
    ['brand:acm?', [like('acm?')]],
    ['brand:?cme*', [like('?cme*')]],
    // nothing is escaped in a string
    ['brand:a\\b*', [like('a\\\\b*')]],
    ['brand:(acm* OR bolt *co)', [{ any: [brand('bolt'), like('acm*', '*co')] }]],
    ['-brand:acm*', [{ not: like('acm*') }]],
    // a sign of multiplication, and in a quotation
    ['brand:4*8', [brand('4*8')]],
    ['brand:"acm*"', [brand('acm*')]],
    ['_exists_:images', [{ exists: { field: 'images' } }]],
    ['_exists_:title', [{ exists: { field: 'title' } }]],
    ['-brand:acme', [{ not: brand('acme') }]],
    ['NOT price:>=10', [{ not: price(10) }]],
    ['price:>=10 AND brand:acme', [price(10), brand('acme')]],
    ['price:>=10 OR brand:acme', [{ any: [price(10), brand('acme')] }]],
    ['-(price:>=10 OR -brand:acme)', [{ not: { any: [price(10), { not: brand('acme') }] } }]],
  ])('%s', (text, filter) => {
    expect(parse(text)).toEqual({ query: { all: {} }, filter, plain: '' });
    expect(parse(`red ${text} shoes`)).toMatchObject(
      text.includes(' AND ') || (text.includes(' OR ') && !text.includes('(')) ? {} : { filter, plain: 'red shoes' },
    );
  });

  it('narrow the words beside them, which stay one bag', () => {
    expect(parse('red shoes price:>=10 -brand:acme')).toEqual({
      query: bag('red shoes'),
      filter: [price(10), { not: brand('acme') }],
      plain: 'red shoes',
    });
  });

  it('inside a group do not make its words optional', () => {
    expect(parse('(red price:>=10) OR blue').query).toEqual(
      any({ bool: { must: [{ filter: price(10) }], should: [bag('red')], minimumShould: 1 } }, bag('blue')),
    );
    expect(parse('(+red price:>=10) OR blue').query).toEqual(
      any(every(bag('red'), { filter: price(10) }), bag('blue')),
    );
  });

  it('of names that are no attributes are text, but for ranges where nobody says which there are', () => {
    const open = (text: string) => parseQueryString(text, { fields: ['title'] });
    expect(open('color:red').query).toEqual(bag('color:red'));
    expect(open('color:<5').filter).toEqual([{ range: { field: 'color', max: 5 - 2 ** -50 } }]);
  });

  it('reads an attribute by the name of an indexed field as a field, but for its ranges', () => {
    const both = { fields: ['title', 'brand'], attributes: () => true };
    expect(parseQueryString('brand:acme', both).query).toEqual(bag('acme', { fields: ['brand'] }));
    expect(parseQueryString('title:>=10', both).filter).toEqual([{ range: { field: 'title', min: 10 } }]);
  });
});

describe('bounds', () => {
  const refused = (text: string, message: RegExp) =>
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: 'search/bad-query', message: expect.stringMatching(message) }),
    );

  it('takes 4096 UTF-16 units and no more', () => {
    expect(parse('x'.repeat(4096)).plain).toHaveLength(4096);
    refused('x'.repeat(4097), /4096 UTF-16 units, got 4097/);
  });

  it('takes 256 clauses and no more, the one that holds them too', () => {
    expect(parse('+a '.repeat(255)).query).toEqual(every(...Array<Query>(255).fill(bag('a'))));
    refused('+a '.repeat(256), /256 clauses/);
    refused('price:>1 '.repeat(65), /64 conditions/);
    refused(
      `brand:(${Array.from({ length: 1025 }, (_, i) => i.toString(36).padStart(2, 'x')).join(' ')})`,
      /1024 values/,
    );
    refused(`brand:(${Array.from({ length: 65 }, (_, i) => `x${i}*`).join(' ')})`, /64 patterns/);
    // one too long to be compared is words
    expect(parse(`brand:${'x'.repeat(256)}*`).filter).toEqual([brand(`${'x'.repeat(256)}*`)]);
  });

  it('takes 16 levels and no more', () => {
    const nested = (levels: number): string => `${'(+a -b '.repeat(levels)}c${')'.repeat(levels)}`;
    // The innermost words are a level of their own.
    expect(() => parse(nested(15))).not.toThrow();
    refused(nested(16), /16 clauses inside/);
    refused(`+a ${'('.repeat(17)}c${')'.repeat(17)}`, /16 parentheses/);
    expect(parse('('.repeat(4000)).plain).toHaveLength(4000);
  });
});

describe('any string', () => {
  /** An answer that its own schema takes, or the documented error. */
  function answers(text: string): void {
    let parsed: ParsedQueryString;
    try {
      parsed = parse(text);
    } catch (error) {
      expect(error).toMatchObject({ code: 'search/bad-query' });
      expect(text.length > 128).toBe(true);
      return;
    }
    if (text !== '' && text.isWellFormed()) expect(parseQuery(parsed.query)).toEqual(parsed.query);
    if (text.isWellFormed()) expect(parseFilter(parsed.filter)).toEqual(parsed.filter);
  }

  it('of Unicode, lone surrogates and control characters too', () => {
    fc.assert(fc.property(anyString, answers), { numRuns: 3000 });
  });

  it('of pieces of operators', () => {
    fc.assert(fc.property(operatorString, answers), { numRuns: 10_000 });
  });

  it('reads each piece over and over, to the greatest length', () => {
    for (const piece of fragments)
      for (const between of ['', ' ']) answers((piece + between).repeat(4096).slice(0, 4096));
  });
});
