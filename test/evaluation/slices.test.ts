import { describe, expect, it } from 'vitest';
import { lengthSlice, sliceEvaluation } from '../../src/evaluation/slices.js';

const perQuery = new Map([
  ['a', { x: 1 }],
  ['b', { x: 0.5 }],
  ['c', { x: 0 }],
]);

describe('sliceEvaluation', () => {
  it('means by slice; queries without a label are shown', () => {
    const labels = new Map([
      ['a', { country: 'de', length: '10' }],
      ['b', { country: 'de', length: '9' }],
    ]);
    const found = sliceEvaluation(perQuery, labels).map(({ name, value, perQuery: rows, means }) => [
      name,
      value,
      rows.size,
      means.x,
    ]);
    expect(found).toEqual([
      ['country', '(none)', 1, 0],
      ['country', 'de', 2, 0.75],
      ['length', '(none)', 1, 0],
      ['length', '9', 1, 0.5],
      ['length', '10', 1, 1],
    ]);
  });

  it('no labels, no slices; labels of other queries make none', () => {
    expect(sliceEvaluation(perQuery, new Map())).toEqual([]);
    expect(sliceEvaluation(perQuery, new Map([['z', { country: 'de' }]]))).toEqual([]);
  });
});

describe('lengthSlice', () => {
  it('counts words in scripts with and without spaces', () => {
    expect(lengthSlice('angle bracket')).toBe('2');
    expect(lengthSlice('  wafer board, 19mm ')).toBe('3');
    expect(lengthSlice('one two three four five six')).toBe('5+');
    expect(lengthSlice('笑顔')).toBe('1');
    expect(lengthSlice('!')).toBe('0');
  });
});
