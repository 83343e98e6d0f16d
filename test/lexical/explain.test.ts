import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Explanation } from '../../src/lexical/explain.js';
import { createTokenIndex } from '../../src/lexical/token-index.js';
import { explainTokens, searchTokens } from './ask.js';

const makeIndex = (): ReturnType<typeof createTokenIndex> =>
  createTokenIndex({ bm25: { k1: 0.9, b: 0.4 }, fieldWeights: { title: 1, description: 0.4 }, language: 'en' });
const sum = (parts: readonly Explanation[]): number => parts.reduce((total, part) => total + part.value, 0);

describe('explain', () => {
  it('adds up to the score, exactly, part by part', () => {
    const word = fc.constantFrom('red', 'blue', 'hat', 'shoe', 'warm', 'cold');
    const text = fc.array(word, { maxLength: 8 }).map(words => words.join(' '));
    fc.assert(
      fc.property(
        fc.array(fc.record({ title: text, description: text }), { minLength: 1, maxLength: 20 }),
        text,
        (rows, query) => {
          const index = makeIndex();
          rows.forEach((row, i) => {
            index.add({ id: String(i), ...row });
          });
          const hits = new Map(searchTokens(index, { text: query, k: 100 }).map(hit => [hit.id, hit.score]));
          rows.forEach((_, i) => {
            const whole = explainTokens(index, { text: query }, String(i));
            expect(whole?.value).toBe(hits.get(String(i)) ?? 0);
            expect(sum(whole?.details ?? [])).toBe(whole?.value);
            for (const term of whole?.details ?? []) {
              const [idf, repeats, k1, frequency] = term.details;
              expect(sum(frequency.details)).toBe(frequency.value);
              expect((idf.value * repeats.value * frequency.value) / (k1.value + frequency.value)).toBe(term.value);
            }
          });
        },
      ),
    );
  });

  it('names what went into it', () => {
    const index = makeIndex();
    index.add({ id: 'a', title: 'Red hats', description: 'a hat' });
    index.add({ id: 'b', title: 'shoe' });
    const [term] = explainTokens(index, { text: 'hats' }, 'a')?.details ?? [];
    expect(term.description).toContain('term "hat"');
    expect(term.details[0].description).toBe('idf: N 2, df 1');
    expect(term.details[3].details.map(part => part.description)).toEqual([
      'description: tf 1, length 2, average length 2',
      'title: tf 1, length 2, average length 1.5',
    ]);
  });

  it('says how a term that was not typed came in', () => {
    const index = createTokenIndex({
      bm25: { k1: 0.9, b: 0.4 },
      fieldWeights: { title: 1 },
      language: 'en',
      spelling: true,
    });
    for (let i = 0; i < 5; i++) index.add({ id: String(i), title: 'brass faucet over the deck, deckover' });
    const described = (text: string): string[] =>
      (explainTokens(index, { text }, '0')?.details ?? []).map(({ description }) => description.split(',')[0]).sort();
    expect(described('faucit')).toEqual(['term "faucet" (corrected from "faucit")']);
    expect(described('Deck over')).toEqual(['term "deck"', 'term "deckov" (joined from "Deck over")', 'term "over"']);
    expect(described('brassfaucet')).toEqual([
      'term "brass" (split from "brassfaucet")',
      'term "faucet" (split from "brassfaucet")',
    ]);
    // typed and corrected: one term that counts 1.8 times
    const [both] = explainTokens(index, { text: 'faucet faucit' }, '0')?.details ?? [];
    expect(both.description).toContain('term "faucet" (corrected from "faucit")');
    expect(both.details[1].value).toBe(1.8);
  });

  it('is a plain 0 for a document without a term of the query, nothing for an unknown one', () => {
    const index = makeIndex();
    index.add({ id: 'a', title: 'hat' });
    expect(explainTokens(index, { text: 'shoe' }, 'a')).toMatchObject({ value: 0, details: [] });
    expect(explainTokens(index, { text: 'hat' }, 'b')).toBeUndefined();
  });
});
