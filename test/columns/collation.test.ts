import { describe, expect, it } from 'vitest';
import { collationOf, mostCollated } from '../../src/columns/collation.js';
import { createTokenIndex, type TokenIndex } from '../../src/lexical/token-index.js';
import type { Facet, FacetRequest, SortKey } from '../../src/query/query.js';
import { fieldWarnings } from '../../src/search/field-warnings.js';
import { searchTokens } from '../lexical/ask.js';
import { options } from './random-index.js';

function indexOf(names: readonly unknown[], how: { language?: string; sort?: SortKey } = {}): TokenIndex {
  const index = createTokenIndex({ ...options, ...how });
  names.forEach((name, i) => {
    index.add({ id: String.fromCharCode(97 + i), title: 'x', name });
    if (i === 1) index.flush();
  });
  return index;
}

/** The names of an index in order. */
function inOrder(
  names: readonly string[],
  key: Partial<SortKey> = {},
  { asked, ...how }: { asked?: string; language?: string; sort?: SortKey } = {},
): string[] {
  const index = indexOf(names, how);
  const sort: SortKey[] = [{ field: 'name', order: 'ascending', ...key }];
  const hits = searchTokens(index, { query: { all: {} }, language: asked, k: 99, sort });
  return hits.map(({ id }) => names[id.charCodeAt(0) - 97]);
}

const facetOf = (index: TokenIndex, facet: FacetRequest, language?: string): Facet['values'] =>
  index.prepare({ query: { all: {} }, language }).count([facet]).facets[0].values;

