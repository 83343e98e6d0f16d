import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completeQuery } from '../../src/search/complete-query.js';
import { times, wordsOf } from './words.js';

const words = wordsOf([
  ...times(3, 'Kitchen faucet in chrome'),
  ...times(2, 'Kitchen fan'),
  ...times(4, 'Bathroom fan'),
  'Faux kitchen Batteries',
  ...times(6, 'battery charger'),
]);
const texts = (text: string, k = 10, of = words): string[] =>
  completeQuery(of, { text, k }).map(completion => completion.text);

describe('completeQuery', () => {
  it('writes the last word to its end, by how many documents hold the word beside those before', () => {
    // beside kitchen: faucet 3, fan 2, faux 1; fan alone would come first
    expect(texts('Kitchen fa', 3)).toEqual(['kitchen faucet', 'kitchen fan', 'kitchen faux']);
  });

  it('goes on with the most frequent words where there is none before', () => {
    // fan 6, faucet 3, faux 1
    expect(texts('fa').slice(0, 3)).toEqual(['fan', 'faucet', 'faux']);
  });

  it('finds a word that its stem does not begin with', () => {
    expect(texts('batterie')).toEqual(['batteries']);
  });

  it('adds a next word after a space, but no function word', () => {
    // chrome and faucet stand in three titles, fan in two, batteries and faux in one
    const next = ['chrome', 'faucet', 'fan', 'batteries', 'faux'].map(word => `kitchen ${word}`);
    expect(texts('kitchen ', 5).slice(0, 4)).toEqual(next.slice(0, 4));
    // of four places and more one is a title's
    expect(texts('kitchen ', 7).slice(0, 5)).toEqual(next);
  });

  it('names documents that are called so, with the id of one, behind the words', () => {
    expect(completeQuery(words, { text: 'faux kitchen b', k: 5 })).toEqual([
      { text: 'faux kitchen batteries', kind: 'word' },
      // another form of the same word; no document holds bathroom beside them
      { text: 'faux kitchen battery', kind: 'word' },
      { text: 'Faux kitchen Batteries', kind: 'title', id: '9' },
    ]);
    expect(texts('kitchen fa').slice(3).sort()).toEqual(['Kitchen fan', 'Kitchen faucet in chrome']);
  });

  it('gives at most as many as are wanted, each going on with the text, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 12 }), fc.integer({ min: 1, max: 5 }), (text, k) => {
        const found = completeQuery(words, { text, k });
        expect(found.length).toBeLessThanOrEqual(k);
        expect(new Set(found.map(({ kind, text: whole, id }) => `${kind} ${whole} ${id}`)).size).toBe(found.length);
      }),
    );
    expect(texts('')).toEqual([]);
    expect(texts('   ')).toEqual([]);
  });

  it('proposes no word that no document holds beside those before, and leaves a place to a title', () => {
    const shop = wordsOf(['Sac à main', 'Robe azul', 'Robe argent', 'Huile d’argan', 'Sac noir']);
    expect(completeQuery(shop, { text: 'sac a', k: 5 })).toEqual([
      { text: 'sac à', kind: 'word' },
      { text: 'Sac à main', kind: 'title', id: '0' },
    ]);
    const robes = texts('robe a', 5, shop);
    expect(robes.slice(0, 2)).toEqual(['robe argent', 'robe azul']);
    expect(robes.slice(2).sort()).toEqual(['Robe argent', 'Robe azul']);
  });

  it('goes on with an emoji by the titles that begin with it', () => {
    const pizza = wordsOf(['pizza 🍕 slicer', '🍕 party', '☕ mug']);
    expect(completeQuery(pizza, { text: '🍕', k: 5 })).toEqual([{ text: '🍕 party', kind: 'title', id: '1' }]);
  });

  it('follows writes', () => {
    const fresh = wordsOf(['garden hose']);
    fresh.put({ id: 'x', title: 'garden house' });
    expect(completeQuery(fresh, { text: 'garden ho', k: 5 }).map(({ text }) => text)).toContain('garden house');
    fresh.index.remove('x');
    expect(completeQuery(fresh, { text: 'garden ho', k: 5 }).map(({ text }) => text)).not.toContain('garden house');
  });
});
