import { describe, expect, it } from 'vitest';
import { merge, setAt } from '../../src/config/tree.js';

const tree = JSON.parse('{ "a": { "b": 1, "list": [{ "x": 1, "y": 2 }, { "x": 3 }] } }');

describe('setAt', () => {
  it('lays a value on the place that the key names, and leaves the rest and the tree itself', () => {
    const before = structuredClone(tree);
    expect(setAt(tree, 'a.b', 2)).toEqual({ a: { b: 2, list: tree.a.list } });
    expect(setAt(tree, 'a.c.d', 2)).toEqual({ a: { ...tree.a, c: { d: 2 } } });
    expect(setAt(tree, 'a', { c: 1 })).toEqual({ a: { ...tree.a, c: 1 } });
    expect(setAt(tree, 'a.list', [])).toEqual({ a: { b: 1, list: [] } });
    expect(tree).toEqual(before);
  });

  it('names entries of lists by their number', () => {
    expect(setAt(tree, 'a.list.1.x', 4)).toEqual({ a: { b: 1, list: [{ x: 1, y: 2 }, { x: 4 }] } });
    expect(setAt(tree, 'a.list.0', { y: 5 })).toEqual({ a: { b: 1, list: [{ x: 1, y: 5 }, { x: 3 }] } });
  });

  it.each(['a.list.2', 'a.list.-1', 'a.list.x', 'a.list.', 'a.list.1e0'])('refuses the entry %s', key => {
    expect(() => setAt(tree, key, 0)).toThrow(RangeError);
  });

  it('keeps a key such as __proto__ as data', () => {
    const set = setAt({}, '__proto__.polluted', 1);
    expect(Object.keys(set)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('merge', () => {
  it('merges objects, and replaces lists and values', () => {
    expect(merge({ a: { b: 1, c: [1, 2] }, d: 1 }, { a: { c: [3] }, d: { e: 1 } })).toEqual({
      a: { b: 1, c: [3] },
      d: { e: 1 },
    });
  });
});