describe('texts in the order of a language', () => {
  const words = ['zebra', 'Äpfel', 'apple', 'Zulu', 'éclair', 'ångström', 'Oslo', 'Ökonom'];

  it.each<[string, string[]]>([
    ['en', ['ångström', 'Äpfel', 'apple', 'éclair', 'Ökonom', 'Oslo', 'zebra', 'Zulu']],
    ['de', ['ångström', 'Äpfel', 'apple', 'éclair', 'Ökonom', 'Oslo', 'zebra', 'Zulu']],
    ['sv', ['apple', 'éclair', 'Oslo', 'zebra', 'Zulu', 'ångström', 'Äpfel', 'Ökonom']],
    ['da_DK', ['apple', 'éclair', 'Oslo', 'zebra', 'Zulu', 'Äpfel', 'Ökonom', 'ångström']],
    // the order that all languages have but for their own letters, whatever the machine speaks
    ['und', ['ångström', 'Äpfel', 'apple', 'éclair', 'Ökonom', 'Oslo', 'zebra', 'Zulu']],
    ['tlh', ['ångström', 'Äpfel', 'apple', 'éclair', 'Ökonom', 'Oslo', 'zebra', 'Zulu']],
  ])('%s, of the index or of the request', (language, ordered) => {
    expect(inOrder(words, {}, { language })).toEqual(ordered);
    expect(inOrder(words, {}, { language: 'en', asked: language })).toEqual(ordered);
    expect(inOrder(words, { order: 'descending' }, { language })).toEqual(ordered.toReversed());
    const counted = facetOf(indexOf(words, { language }), { field: 'name' })?.map(({ value }) => value);
    expect(counted).toEqual(ordered);
  });

  it.each<[string, string, string[]]>([
    ['es', 'ñ behind n', ['nube', 'nz', 'ñu', 'oso']],
    ['cs', 'ch behind h', ['cz', 'hz', 'chata', 'i']],
    ['ru', 'ё beside е', ['ёж', 'ежа', 'жук']],
    ['uk', 'ґ behind г', ['гяк', 'ґава', 'дім']],
    ['el', 'accents beside', ['αβ', 'άγ', 'βα']],
    ['tr', 'ı before i', ['hz', 'ısı', 'ile', 'jale']],
    ['ja', 'かな', ['あか', 'アキ', 'いか']],
    ['de-u-co-phonebk', 'ä as ae', ['Ad', 'Äd', 'Af']],
    ['ar', 'أ beside ا', ['أب', 'ات', 'باب']],
    ['hi', 'देवनागरी', ['अब', 'कमल', 'कमला']],
    ['th', 'vowels written before', ['กา', 'เกา', 'ขา']],
  ])('%s: %s', (language, _, ordered) => {
    expect(inOrder(ordered.toReversed(), {}, { language })).toEqual(ordered);
  });

  it('tells equal ones apart by their code units, and runs of digits by their number where asked', () => {
    expect(inOrder(['e\u0301', '\u00e9', 'a\u0000', 'a'], {})).toEqual(['a', 'a\u0000', 'e\u0301', '\u00e9']);
    const files = ['file10', 'file2', 'file1'];
    expect(inOrder(files)).toEqual(['file1', 'file10', 'file2']);
    expect(inOrder(files, { collation: 'numeric' })).toEqual(['file1', 'file2', 'file10']);
    expect(inOrder(['a', 'B', 'Ä'], { collation: 'none' })).toEqual(['B', 'a', 'Ä']);
    expect(inOrder(['a', 'B', 'Ä'])).toEqual(['a', 'Ä', 'B']);
  });

  it('takes of several the first, or the last where it descends', () => {
    const index = indexOf([['B', 'a'], 'b', ['Z', 'ä']]);
    const ids = (order: SortKey['order']) =>
      searchTokens(index, { query: { all: {} }, k: 9, sort: [{ field: 'name', order }] }).map(({ id }) => id);
    expect(ids('ascending')).toEqual(['a', 'c', 'b']);
    expect(ids('descending')).toEqual(['c', 'a', 'b']);
  });

  it('leaves ids by their code units', () => {
    const index = createTokenIndex(options);
    for (const id of ['b', 'B', 'ä', 'a']) index.add({ id, title: 'x' });
    const sort: SortKey[] = [{ field: 'id', order: 'ascending' }];
    expect(searchTokens(index, { query: { all: {} }, k: 9, sort }).map(({ id }) => id)).toEqual(['B', 'a', 'b', 'ä']);
  });

  it('holds in an index that lies in the order of code units, which numbers still use', () => {
    const sort: SortKey = { field: 'name', order: 'ascending' };
    expect(inOrder(['b', 'B', 'A', 'a', 'Ä'], {}, { sort })).toEqual(['a', 'A', 'Ä', 'b', 'B']);
    const index = indexOf([3, 'x', 2, 1], { sort });
    index.flush();
    expect(searchTokens(index, { query: { all: {} }, k: 2, sort: [sort] }).map(({ id }) => id)).toEqual(['d', 'c']);
  });

  it('orders facets by count and then by value, or by value alone', () => {
    const index = indexOf(['b', 'Ä', 'a', 'b', ['10', '9']]);
    const values = (facet: Partial<FacetRequest>) =>
      facetOf(index, { field: 'name', ...facet })?.map(({ value }) => value);
    expect(values({})).toEqual(['b', '10', '9', 'a', 'Ä']);
    expect(values({ order: 'value', size: 4 })).toEqual(['10', '9', 'a', 'Ä']);
    expect(values({ order: 'value', collation: 'numeric' })).toEqual(['9', '10', 'a', 'Ä', 'b']);
    expect(values({ collation: 'none' })).toEqual(['b', '10', '9', 'a', 'Ä']);
  });

  it('is not made for more texts than can be ordered in good time; they stand by their code units, which is told', () => {
    const index = createTokenIndex(options);
    const least = `${mostCollated}`.length;
    for (let i = 0; i <= mostCollated; i++)
      index.add({ id: `${i}`, title: 'x', sku: `${i % 2 === 0 ? 'a' : 'B'}${`${i}`.padStart(least, '0')}`, kind: 'k' });
    const first = (collation?: SortKey['collation']) =>
      searchTokens(index, { query: { all: {} }, k: 1, sort: [{ field: 'sku', order: 'ascending', collation }] })[0].id;
    expect([first(), first('none')]).toEqual(['1', '1']);
    expect(index.words.uncollated([{ field: 'kind' }, { field: 'sku' }, { field: 'id' }])).toEqual(new Set(['sku']));
    expect(index.words.uncollated([{ field: 'sku', collation: 'none' }])).toEqual(new Set());
    const sort: SortKey[] = [{ field: 'sku', order: 'ascending' }];
    expect(fieldWarnings({ sort, facets: [{ field: 'sku' }, { field: 'kind' }] }, index)).toEqual(
      ['sort', 'facets'].map(place => expect.stringMatching(`^${place}: .sku. has too many texts.*65,536`)),
    );
    expect(fieldWarnings({ sort: [{ ...sort[0], collation: 'none' }] }, index)).toEqual([]);
    index.remove('1');
    index.remove('0');
    return index.compact().then(() => expect(first()).toBe('2'));
  });
});

describe('collationOf', () => {
  it('keeps what it made', () => {
    expect(collationOf('en')).toBe(collationOf('en', 'language'));
    expect(collationOf('en', 'numeric')).not.toBe(collationOf('en'));
    expect(collationOf('en', 'none')).toBeUndefined();
  });
});
