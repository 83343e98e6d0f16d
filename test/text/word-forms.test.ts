import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAnalyzer } from '../../src/text/analyzer.js';
import { stemmedLanguages } from '../../src/text/stem.js';

const variants = (language: string, text: string, beside?: string): string[] =>
  createAnalyzer(language, { beside })
    .analyze(text)
    .flatMap(token => token.variants?.map(({ term }) => term) ?? []);

describe('variants of a word', () => {
  it('are none where a word is written in one way only', () => {
    expect(variants('en', 'garden hose 9x15 dv71211ea running shoes gps')).toEqual([]);
    expect(variants('de', 'Haus')).toEqual([]);
    expect(variants('zh', '红色')).toEqual([]);
  });

  it('are the word without accents as the stemmer reads it, and a mark that there were some', () => {
    expect(variants('en', 'résumé')).toEqual(['resum', '´resum']);
    // the stem of both is the same: the mark alone tells them apart
    expect(variants('fr', 'électrique')).toEqual(['´electr']);
    expect(variants('de', 'Müller')).toEqual(['´mull']); // the stemmer reads mueller so too
    expect(variants('sv', 'Müller')).toEqual(['mull', '´mull', 'muell', '´muell']);
    expect(variants('en', 'كِتَاب')).toEqual(['كتاب']);
  });

  it('are the word without signs, and its pieces with their places', () => {
    const [token] = createAnalyzer('en').analyze('\u200eIMG_20_be\u00adach.jpg');
    expect(token.variants).toEqual([
      { term: 'img20beachjpg', share: 0.8 },
      { term: 'img', share: 0.125, piece: { start: 1, end: 4 } },
      { term: '20', share: 0.125, piece: { start: 5, end: 7 } },
      { term: 'beach', share: 0.125, piece: { start: 8, end: 14 } },
      { term: 'jpg', share: 0.125, piece: { start: 15, end: 18 } },
    ]);
    expect(variants('en', 'don’t')).toEqual(['dont']);
    expect(variants('en', '3.5 1,000 10_20')).toEqual(['10', '20']);
  });

  it('are what the chain of the index makes of a word of another language', () => {
    expect(variants('de', 'rote', 'en')).toEqual(['rote']);
    expect(variants('en', 'running', 'de')).toEqual(['running']);
    expect(variants('de', 'rote', 'de')).toEqual([]);
  });

  it('are at most 24, each once, none of them the term, for any word in any language', () => {
    const analyzers = ['und', ...stemmedLanguages].flatMap(language => [
      createAnalyzer(language),
      createAnalyzer(language, { beside: 'en' }),
    ]);
    const letters = fc.constantFrom(...'aénñüßøæ\'’._:"sS1٣дёצ\u05f4ةقأ\u200c้ำ🍕\u00ad');
    const words = fc.array(letters, { maxLength: 120 }).map(found => found.join(''));
    fc.assert(
      fc.property(fc.constantFrom(...analyzers), fc.oneof(words, fc.string({ unit: 'binary' })), (analyzer, text) => {
        for (const { term, variants = [] } of analyzer.analyze(text)) {
          expect(variants.length).toBeLessThanOrEqual(24);
          const all = [term, ...variants.map(variant => variant.term)];
          expect(new Set(all).size).toBe(all.length);
          for (const { term: other, share, piece } of variants) {
            expect(other).not.toBe('');
            expect(share).toBeGreaterThan(0);
            expect(share).toBeLessThan(1);
            if (piece !== undefined) {
              expect(piece.start).toBeLessThan(piece.end);
              expect(piece.end).toBeLessThanOrEqual(text.length);
            }
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});
