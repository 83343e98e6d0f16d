import fc from 'fast-check';
import { algorithms } from 'snowball-stemmers';
import { describe, expect, it } from 'vitest';
import { createStemmer, stemmedLanguages } from '../../src/text/stem.js';

const stem = (language: string, word: string): string | undefined => createStemmer(language)?.(word);

describe('createStemmer', () => {
  it('is Porter2 for English, not Porter: the examples where the two part', () => {
    // Porter (1980): gener, sky -> sky, die -> dy, commun.
    expect(stem('en', 'generously')).toBe('generous');
    expect(stem('en', 'dying')).toBe('die');
    expect(stem('en', 'communism')).toBe('communism');
    expect(stem('en', 'skies')).toBe('sky');
  });

  // Pairs of the vocabularies that snowballstem.org publishes with each algorithm.
  it.each([
    ['ca', 'abatuda', 'abat'],
    ['cs', 'agresivita', 'agresivit'],
    ['da', 'indtrængende', 'indtræng'],
    ['de', 'aufeinanderfolge', 'aufeinanderfolg'],
    ['en', 'consolation', 'consol'],
    ['es', 'chicharrones', 'chicharron'],
    ['eu', 'barrutiaren', 'barru'],
    ['fi', 'edeltäjiinsä', 'edeltäj'],
    ['fr', 'contournait', 'contourn'],
    ['ga', 'aithnítear', 'aithní'],
    ['hu', 'babakocsijáért', 'babakocs'],
    ['hy', 'ակումբի', 'ակումբ'],
    ['it', 'abbattuto', 'abbatt'],
    ['nl', 'lichamelijkheden', 'licham'],
    ['no', 'havnedistriktene', 'havnedistrikt'],
    ['pt', 'bobinho', 'bobinh'],
    ['ro', 'absolvit', 'absolv'],
    ['ru', 'важнейшие', 'важн'],
    ['sv', 'jaktkarlarne', 'jaktkarl'],
    ['tr', 'aksamında', 'aksam'],
  ])('stems as the published vocabulary does: %s %s -> %s', (language, word, expected) => {
    expect(stem(language, word)).toBe(expected);
  });

  it('serves every algorithm of the package but the older Porter', () => {
    expect(stemmedLanguages).toHaveLength(algorithms().length - 1);
    for (const language of stemmedLanguages) expect(stem(language, 'xyz'), language).toBeTypeOf('string');
  });

  it('has none for Korean and Chinese', () => {
    for (const language of ['ko', 'zh']) expect(createStemmer(language)).toBeUndefined();
  });

  it('leaves sizes and model numbers alone', () => {
    expect(stem('en', 't5s')).toBe('t5s');
  });

  it('never depends on the words before, never makes a word empty', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'aeiouyäéöşılnrstşdgcčкнига'), minLength: 1, maxLength: 14 });
    for (const language of stemmedLanguages) {
      const used = createStemmer(language);
      fc.assert(
        fc.property(letters, letters, (first, word) => {
          used?.(first);
          const stemmed = used?.(word);
          expect(stemmed).not.toBe('');
          expect(stemmed).toBe(stem(language, word));
        }),
        { numRuns: 100 },
      );
    }
  });
});
