import { describe, expect, it } from 'vitest';
import { maxFrequency, PostingList } from '../../src/lexical/posting-list.js';

const entries = (list: PostingList): [slot: number, field: number, tf: number][] => {
  const found: [number, number, number][] = [];
  for (let i = 0; i < list.length; i += 2) {
    found.push([list.data[i], list.data[i + 1] >>> 24, list.data[i + 1] & maxFrequency]);
  }
  return found;
};

describe('PostingList', () => {
  it('counts occurrences by document and field, fields up to 255 too', () => {
    const list = new PostingList();
    expect([0, 0, 255].map((field, i) => list.append(3, field) === (i === 0))).toEqual([true, true, true]);
    expect(list.append(7, 1)).toBe(true);
    expect(entries(list)).toEqual([
      [3, 0, 2],
      [3, 255, 1],
      [7, 1, 1],
    ]);
    expect(list.df).toBe(2);
    expect([list.find(3), list.find(7), list.find(5), list.find(9)]).toEqual([0, 4, 6, 6]);
  });

  it('stops at the highest frequency instead of running into the field', () => {
    const list = new PostingList(Uint32Array.of(0, maxFrequency - 1), 2);
    list.append(0, 0);
    list.append(0, 0);
    expect(entries(list)).toEqual([[0, 0, maxFrequency]]);
  });

  it('drops the dead when they outweigh the living, not before', () => {
    const list = new PostingList();
    for (let slot = 0; slot < 34; slot++) list.append(slot, 0);
    const alive = (slot: number): boolean => slot % 2 === 1;
    for (let slot = 0; slot < 34; slot += 2) list.lose(alive);
    expect(list.length).toBe(68); // 17 dead, 17 alive
    list.lose(slot => alive(slot) && slot !== 33);
    expect(entries(list).map(([slot]) => slot)).toEqual(Array.from({ length: 16 }, (_, i) => 2 * i + 1));
    expect(list.df).toBe(16);
  });
});
