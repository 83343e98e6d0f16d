import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAnalyzer } from '../../src/text/analyzer.js';
import { synonymStep } from '../../src/text/synonym-step.js';
import { compileSynonyms, expandSynonyms, mostRules, parseSynonyms } from '../../src/text/synonyms.js';

const analyzer = createAnalyzer('en');
const expand = (text: string, ...rules: string[]) =>
  expandSynonyms(analyzer.analyze(text), compileSynonyms(parseSynonyms(rules), analyzer));
/** [written tokens, keeps, alternatives] */
const shown = (text: string, ...rules: string[]) => {
  const tokens = analyzer.analyze(text);
  return expand(text, ...rules).map(({ from, to, keeps, alternatives }) => [
    tokens
      .slice(from, to)
      .map(({ term }) => term)
      .join(' '),
    keeps,
    alternatives.map(({ terms }) => terms.map(({ term }) => term).join(' ')),
  ]);
};

describe('parseSynonyms', () => {
  it('reads both forms, escapes, comments and empty lines', () => {
    expect(
      parseSynonyms(['# tv', '', 'tv,  television ,telly', 'couch, settee => sofa', 'a\\,b, c\\=>d => e\\\\']),
    ).toEqual([
      { from: ['tv', 'television', 'telly'], to: ['tv', 'television', 'telly'], keeps: true },
      { from: ['couch', 'settee'], to: ['sofa'], keeps: false },
      { from: ['a,b', 'c=>d'], to: ['e\\'], keeps: false },
    ]);
  });

  it.each([
    ['a word alone', 'tv'],
    ['an empty alternative', 'tv,,telly'],
    ['nothing on the right', 'tv =>'],
    ['two arrows', 'a => b => c'],
    ['too many words', `a, ${'w '.repeat(17)}`],
    ['too long an alternative', `a, ${'w'.repeat(256)}`],
    ['too many alternatives', Array.from({ length: 101 }, (_, i) => `w${i}`).join(',')],
    ['too long a rule', `a, ${' '.repeat(32_768)}b`],
  ])('refuses %s and names the line', (_name, rule) => {
    expect(() => parseSynonyms(['a, b', rule])).toThrow(
      expect.objectContaining({ code: 'text/bad-synonyms', details: { line: 2 } }),
    );
  });

  it('refuses too many rules', () => {
    const rules = Array.from({ length: mostRules + 1 }, (_, i) => `a${i}, b${i}`);
    expect(() => parseSynonyms(rules)).toThrow(expect.objectContaining({ code: 'text/bad-synonyms' }));
    expect(parseSynonyms(rules.slice(1))).toHaveLength(mostRules);
  });
});

describe('expandSynonyms', () => {
  it('leads both ways, from one word and from many', () => {
    const rule = 'new york, ny, big apple';
    expect(shown('pizza in New York', rule)).toEqual([['new york', true, ['ny', 'big appl']]]);
    expect(shown('NY pizza', rule)).toEqual([['ny', true, ['new york', 'big appl']]]);
    expect(shown('york pizza', rule)).toEqual([]);
  });

  it('leads one way where the rule says so, and keeps what stands on the right as well', () => {
    expect(shown('couches', 'couch => sofa')).toEqual([['couch', false, ['sofa']]]);
    expect(shown('sofas', 'couch => sofa')).toEqual([]);
    expect(shown('couch', 'couch => couch, sofa')).toEqual([['couch', true, ['sofa']]]);
    expect(shown('couch', 'couch => Couches')).toEqual([]);
  });

  it('takes the longest rule from the left, none overlapping', () => {
    expect(shown('new york city hall', 'new york, ny', 'new york city, nyc', 'city hall, town hall')).toEqual([
      ['new york citi', true, ['nyc']],
    ]);
    expect(shown('new york hall', 'new york city, nyc', 'york, jorvik')).toEqual([['york', true, ['jorvik']]]);
  });

  it('brings the rules of one left side together, each alternative once', () => {
    expect(shown('tv', 'tv, telly', 'tv => television, Telly', 'tv, televisions')).toEqual([
      ['tv', true, ['telli', 'televis']],
    ]);
  });

  it('asks for every word of the rule, stop words too', () => {
    expect(shown('king of spain', 'king of spain, felipe')).toEqual([['king of spain', true, ['felip']]]);
    for (const text of ['king spain', 'king in spain']) expect(shown(text, 'king of spain, felipe')).toEqual([]);
  });

  it('passes over alternatives of which the chain leaves nothing', () => {
    expect(shown('tv', '!, tv, telly')).toEqual([['tv', true, ['telli']]]);
    expect(shown('tv', '!, tv')).toEqual([]);
  });

  it('gives at most 100 alternatives, however many rules a word has', () => {
    const rules = Array.from({ length: 1000 }, (_, i) => `tv, w${i}`);
    expect(expand('tv', ...rules)[0].alternatives).toHaveLength(100);
  });

  it('finds the spans that a search at every place finds', () => {
    const word = fc.constantFrom('x', 'y', 'z');
    const left = fc.array(word, { minLength: 1, maxLength: 3 }).map(words => words.join(' '));
    fc.assert(
      fc.property(fc.uniqueArray(left, { maxLength: 5 }), fc.array(word, { maxLength: 8 }), (lefts, words) => {
        const spans = expand(words.join(' '), ...lefts.map(side => `${side} => q`));
        const expected: number[][] = [];
        for (let from = 0; from < words.length; ) {
          const lengths = [3, 2, 1].filter(
            n => lefts.includes(words.slice(from, from + n).join(' ')) && from + n <= words.length,
          );
          if (lengths.length > 0) expected.push([from, from + lengths[0]]);
          from += lengths[0] ?? 1;
        }
        expect(spans.map(({ from, to }) => [from, to])).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});

describe('synonymStep', () => {
  it('shows alternatives at the place of what they stand for', () => {
    const text = 'NY couch';
    const step = synonymStep(analyzer.analyze(text), expand(text, 'ny, new york', 'couch => sofa'));
    expect(step).toEqual({
      name: 'synonyms of a query',
      tokens: [
        { term: 'ny', position: 0, start: 0, end: 2 },
        { term: 'new', position: 0, start: 0, end: 2 },
        { term: 'york', position: 1, start: 0, end: 2 },
        { term: 'sofa', position: 1, start: 3, end: 8 },
      ],
    });
  });
});
