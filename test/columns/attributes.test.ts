import { describe, expect, it } from 'vitest';
import { type Attributes, bounds, flattenDocument, textPaths } from '../../src/columns/attributes.js';
import { keptText, shownText } from '../../src/columns/long-text.js';

const flatten = (attributes: Record<string, unknown>, indexed: string[] = []): Attributes =>
  flattenDocument({ ...attributes, id: '1', title: 'lamp' }, textPaths(indexed));
const none = { numbers: [], dates: [], keywords: [], booleans: [], points: [] };
const of = (attributes: Record<string, unknown>, path: string) => {
  const found = flatten(attributes).get(path);
  return (
    found &&
    Object.fromEntries(Object.keys(none).map(kind => [kind, Object.entries(found).find(([k]) => k === kind)?.[1]]))
  );
};

describe('flattenDocument', () => {
  it('makes dotted paths of objects and several values of lists, of objects too', () => {
    const variants = [{ price: 3, colour: 'red' }, { price: 1 }, { price: [2, 3], colour: ['blue', null] }];
    expect(of({ variants }, 'variants.price')).toEqual({ ...none, numbers: [1, 2, 3] });
    expect(of({ variants }, 'variants.colour')).toEqual({ ...none, keywords: ['blue', 'red'] });
    expect(of({ variants }, 'variants')).toEqual(none);
    expect(of({ specs: { weight: 5 }, 'specs.weight': 4 }, 'specs.weight')).toEqual({ ...none, numbers: [4, 5] });
    expect(of({ a: [[1, [2]], []] }, 'a')).toEqual({ ...none, numbers: [1, 2] });
  });

  it('tells types by their values, all under one path', () => {
    const a = [true, 5, 'x', '2024-02-29', false, -0, true, { lat: 1, lon: 2, name: 'home' }, null];
    expect(of({ a }, 'a')).toEqual({
      numbers: [0, 5],
      dates: [Date.UTC(2024, 1, 29)],
      keywords: ['2024-02-29', 'x'],
      booleans: [false, true],
      points: [{ lat: 1, lon: 2 }],
    });
    expect(Object.is(flatten({ a: -0 }).get('a')?.numbers[0], 0)).toBe(true);
    expect(of({ a }, 'a.name')).toEqual({ ...none, keywords: ['home'] });
    expect([...flatten({ a }).keys()]).toEqual(['a', 'a.name', 'title']);
  });

  it('passes over what is absent: null, empty lists, and the id, which is kept already', () => {
    expect([...flatten({ a: null, b: [], c: [null, []], d: undefined }).keys()]).toEqual(['title']);
    expect(of({ a: {} }, 'a')).toEqual(none);
    expect(of({ a: [{}] }, 'a')).toEqual(none);
  });

  it.each([{ lat: 91, lon: 0 }, { lat: 0, lon: -181 }, { lat: '1', lon: 2 }, { lat: 1 }, { lat: Number.NaN, lon: 1 }])(
    'takes %o for no point but an object',
    value => {
      expect(flatten({ a: value }).get('a')?.points).toEqual([]);
      expect(flatten({ a: value }).has('a.lat')).toBe(true);
    },
  );

  it('keeps keys that are no ordinary ones', () => {
    const document = JSON.parse('{"id": "1", "title": "t", "__proto__": {"": 1, "constructor": 2}, "": {"a": 3}}');
    expect([...flattenDocument(document, textPaths([])).keys()]).toEqual([
      'title',
      '__proto__',
      '__proto__.',
      '__proto__.constructor',
      '',
      '.a',
    ]);
  });

  it('keeps the first paths, levels and values', () => {
    const many = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`k${i}`, i]));
    expect([...flatten(many).keys()]).toEqual(Array.from({ length: bounds.paths }, (_, i) => `k${i}`));
    const list = Array.from({ length: 3000 }, (_, i) => 3000 - i);
    expect(flatten({ list }).get('list')?.numbers).toEqual(list.slice(0, bounds.values).reverse());
    expect(flatten({ ['x'.repeat(257)]: 1 }).size).toBe(1);
    let deep: unknown = 1;
    for (let i = 0; i < 20; i++) deep = { d: deep };
    // the attribute itself and eight levels below it
    expect([...flatten({ d: deep }).keys()].filter(path => path.startsWith('d'))).toHaveLength(bounds.depth + 1);
    let nested: unknown = 1;
    for (let i = 0; i < 100_000; i++) nested = [nested];
    expect(flatten({ nested }).has('nested')).toBe(false);
  });

  it('keeps long strings so that equal ones alone are equal', () => {
    const [long, longer] = ['x'.repeat(257), 'x'.repeat(258)];
    expect(new Set([keptText(long), keptText(longer), keptText('x'.repeat(256))]).size).toBe(3);
    expect(keptText(long)).toHaveLength(256 + 64);
    expect(keptText(`${'x'.repeat(300)}\ud800`)).not.toBe(keptText(`${'x'.repeat(300)}\ud801`));
    expect(flatten({ a: long }).get('a')?.keywords).toEqual([keptText(long)]);
    expect(shownText(keptText(long))).toBe(`${'x'.repeat(256)}…`);
    expect(shownText('x'.repeat(256))).toBe('x'.repeat(256));
  });

  it('keeps of indexed fields what is short, of titles, descriptions and images nothing but that they are there', () => {
    const [short, long] = ['x'.repeat(64), 'x'.repeat(65)];
    const kept = flatten({ brand: [short, long], images: ['a'], other: long, description: long }, ['brand', 'title']);
    expect(kept.get('brand')?.keywords).toEqual([short]);
    expect([kept.get('images')?.keywords, kept.get('description')?.keywords]).toEqual([[], []]);
    expect(kept.get('other')?.keywords).toEqual([long]);
    expect(kept.get('title')?.keywords).toEqual([]);
  });
});
