import { describe, expect, it } from 'vitest';
import { indexingSchema, resolveAttributeWeight } from '../../src/config/indexing.js';
import { documentRowSchema } from '../../src/config/rows.js';
import { attributeTexts, createAttributeTally, isSearched } from '../../src/lexical/attribute-texts.js';
import { indexFields } from '../../src/lexical/index-fields.js';
import { createTokenIndex } from '../../src/lexical/token-index.js';
import { searchTokens } from './ask.js';

const none = new Set<string>();
const row = (fields: Record<string, unknown>) => documentRowSchema.parse({ id: 'a', title: 'Lamp', ...fields });
const options = {
  bm25: { k1: 0.9, b: 0.4 },
  fieldWeights: { title: 1, description: 0.4 },
  attributeWeight: 0.2,
  language: 'en',
};

describe('attributeTexts', () => {
  it('takes strings and those of lists, by their paths, in the order of the document', () => {
    const document = row({
      brand: 'Acme',
      price: 5,
      sale: true,
      colours: ['red', 'Navy Blue', 7, null],
      specs: { material: 'oak', size: { label: 'XL' }, list: [{ name: 'deep' }] },
      description: 'not an attribute',
      country: 'GB',
      language: 'en',
      images: ['a.jpg'],
    });
    expect(attributeTexts(document, none).map(({ path, text }) => `${path}=${text}`)).toEqual([
      'brand=Acme',
      'colours=red',
      'colours=Navy Blue',
      'specs.material=oak',
      'specs.size.label=XL',
      'specs.list.name=deep',
    ]);
    expect(attributeTexts(document, new Set(['brand', 'specs'])).map(({ path }) => path)).toEqual([
      'colours',
      'colours',
    ]);
  });

  it.each([
    ['Acme & Co', true],
    ['x'.repeat(64), true],
    ['x'.repeat(65), false],
    ['', false],
    [' ', false],
    ['4006381333931', true], // an EAN
    ['006R90321', true],
    ['dv7-1211ea', true],
    ['12345678', true],
    ['1234567', false],
    ['5', false],
    ['8 - 90%', false],
    ['0 - 70 °C', true], // a unit is a word
    ['https://acme.example/a', false],
    ['HTTP://ACME', false],
    ['www.acme.example', false],
    ['data:image/png;base64,AAAA', false],
    ['mailto:a@b.example', false],
    ['2024-02-29', false],
    ['2024-02-29T10:00:00Z', false],
    ['東芝', true],
  ])('searches %j: %s', (text, searched) => expect(isSearched(text)).toBe(searched));

  it('is bounded in depth and in number', () => {
    let deep: unknown = 'end';
    for (let i = 0; i < 30; i++) deep = { a: deep };
    expect(attributeTexts(row({ deep }), none)).toEqual([]);
    const words = Array.from({ length: 5000 }, (_, i) => `word${i}`);
    expect(attributeTexts(row({ words }), none)).toHaveLength(1024);
  });
});

describe('the tally of attributes', () => {
  it('names those of most documents first, each document once, ties by name, 256 at most', () => {
    const tally = createAttributeTally();
    tally.note([
      { path: 'b', text: 'x' },
      { path: 'b', text: 'y' },
      { path: 'a', text: 'x' },
    ]);
    tally.note([{ path: 'c', text: 'x' }]);
    tally.note([{ path: 'c', text: 'z' }]);
    expect(tally.paths()).toEqual(['c', 'a', 'b']);
    for (let i = 0; i < 10_000; i++) tally.note([{ path: `p${i}`, text: 'x' }]);
    expect(tally.paths()).toHaveLength(256);
    expect(tally.paths()[0]).toBe('c');
  });
});

