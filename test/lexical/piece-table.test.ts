import { describe, expect, it } from 'vitest';
import { PieceTable } from '../../src/lexical/piece-table.js';

const known = (number: number) => ({ words: 1, length: 1, terms: [number], positions: [0], written: [] });
const termOf = (table: PieceTable, piece: number): number => table.numbers.data[table.start(piece) + 3];

describe('PieceTable', () => {
  it('tells pieces of the same hash apart by their characters', () => {
    const table = new PieceTable();
    const text = 'hose reel hoses';
    table.add(text, 0, 4, 7, known(1));
    table.add(text, 5, 9, 7, known(2));
    expect(termOf(table, table.find(text, 0, 4, 7))).toBe(1);
    expect(termOf(table, table.find(text, 5, 9, 7))).toBe(2);
    expect(table.find(text, 10, 15, 7)).toBe(-1);
    expect(table.find(text, 0, 4, 8)).toBe(-1);
  });

  it('begins anew when it is full, and knows the last one', () => {
    const table = new PieceTable();
    const most = 2 ** 17;
    for (let i = 0; i <= most; i++) table.add(`${i}`, 0, `${i}`.length, i, known(i));
    expect(table.find('0', 0, 1, 0)).toBe(-1);
    expect(termOf(table, table.find(`${most}`, 0, 6, most))).toBe(most);
  });
});
