import { describe, expect, it } from 'vitest';
import { createTokenIndex } from '../../src/lexical/token-index.js';
import { tokenCoverage } from '../../src/search/token-coverage.js';
import { indexing } from './fixture.js';

const settings = indexing({ closeness: false });
const { k1 } = settings.bm25;
const index = createTokenIndex({ ...settings, attributeWeight: 0 });
for (const title of ['red lamp', 'red shelf', 'green lamp', 'oak table']) index.add({ id: title, title });
const coverageOf = (text: string, language?: string): number =>
  tokenCoverage(index, { text, language }, index.search({ text, language, k: 10 }), k1);

describe('tokenCoverage', () => {
  it('is the score of the best document against .7 of what the words are worth', () => {
    const worth = (index.idf('red') + index.idf('lamp')) / (1 + k1);
    const [half] = [{ id: 'x', score: worth / 2 }];
    expect(tokenCoverage(index, { text: 'red lamp' }, [half], k1)).toBeCloseTo(0.5 / 0.7, 12);
  });

  it('is 1 where a document holds every word once in a field of average length', () => {
    expect(coverageOf('red lamp')).toBe(1);
    expect(coverageOf('table')).toBe(1);
  });

  it('falls with words that no document holds, which are worth the most', () => {
    const one = coverageOf('lamp leuchte');
    const two = coverageOf('lamp leuchte stehend');
    expect(one).toBeLessThan(1);
    expect(two).toBeLessThan(one);
    // lamp alone is found: its worth of that of both words, of which .7 is ordinary
    const found = index.search({ text: 'lamp', k: 1 })[0].score;
    expect(one).toBeCloseTo((found * (1 + k1)) / (0.7 * (index.idf('lamp') + index.idf('leuchte'))), 12);
  });

  it('is 1 where nothing was asked for in words, or nothing was found', () => {
    expect(coverageOf('...')).toBe(1);
    expect(coverageOf('leuchte')).toBe(1);
  });
});
