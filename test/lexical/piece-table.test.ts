import { describe, expect, it } from 'vitest';
import { GrowingArray } from '../../src/lexical/growing-array.js';
import { PieceTable } from '../../src/lexical/piece-table.js';

const growing = (...values: number[]) => new GrowingArray(Uint32Array.from(values), values.length);
const known = (number: number) => ({
  words: 1,
  length: 1,
  terms: growing(number),
  positions: growing(0),
  written: growing(number + 1, number + 2),
});
const termOf = (table: PieceTable, piece: number): number => table.numbers[piece + 4];
/** Words, length, terms and written words, then these with the positions. */
const numbersOf = (table: PieceTable, piece: number): number[] => [...table.numbers.subarray(piece, piece + 8)];
const wanted = (number: number): number[] => [1, 1, 1, 2, number, 0, number + 1, number + 2];

describe('PieceTable', () => {
  it('tells pieces of the same hash apart by their characters', () => {
    const table = new PieceTable();
    const text = 'hose reel hoses';
    table.add(text, 0, 4, 7, known(1));
    table.add(text, 5, 9, 7, known(2));
    expect(termOf(table, table.find(text, 0, 4, 7))).toBe(1);
    expect(termOf(table, table.find(text, 5, 9, 7))).toBe(2);
    expect(table.find(text, 10, 15, 7)).toBe(-1);
    // the last of an odd number of characters counts too
    table.add(text, 10, 15, 7, known(3));
    expect(table.find('hoser', 0, 5, 7)).toBe(-1);
    expect(termOf(table, table.find(text, 10, 15, 7))).toBe(3);
    expect(table.find(text, 0, 4, 8)).toBe(-1);
  });

  it('forgets what was not met while as many others came as it holds, and knows the rest', () => {
    const table = new PieceTable();
    const most = 2 ** 17;
    const text = (i: number): string => `${i}`;
    const add = (i: number): number => table.add(text(i), 0, text(i).length, i, known(i));
    const find = (i: number): number => table.find(text(i), 0, text(i).length, i);
    for (let i = 0; i < most; i++) add(i);
    expect(termOf(table, find(1))).toBe(1);
    for (let i = most; i < 2 * most; i++) {
      add(i);
      if (i % 1000 === 0) expect(termOf(table, find(1))).toBe(1);
    }
    for (let i = 2 * most; i < 2 * most + 10; i++) add(i);
    expect(find(0)).toBe(-1);
    for (const each of [1, most + 5, 2 * most + 3]) expect(numbersOf(table, find(each))).toEqual(wanted(each));
  });
});
