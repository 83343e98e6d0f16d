import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAnalyzer, longestText } from '../../src/text/analyzer.js';
import { stemmedLanguages } from '../../src/text/stem.js';
import { stopWordLanguages } from '../../src/text/stop-words.js';

const terms = (language: string, text: string): string[] =>
  createAnalyzer(language)
    .analyze(text)
    .map(token => token.term);
const units = fc.array(fc.nat(0xffff), { maxLength: 40 }).map(codes => String.fromCharCode(...codes));
const anyText = fc.oneof(units, fc.string(), fc.string({ unit: 'grapheme' }), fc.lorem());

describe('createAnalyzer', () => {
  it('gives terms with positions and spans of the input', () => {
    expect(createAnalyzer('en').analyze("The DOG's cafés™")).toEqual([
      { term: 'the', position: 0, start: 0, end: 3, stop: true },
      { term: 'dog', position: 1, start: 4, end: 9 },
      { term: 'cafe', position: 2, start: 10, end: 15, variants: [{ term: '\u00b4cafe', share: 0.1 }] },
    ]);
  });

  it('brings the forms of a word together, language by language', () => {
    expect(terms('en', 'running runs')).toEqual(['run', 'run']);
    expect(terms('de', 'Häuser Haus')).toEqual(['haus', 'haus']);
    expect(terms('fr', "L’eau d'été")).toEqual(['eau', 'ete']);
    expect(terms('it', "dell'acqua")).toEqual(terms('it', 'acqua'));
    expect(terms('es', 'teléfono')).toEqual(terms('es', 'telefono'));
    expect(terms('es', 'año')).not.toEqual(terms('es', 'ano'));
    expect(terms('ru', 'Ёлки')).toEqual(terms('ru', 'елка'));
    expect(terms('tr', "İstanbul'da")).toEqual(['istanbul']);
    expect(terms('el', 'ΟΔΟΣ')).toEqual(terms('el', 'οδός'));
    expect(terms('ar', 'أحمد')).toEqual(terms('ar', 'احمد'));
    expect(terms('ja', 'ﾊﾟﾅｿﾆｯｸ')).toEqual(['パナソニック']);
    expect(terms('sv', 'räka')).not.toEqual(terms('sv', 'raka'));
    expect(terms('und', 'Räka running')).toEqual(['raka', 'running']);
  });

  it('keeps vowel signs of Devanagari and voicing marks of Japanese', () => {
    expect(terms('hi', 'दिल')).toEqual(['दिल']);
    expect(terms('und', 'が')).not.toEqual(terms('und', 'か'));
  });

  it('reads regions, scripts, underscores and old codes, and falls back to the neutral chain', () => {
    expect(createAnalyzer('de-CH').language).toBe('de');
    expect(createAnalyzer('en_US').language).toBe('en');
    expect(createAnalyzer('zh-Hant').language).toBe('zh');
    expect(createAnalyzer('nb').language).toBe('no');
    expect(createAnalyzer('iw').language).toBe('he');
    expect(createAnalyzer('sw').language).toBe('und');
    expect(createAnalyzer('und').language).toBe('und');
  });

  it('refuses what is no language tag', () => {
    for (const tag of ['', 'e', 'english language', '!!', 'en--us', '__proto__']) {
      expect(() => createAnalyzer(tag), tag).toThrow(expect.objectContaining({ code: 'text/bad-language' }));
    }
  });

  it('shows every step in order', () => {
    const steps = createAnalyzer('en').steps("The dog's Cafés");
    const shown = steps.map(({ name, tokens }) => [name, tokens.map(token => token.term).join(' ')]);
    expect(shown).toEqual([
      ['normal form', "the dog's cafés"],
      ['words', "the dog's cafés"],
      ['measures', "the dog's cafés"],
      ['apostrophes', 'the dog cafés'],
      ['letter variants', 'the dog cafés'],
      ['stop words', 'the dog cafés'],
      ['stem', 'the dog café'],
      ['accents', 'the dog cafe'],
      ['variants', 'the dog cafe'],
    ]);
    expect(steps.slice(-4, -1).map(({ tokens }) => tokens.map(({ stop }) => stop === true))).toEqual([
      [true, false, false],
      [true, false, false],
      [true, false, false],
    ]);
  });

  it('keeps stop words as they are written, and lets no other word become one', () => {
    const stops = (language: string, text: string) =>
      createAnalyzer(language)
        .analyze(text)
        .map(({ term, stop }) => (stop ? `${term}*` : term));
    expect(stops('en', 'This was IT')).toEqual(['this*', 'was*', 'it*']);
    // its stem would be are
    expect(stops('en', 'Ares are')).toEqual(['ares', 'are*']);
    expect(stops('de', 'Über die Brücken')).toEqual(['uber*', 'die*', 'bruck']);
    expect(stops('fr', "l'île où")).toEqual(['ile', 'ou*']);
    expect(stops('und', 'the')).toEqual(['the']);
    expect(createAnalyzer('de').stopWords).toContain('uber');
  });

  it('drops stop words in its first version', () => {
    const first = createAnalyzer('en', { analysis: 1 });
    expect(first.analyze('The Ares of it')).toEqual([{ term: 'are', position: 1, start: 4, end: 8 }]);
    expect(first.steps('the of').at(-1)?.tokens).toEqual([]);
    expect(first.stopWords.size).toBe(0);
  });

  it('ends its steps where analyze ends, for any text in any language, with spans in order inside the input', () => {
    const languages = [...new Set(['und', ...stemmedLanguages, ...stopWordLanguages])];
    const analyzers = languages.map(language => createAnalyzer(language));
    fc.assert(
      fc.property(fc.constantFrom(...analyzers), anyText, (analyzer, text) => {
        const tokens = analyzer.analyze(text);
        expect(analyzer.steps(text).at(-1)?.tokens).toEqual(tokens);
        expect(analyzer.analyze(text)).toEqual(tokens);
        tokens.forEach((token, i) => {
          expect(token.term).not.toBe('');
          expect(token.start).toBeLessThan(token.end);
          expect(token.end).toBeLessThanOrEqual(text.length);
          if (i > 0) expect(token.position).toBeGreaterThan(tokens[i - 1].position);
        });
      }),
      { numRuns: 1000 },
    );
  });

  it('analyses the first part of a very long text alone, and cuts no character in two', () => {
    const analyzer = createAnalyzer('en');
    const tokens = analyzer.analyze('xy '.repeat(longestText / 2));
    // three units a word, and one is left over at the limit
    expect(tokens).toHaveLength(Math.floor(longestText / 3) + 1);
    expect(tokens.at(-1)).toMatchObject({ term: 'x', end: longestText });
    const long = `x${'\u{20000}'.repeat(longestText)}`;
    const found = analyzer.analyze(long);
    expect(found.at(-1)?.end).toBe(longestText - 1);
    expect(analyzer.steps(long).at(-1)?.tokens).toHaveLength(found.length);
  });
});
