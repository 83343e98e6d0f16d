import { describe, expect, it } from 'vitest';
import { traitsOf } from '../../../data/profile/column-traits.js';

describe('what values are like', () => {
  it.each<[keyof ReturnType<typeof traitsOf>, readonly unknown[], number]>([
    ['numeric', ['1', 2, '3.5', 'x'], 0.75],
    ['whole', ['1', 2, '3.5', 'x'], 0.5],
    ['switched', ['true', false, 'Ja', 'perhaps'], 0.75],
    ['structured', [[1], { a: 1 }, 'x', 1], 0.5],
    ['address', ['https://a.example/x', '//b.example/y', 'ftp', 'x'], 0.5],
    ['picture', ['a/b.JPG', 'https://a.example/x.png?w=1', 'data:image/png;base64,x', 'a.pdf'], 0.75],
    ['picture', [['a.jpg', 'b.jpg'], 'a.jpg|b.jpg', 'see a.jpg'], 2 / 3],
    ['country', ['DE', 'gb', 'XX', 'Germany'], 0.5],
    ['language', ['de', 'en-GB', 'zh_Hant', 'yes'], 0.75],
    [
      'time',
      ['2024-05-01', '2024-05-01T10:00:00Z', 1714557700, 1714557700000, '1714557700000000', 'x', 12, '01.05.2024'],
      0.75,
    ],
    ['price', ['19,90 €', 5, 'x', '$1'], 0.75],
    ['currency', ['19,90 €', 5, 'x', '$1'], 0.5],
    ['markup', ['<p>x</p>', 'x < y', 'a<br/>b', 'x'], 0.5],
    ['lettered', ['x1', '1', 'ü', '-'], 0.5],
    ['meanLength', ['ab', 'abcd'], 3],
    ['meanWords', ['a b', 'a b c d'], 3],
    ['meanWords', ['庭の水やり'], 2.5],
    ['samples', ['a', 'b'], 2],
  ])('%s of %j', (trait, values, expected) => expect(traitsOf(values)[trait]).toBeCloseTo(expected, 12));

  it('are all 0 where there is none', () => {
    expect(Object.values(traitsOf([])).every(value => value === 0)).toBe(true);
  });
});
