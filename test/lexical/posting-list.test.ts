import { describe, expect, it } from 'vitest';
import { PostingList } from '../../src/lexical/posting-list.js';
import { maxFrequency } from '../../src/lexical/posting-writer.js';

const entries = (list: PostingList): [slot: number, field: number, tf: number][] => {
  const found: [number, number, number][] = [];
  for (let i = 0; i < list.length; i += 2) {
    found.push([list.data[i], list.data[i + 1] >>> 24, list.data[i + 1] & maxFrequency]);
  }
  return found;
};

describe('PostingList', () => {
  it('counts occurrences by document and field, fields up to 255 too, and keeps their positions', () => {
    const list = new PostingList();
    expect([0, 0, 255].map((field, i) => list.append(3, field, 10 * i) === (i === 0))).toEqual([true, true, true]);
    expect(list.append(7, 1, 4)).toBe(true);
    expect(entries(list)).toEqual([
      [3, 0, 2],
      [3, 255, 1],
      [7, 1, 1],
    ]);
    expect(list.positions).toEqual([0, 10, 20, 4]);
    expect(list.df).toBe(2);
  });

  it('drops the dead when they outweigh the living, not before, with their positions', () => {
    const list = new PostingList();
    for (let slot = 0; slot < 34; slot++) {
      list.append(slot, 0, slot);
      list.append(slot, 0, slot + 100);
    }
    const alive = (slot: number): boolean => slot % 2 === 1;
    for (let slot = 0; slot < 34; slot += 2) list.lose(alive);
    expect(list.length).toBe(68); // 17 dead, 17 alive
    list.lose(slot => alive(slot) && slot !== 33);
    const left = Array.from({ length: 16 }, (_, i) => 2 * i + 1);
    expect(entries(list)).toEqual(left.map(slot => [slot, 0, 2]));
    expect(list.positions).toEqual(left.flatMap(slot => [slot, slot + 100]));
    expect(list.df).toBe(16);
  });
});
