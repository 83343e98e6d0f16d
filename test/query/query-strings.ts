import fc from 'fast-check';
import type { QueryStringOptions } from '../../src/query/parse-query.js';

const attributes = new Set(['price', 'brand', 'date', 'images', 'Upper']);

export const options: QueryStringOptions = {
  fields: ['title', 'description'],
  attributes: name => attributes.has(name),
  now: Date.parse('2025-03-04T05:06:07.89Z'),
};

/** Pieces that operators are made of, whole and broken. */
export const fragments: readonly string[] = [
  ...[
    'red',
    'shoes',
    'a',
    'B',
    'ÉTÉ',
    '字',
    '5',
    '27',
    '0.5',
    '"',
    '“',
    '”',
    '„',
    "'",
    '+',
    '-',
    '--',
    '~',
    '~1',
    '~9',
  ],
  ...['*', '^', '^2', '^.5', '^1', '^1e-7', '^0', '(', ')', '((', '))', ') ', ' (', '[', ']', '{', '}', ':', '/', '//'],
  ...[
    'AND',
    'OR',
    'NOT',
    'TO',
    ' AND ',
    ' OR ',
    ' NOT ',
    ' TO ',
    ' ',
    '  ',
    '\t',
    '\u3000',
    '*:*',
    '_exists_:',
    '!',
    '🙂',
  ],
  ...[
    'title:',
    'description:',
    'title:(',
    'price:',
    'brand:',
    'brand:(',
    'date:',
    'images:',
    'Upper:',
    'nope:',
    'http://',
  ],
  ...[
    '"a b"',
    ' "a b"',
    '"a b"~2',
    '“c d”',
    'f(x)',
    'pre*',
    ' fuzy~1',
    'word^2',
    ' -x',
    ' +y',
    '>',
    '>=',
    '<',
    '<=5',
    '>1e3',
  ],
  ...[
    '[1 TO 5]',
    '{1 TO 5}',
    '[* TO 5}',
    '[2024-01-01 TO now]',
    'price:<5',
    'price:[1 TO ',
    ' TO 5]',
    'brand:acme',
    '&',
    ',',
  ],
  ...['brand:(x "y z" 5)', ' brand:true', '_exists_:images', '2024-02-29', 'now', '\\', '|', '@', '#', '.', '5"', 'x"'],
];

export const operatorString = fc
  .array(fc.oneof(fc.constantFrom(...fragments), fc.constant(' ')), { maxLength: 24 })
  .map(pieces => pieces.join(''));

/** Strings of UTF-16 units, halves of pairs and control characters among them. */
export const anyString = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 64 }),
  fc.string({ unit: 'grapheme', maxLength: 64 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 64 }).map(units => String.fromCharCode(...units)),
  fc.array(fc.integer({ min: 0, max: 0x7f }), { maxLength: 128 }).map(units => String.fromCharCode(...units)),
);