describe('the weight of attributes', () => {
  const weightOf = (given: object) => resolveAttributeWeight(indexingSchema.parse(given));

  it('is small beside the default fields, and 0 where fields are given, unless it is given too', () => {
    expect(weightOf({})).toBe(0.2);
    expect(weightOf({ fieldWeights: { description: 0.4, title: 1 } })).toBe(0.2);
    expect(weightOf({ fieldWeights: { title: 1 } })).toBe(0);
    expect(weightOf({ fieldWeights: { title: 2, description: 0.4 } })).toBe(0);
    expect(weightOf({ fieldWeights: { title: 1, description: 0.4, brand: 0.1 } })).toBe(0);
    expect(weightOf({ fieldWeights: { title: 1 }, attributeWeight: 0.3 })).toBe(0.3);
    expect(weightOf({ attributeWeight: 0 })).toBe(0);
  });

  it('leaves out the fields that are searched by themselves, also those of weight 0', () => {
    const fields = indexFields({ ...options, fieldWeights: { title: 1, brand: 0.5, sku: 0 } });
    expect(fields.names).toEqual(['attributes', 'brand', 'title']);
    expect(fields.weights()).toEqual([0.2, 0.5, 1]);
    const document = row({ brand: 'Acme', sku: 'ab-1', colour: 'red' });
    expect(fields.texts(document, 'attributes')).toEqual([{ path: 'colour', text: 'red' }]);
    expect(fields.texts(document, 'brand')).toEqual([{ path: 'brand', text: 'Acme' }]);
  });

  it('is refused where it is none, or where a field has its name already', () => {
    for (const bad of [
      { ...options, attributeWeight: -1 },
      { ...options, attributeWeight: Number.NaN },
      { ...options, fieldWeights: { attributes: 1 } },
    ])
      expect(() => createTokenIndex(bad)).toThrow(expect.objectContaining({ code: 'config/bad-value' }));
    expect(indexFields({ fieldWeights: { attributes: 1 } }).texts(row({ attributes: 'red' }), 'attributes')).toEqual([
      { path: 'attributes', text: 'red' },
    ]);
  });
});

describe('a token index that searches attributes', () => {
  const found = (index: ReturnType<typeof createTokenIndex>, text: string) =>
    searchTokens(index, { text, k: 9 }).map(({ id }) => id);

  it('finds a document by a word that stands in an attribute alone', () => {
    const index = createTokenIndex(options);
    index.add(row({ id: 'a', brand: 'Hewlett-Packard', ean: '4006381333931' }));
    index.add(row({ id: 'b', specs: { colour: 'Rouge' } }));
    expect([found(index, 'packard'), found(index, 'ROUGE'), found(index, '4006381333931')]).toEqual([
      ['a'],
      ['b'],
      ['a'],
    ]);
    expect(index.fields).toEqual(['attributes', 'description', 'title']);
  });

  it('scores as BM25F says: each field by its own mean length, the weighted sum saturated once', () => {
    const index = createTokenIndex(options);
    index.add(row({ id: 'a', title: 'lamp oak', brand: 'oak', colour: 'deep red' })); // attributes of 3 terms, title of 2
    index.add(row({ id: 'b', title: 'lamp' })); // no attributes: takes no part in their mean length
    const idf = Math.log(1 + (2 - 1 + 0.5) / 1.5);
    const inTitle = 1 / (1 - 0.4 + (0.4 * 2) / 1.5);
    const inAttributes = 0.2 / (1 - 0.4 + (0.4 * 3) / 3);
    const sum = inTitle + inAttributes;
    expect(searchTokens(index, { text: 'oak', k: 1 })[0].score).toBeCloseTo((idf * sum) / (0.9 + sum), 12);
  });

  it('does not let the attributes of a document dilute its title', () => {
    const index = createTokenIndex(options);
    const attributes = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`f${i}`, `filler${i}`]));
    index.add(row({ id: 'plain', title: 'garden hose' }));
    index.add(row({ id: 'rich', title: 'garden hose', ...attributes }));
    const [one, other] = searchTokens(index, { text: 'garden hose', k: 2 });
    expect(one.score).toBe(other.score);
  });

  it('joins no phrase across two attributes', () => {
    const index = createTokenIndex(options);
    index.add(row({ id: 'a', one: 'red', two: 'shoes' }));
    index.add(row({ id: 'b', one: 'red shoes' }));
    const query = { phrase: { text: 'red shoes', slop: 100 } };
    expect(searchTokens(index, { query, k: 9 }).map(({ id }) => id)).toEqual(['b']);
  });

  it('takes given tokens in their place', () => {
    const index = createTokenIndex(options);
    index.add(row({ id: 'a', brand: 'Acme', tokens: { attributes: ['bolt'] } }));
    expect([found(index, 'acme'), found(index, 'bolt')]).toEqual([[], ['a']]);
  });
});
