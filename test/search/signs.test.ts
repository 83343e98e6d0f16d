import { describe, expect, it } from 'vitest';
import { shopOf } from './shop.js';

describe('a word with a sign', () => {
  const shop = shopOf([
    'C primer',
    'C++ primer',
    'C# primer',
    'F# primer',
    'F major primer',
    'Net primer',
    '.NET primer',
    'Disney primer',
    'Disney+ primer',
    'Google primer',
    'Google+ primer',
    'Type B badge',
    'Type B+ badge',
    'Galaxy S24 case',
    'Galaxy S24+ case',
    'Size 4 shoe',
    'Size 4+ shoe',
    'A++ fridge',
    'A fridge',
  ]);
  it.each([
    ['c++', 'C++ primer'],
    ['C++ primer', 'C++ primer'],
    ['c#', 'C# primer'],
    ['C＃', 'C# primer'],
    ['csharp', 'C# primer'],
    ['f#', 'F# primer'],
    ['.net', '.NET primer'],
    ['dotnet primer', '.NET primer'],
    ['disney+', 'Disney+ primer'],
    ['disney plus', 'Disney+ primer'],
    ['DisneyPlus', 'Disney+ primer'],
    ['google+', 'Google+ primer'],
    ['google plus primer', 'Google+ primer'],
    ['b+ badge', 'Type B+ badge'],
    ['type b plus', 'Type B+ badge'],
    ['s24+', 'Galaxy S24+ case'],
    ['s24plus', 'Galaxy S24+ case'],
    ['s24 plus case', 'Galaxy S24+ case'],
    ['size 4+', 'Size 4+ shoe'],
    ['a++ fridge', 'A++ fridge'],
  ])('%s finds what has it first', (text, title) => expect(shop.find(text)[0]).toBe(title));

  it.each([
    ['c', 'C primer'],
    ['disney', 'Disney primer'],
    ['net', 'Net primer'],
    ['s24 case', 'Galaxy S24 case'],
  ])('%s finds it too', (text, title) => {
    const first = shop.find(text).slice(0, 3);
    expect(first).toContain(title);
    expect(first.length).toBeGreaterThan(1);
  });

  it('is none where the sign says something else', () => {
    const other = shopOf(['3+4 sums', 'a+b maths', 'lb# 5', 'item #5', 'end. Next', 'x.y axis']);
    expect(other.find('plus')).toEqual([]);
    expect(other.find('sharp')).toEqual([]);
    expect(other.find('dotnext')).toEqual([]);
    expect(other.find('dot')).toEqual([]);
  });
});

describe('initials that an ampersand joins', () => {
  const names: readonly (readonly [string, readonly string[]])[] = [
    ['H&M gift card', ['h&m', 'hm', 'H & M', 'h m gift']],
    ['AT&T phone plan', ['at&t', 'att', 'AT & T']],
    ['R&B classics', ['r&b', 'rb classics', 'R & B']],
    ['B&B Wales', ['b&b', 'bb', 'B & B Wales']],
    ['Q&A book', ['q&a', 'qa book']],
    ['P&G soap', ['p&g', 'pg soap']],
    ['A&W root beer', ['a&w', 'aw beer']],
    ['S&P index', ['s&p', 'sp index']],
    ['D&D dice', ['d&d', 'dd dice']],
    ['M&S socks', ['m&s', 'ms socks']],
  ];
  const shop = shopOf([...names.map(([title]) => title), 'M size shirt', 'Gift card blue', 'Phone 5', 'Dice white']);
  it.each(names.flatMap(([title, ways]) => ways.map(way => [way, title] as const)))('%s finds %s', (way, title) => {
    expect(shop.find(way)[0]).toBe(title);
  });
});
