import { describe, expect, it } from 'vitest';
import { drawKnownItems } from '../../data/known-items.js';
import { pseudoQuerySchema } from '../../src/config/training.js';

const config = pseudoQuerySchema.parse({ typoShare: 0 });
const documents = [
  { id: 'a', title: 'red lamp', country: 'de', language: 'de' },
  { id: 'b', title: '...' },
  { id: 'c', title: 'oak table', description: 'for six people' },
];

describe('drawKnownItems', () => {
  it('asks for each document that has words, by words of its own', () => {
    const { queries, qrels } = drawKnownItems(documents, config, 1);
    expect([...qrels]).toEqual([
      ['q0', new Map([['a', 1]])],
      ['q1', new Map([['c', 1]])],
    ]);
    expect(queries.map(({ id }) => id)).toEqual(['q0', 'q1']);
    expect(queries[0]).toMatchObject({ country: 'de', language: 'de' });
    const words = [
      ['red', 'lamp'],
      ['oak', 'table', 'for', 'six', 'people'],
    ];
    queries.forEach(({ text }, q) => {
      expect(words[q]).toEqual(expect.arrayContaining(text.split(' ')));
    });
  });

  it('draws the same queries from the same seed, and others from another', () => {
    const many = Array.from({ length: 50 }, (_, i) => ({ id: `d${i}`, title: `one two three four five ${i}` }));
    expect(drawKnownItems(many, config, 7)).toEqual(drawKnownItems(many, config, 7));
    expect(drawKnownItems(many, config, 7)).not.toEqual(drawKnownItems(many, config, 8));
  });
});
