import { describe, expect, it } from 'vitest';
import { indexingSchema } from '../../src/config/indexing.js';
import { createTokenIndex } from '../../src/lexical/token-index.js';
import { countWanted, wantedTerms } from '../../src/lexical/wanted-terms.js';
import { finish } from '../../src/math/finish.js';
import { createAnalyzer, type Token } from '../../src/text/analyzer.js';
import type { AskedTerms } from '../../src/text/asked-terms.js';
import type { SynonymSpan } from '../../src/text/synonyms.js';
import type { Cut } from '../../src/text/vocabulary.js';
import { explainTokens, searchTokens } from './ask.js';

const wantedNow = (...asked: Parameters<typeof wantedTerms>) => finish(wantedTerms(...asked));

const token = (term: string, ...parts: string[]): Token => ({
  term,
  position: 0,
  start: 0,
  end: 1,
  ...(parts.length > 0 && { parts: parts.map(part => ({ term: part, start: 0, end: 1 })) }),
});
/** Terms with how often they are asked for, by documents that hold each. */
const bag = (...[tokens, counts, spans]: Parameters<typeof wanted>): Map<string, number> =>
  countWanted(wanted(tokens, counts, spans));
const wanted = (tokens: Token[], counts: Record<string, number>, spans: SynonymSpan[] = []): AskedTerms[] => {
  const vocabulary = {
    df: (term: string) => counts[term] ?? 0,
    idf: (df: number) => 8 / (1 + df),
    stopIdf: (df: number) => 8 / (1 + df),
    documents: 100,
    *learning() {},
    near: () => [],
    beginning: () => [],
    sharing: () => 0,
    together: () => 0,
    cuts: (_question: string, work: () => readonly Cut[]) => work(),
    takesWord: () => true,
  };
  return wantedNow('a text', { tokens, spans }, createAnalyzer('en'), vocabulary, false);
};

describe('wantedTerms', () => {
  it('asks for a word, and for its parts only where no document holds it', () => {
    expect(bag([token('a'), token('a'), token('word', 'wo', 'rd')], { word: 1, wo: 5, rd: 5 })).toEqual(
      new Map([
        ['a', 2],
        ['word', 1],
      ]),
    );
    expect(bag([token('word', 'wo', 'or', 'rd')], { wo: 5, rd: 5 })).toEqual(
      new Map([
        ['wo', 0.5],
        ['rd', 0.5],
      ]),
    );
    expect(bag([token('word', 'wo')], {})).toEqual(new Map([['word', 1]]));
  });

  const span = (keeps: boolean, ...alternatives: string[]): SynonymSpan => ({
    from: 0,
    to: 1,
    keeps,
    alternatives: alternatives.map(text => ({
      text,
      terms: text.split(' ').map((term, position) => ({ term, position })),
    })),
  });
  const known = { tv: 1, telly: 7, set: 3, box: 0 };

  it('weighs an alternative .8 of what was typed at most', () => {
    // idf: tv 4, telly 1, box 8, set 2
    expect(bag([token('tv'), token('red')], known, [span(true, 'telly', 'box', 'set box')])).toEqual(
      new Map([
        ['tv', 1],
        ['red', 1],
        ['telly', 0.8],
        ['box', 0.8 * (4 / 8)],
      ]),
    );
    // one of several words is a phrase: all of them together count .8 of what was typed
    const [, , , phrase] = wanted([token('tv'), token('red')], known, [span(true, 'telly', 'set box')]);
    expect(phrase).toMatchObject({ terms: [{ term: 'set' }, { term: 'box' }], weight: 0.8 * (4 / 10) });
  });

  it('puts the right side of a replacement in the place of the left one', () => {
    expect(bag([token('tv'), token('red')], known, [span(false, 'telly')])).toEqual(
      new Map([
        ['red', 1],
        ['telly', 1],
      ]),
    );
  });
});

describe('a token index', () => {
  const make = () => {
    const index = createTokenIndex({ ...indexingSchema.parse({ fieldWeights: { title: 1 } }), attributeWeight: 0 });
    for (const [id, title, language] of [
      ['a', 'red sofa'],
      ['b', 'red couch'],
      ['c', '消防自動車', 'ja'],
      ['d', '自動ドア', 'ja'],
      ['e', '스마일을', 'ko'],
    ])
      index.add({ id, title, language });
    return index;
  };
  const ids = (index: ReturnType<typeof make>, text: string, language?: string): string[] =>
    searchTokens(index, { text, language, k: 10 }).map(({ id }) => id);

  it('finds by synonyms, the word that was typed first, and forgets rules that are taken away', () => {
    const index = make();
    expect(ids(index, 'couch')).toEqual(['b']);
    index.chains.setSynonyms(['couch, sofa']);
    expect(ids(index, 'couch')).toEqual(['b', 'a']);
    expect(ids(index, 'sofa')).toEqual(['a', 'b']);
    index.chains.setSynonyms(['couch => sofa']);
    expect(ids(index, 'couch')).toEqual(['a']);
    expect(() => index.chains.setSynonyms(['couch'])).toThrow(expect.objectContaining({ code: 'text/bad-synonyms' }));
    expect(ids(index, 'couch')).toEqual(['a']);
    index.chains.setSynonyms([]);
    expect(ids(index, 'couch')).toEqual(['b']);
  });

  it('asks for a synonym of several words as a phrase', () => {
    const index = createTokenIndex({ ...indexingSchema.parse({ fieldWeights: { title: 1 } }), attributeWeight: 0 });
    for (const [id, title] of [
      ['a', 'pizza of the big apple'],
      ['b', 'a big red apple'],
      ['c', 'ny pizza'],
      ['d', 'pizza of york'],
    ])
      index.add({ id, title });
    index.chains.setSynonyms(['new york, ny, big apple']);
    // b holds both words of a synonym, but apart; d holds a word that was typed
    expect(ids(index, 'new york').sort()).toEqual(['a', 'c', 'd']);
    expect(ids(index, 'new york pizza').sort()).toEqual(['a', 'c', 'd']);
    for (const { id, score } of searchTokens(index, { text: 'new york pizza', k: 10 }))
      expect(explainTokens(index, { text: 'new york pizza' }, id)?.value).toBe(score);
  });

  it('explains a query of synonyms and parts to the last bit', () => {
    const index = make();
    index.chains.setSynonyms(['couch, sofa']);
    for (const [text, language] of [['red couch'], ['スマイル自動車'], ['스마일', 'ko']]) {
      for (const { id, score } of searchTokens(index, { text, language, k: 10 }))
        expect(explainTokens(index, { text, language }, id)?.value).toBe(score);
    }
  });

  it('finds a Korean word under its particle, and a Japanese one inside a longer one', () => {
    expect(ids(make(), '스마일', 'ko')).toEqual(['e']);
    expect(ids(make(), '動車', 'ja')).toContain('c');
  });

  it('does not take a text for longer because of its parts', () => {
    const index = make();
    const [memory] = index.segments();
    // 消防 | 自動車: two words, whatever stands inside them
    expect(memory.fieldLength(0, memory.find('c'))).toBe(2);
  });
});
