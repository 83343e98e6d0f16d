/**
 * Word_Break classes (UAX #29) of the characters that the fast path of the segmenter knows.
 * The tables follow ICU; a test compares every character in them with Intl.Segmenter.
 */
export const wordClass = {
  other: 0,
  letter: 1,
  digit: 2,
  /** the underscore: joins letters and digits, is no word by itself */
  connector: 3,
  /** joins two letters */
  midLetter: 4,
  /** joins two digits */
  midNumber: 5,
  /** joins two letters or two digits */
  midBoth: 6,
  /** combining marks and format characters: belong to the character before */
  extend: 7,
  /** not in the table: the text goes to Intl.Segmenter */
  unknown: 8,
} as const;

export const tableSize = 0x2200;

type Ranges = readonly (number | readonly [number, number])[];

const letters: Ranges = [
  [0x41, 0x5a],
  [0x61, 0x7a],
  0xaa,
  0xb5,
  0xba,
  [0xc0, 0xd6],
  [0xd8, 0xf6],
  [0xf8, 0x2c1],
  [0x386, 0x386],
  [0x388, 0x38a],
  0x38c,
  [0x38e, 0x3a1],
  [0x3a3, 0x3f5],
  [0x3f7, 0x481],
  [0x48a, 0x52f],
  [0x1e00, 0x1eff],
];
const others: Ranges = [[0x2010, 0x2015], [0x201a, 0x2022], 0x2026, 0x2030, 0x20ac];
const extenders: Ranges = [0xad, [0x300, 0x36f], [0x483, 0x489]];

/** @returns class per UTF-16 unit below `tableSize`; 8 KB */
export function wordClassTable(): Uint8Array {
  const table = new Uint8Array(tableSize).fill(wordClass.unknown);
  table.fill(wordClass.other, 0, 0x250);
  table[0xb8] = wordClass.unknown; // a letter since Unicode 16; NFKC takes it apart anyway
  const set = (ranges: Ranges, value: number): void => {
    for (const range of ranges) {
      const [from, to] = typeof range === 'number' ? [range, range] : range;
      table.fill(value, from, to + 1);
    }
  };
  set(others, wordClass.other);
  set(letters, wordClass.letter);
  set(extenders, wordClass.extend);
  set([[0x30, 0x39]], wordClass.digit);
  set([0x5f], wordClass.connector);
  set([0x3a, 0xb7, 0x387], wordClass.midLetter);
  set([0x2c, 0x3b], wordClass.midNumber);
  set([0x27, 0x2e, 0x2018, 0x2019], wordClass.midBoth);
  return table;
}
