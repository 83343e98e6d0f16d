import { describe, expect, it } from 'vitest';
import { leadsDown, withLevels } from '../../data/category-levels.js';

describe('withLevels', () => {
  it.each([
    [
      'Garden > Watering > Hoses',
      { 'c.lvl0': 'Garden', 'c.lvl1': 'Garden > Watering', 'c.lvl2': 'Garden > Watering > Hoses' },
    ],
    ['Garden>Hoses', { 'c.lvl0': 'Garden', 'c.lvl1': 'Garden > Hoses' }],
    ['Garden » Hoses ›', { 'c.lvl0': 'Garden', 'c.lvl1': 'Garden > Hoses' }],
    ['Garden', { 'c.lvl0': 'Garden' }],
    // of several ways each level has the different ones
    [
      ['Garden > Hoses', 'Garden > Sale', 'Sale'],
      { 'c.lvl0': ['Garden', 'Sale'], 'c.lvl1': ['Garden > Hoses', 'Garden > Sale'] },
    ],
    [5, {}],
    [undefined, {}],
  ])('gives each level with those above it: %j', (value, levels) => {
    const row = { id: 'a', ...(value !== undefined && { c: value }) };
    expect(withLevels(row, ['c', 'none'])).toEqual({ ...row, ...levels });
  });

  it('writes nothing over', () => {
    expect(withLevels({ c: 'A > B', 'c.lvl0': 'mine' }, ['c'])).toMatchObject({ 'c.lvl0': 'mine', 'c.lvl1': 'A > B' });
  });

  it('tells ways down from other text', () => {
    expect(['A > B', 'a>b', 'x » y'].every(leadsDown)).toBe(true);
    expect(['A', '> 5', 'A / B', `${'a'.repeat(500)} > b`].some(leadsDown)).toBe(false);
  });
});
