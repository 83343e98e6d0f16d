import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAnalyzer } from '../../src/text/analyzer.js';
import {
  changedWords,
  checkDictionary,
  createDictionary,
  type DictionaryWord,
  longestDictionaryWord,
  mostWords,
} from '../../src/text/dictionary.js';

const words = (...texts: (string | [string, string])[]): DictionaryWord[] =>
  texts.map(text => (typeof text === 'string' ? { text } : { text: text[0], term: text[1] }));
const chain = (language: string, ...texts: (string | [string, string])[]) =>
  createAnalyzer(language, { dictionary: createDictionary(checkDictionary(words(...texts))) });
const terms = (language: string, text: string, ...texts: (string | [string, string])[]): string[] =>
  chain(language, ...texts)
    .analyze(text)
    .map(token => token.term);

describe('words of the dictionary', () => {
  it('are kept whole, with positions and spans among the other words', () => {
    expect(chain('en', 'c++', '.net', 'at&t').analyze('The C++ and .NET books of AT&T')).toEqual([
      { term: 'the', position: 0, start: 0, end: 3, stop: true },
      { term: 'c++', position: 1, start: 4, end: 7 },
      { term: 'and', position: 2, start: 8, end: 11, stop: true },
      { term: '.net', position: 3, start: 12, end: 16 },
      { term: 'book', position: 4, start: 17, end: 22 },
      { term: 'of', position: 5, start: 23, end: 25, stop: true },
      { term: 'at&t', position: 6, start: 26, end: 30 },
    ]);
  });

  it('pass every later step as they are: stop words, measures, stemmer, accents', () => {
    expect(terms('en', 'The Who running 3m café', 'the who', 'running', '3m', 'café')).toEqual([
      'the who',
      'running',
      '3m',
      'café',
    ]);
    expect(terms('en', 'running 3m', ['running', 'sport'])).toEqual(['sport', '3', 'm']);
  });

  it('leave the measures beside them alone', () => {
    expect(terms('en', '5gal c++ 9x15', 'c++')).toEqual(['5', 'gallon', 'c++', '9', '15']);
  });

  it('begin and end where words do, in scripts that write spaces', () => {
    expect(terms('und', 'cat&t at&ts xat&t at&t', 'at&t')).toEqual(['cat', 't', 'at', 'ts', 'xat', 't', 'at&t']);
    expect(terms('und', 'asp.net', '.net')).toEqual(['asp', '.net']);
    expect(terms('und', 'résumé re\u0301sume\u0301', 'resume')).toEqual(['resume', 'resume']);
    expect(terms('und', 'c++11', 'c++')).toEqual(['c++', '11']);
  });

  it('stand anywhere in scripts that do not', () => {
    // ICU does not know the name 飞利浦空气炸锅 and cuts it apart.
    expect(terms('zh', '新款飞利浦空气炸锅降价', '飞利浦空气炸锅')).toContain('飞利浦空气炸锅');
    expect(terms('zh', '新款飞利浦空气炸锅降价')).not.toContain('飞利浦空气炸锅');
    const kept = chain('zh', '飞利浦空气炸锅')
      .analyze('新款飞利浦空气炸锅降价')
      .find(({ term }) => term.length === 7);
    expect(kept).toEqual({ term: '飞利浦空气炸锅', position: expect.any(Number), start: 2, end: 9 });
  });

  it('match the longest from the left', () => {
    expect(terms('und', 'new york city hall', 'new york', 'york city', 'new york city')).toEqual([
      'new york city',
      'hall',
    ]);
    expect(terms('und', 'a-b-c a-b-', 'a-b-c', 'a-b')).toEqual(['a-b-c', 'a-b']);
  });

  it('meet texts in normal form, Turkish ones with their own dotless i', () => {
    expect(terms('und', 'Ｃ＋＋', 'c++')).toEqual(['c++']);
    expect(terms('tr', 'IŞIK+', 'IŞIK+')).toEqual(['ışık+']);
    expect(chain('und', 'ﬁ+').analyze('x ﬁ+')[1]).toEqual({ term: 'fi+', position: 1, start: 2, end: 4 });
  });

  it('may be signs that are no words by themselves', () => {
    expect(terms('und', 'I ♥ NY', ['♥', 'love'])).toEqual(['i', 'love', 'ny']);
  });

  it('show as a step of their own', () => {
    const steps = chain('en', 'c++').steps('The C++ books');
    expect(steps.map(({ name, tokens }) => [name, tokens.map(({ term }) => term)]).slice(0, 3)).toEqual([
      ['normal form', ['the c++ books']],
      ['dictionary', ['c++']],
      ['words', ['the', 'c++', 'books']],
    ]);
    expect(steps.at(-1)?.tokens).toEqual(chain('en', 'c++').analyze('The C++ books'));
  });

  it('give what a search of all words at all places gives', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '+', '中', '国'), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        fc.uniqueArray(letters, { maxLength: 8 }),
        fc.string({ unit: fc.constantFrom(...'ab+ 中国'), maxLength: 20 }),
        (list, text) => {
          const found: string[] = [];
          createDictionary(words(...list))
            .matcher('und')
            .match(text, (start, end) => found.push(`${start}-${end}`));
          expect(found).toEqual(naiveMatch(list, text));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('keep spans, steps and linear time whatever the text is', () => {
    const analyzer = chain('en', 'c++', `${'a'.repeat(63)}b`, 'aaaa', '\ufb01+', '中国', ['x', 'y']);
    const units = fc.array(fc.nat(0xffff), { maxLength: 40 }).map(codes => String.fromCharCode(...codes));
    const spelled = fc.string({
      unit: fc.constantFrom('c', '+', 'a', 'x', ' ', '中', '国', '\u0301', '\ud800', '\udc00', 'ﬁ', '½'),
      maxLength: 30,
    });
    fc.assert(
      fc.property(fc.oneof(units, spelled), text => {
        const tokens = analyzer.analyze(text);
        expect(analyzer.steps(text).at(-1)?.tokens).toEqual(tokens);
        tokens.forEach(({ start, end, position, parts = [] }, i) => {
          expect(start).toBeLessThan(end);
          expect(end).toBeLessThanOrEqual(text.length);
          if (i > 0) expect(position).toBeGreaterThan(tokens[i - 1].position);
          for (const part of parts) {
            expect(part.start).toBeGreaterThanOrEqual(start);
            // what is written together with the words behind spans them too
            expect(part.end).toBeLessThanOrEqual(part.joins ? text.length : end);
          }
        });
      }),
      { numRuns: 1000 },
    );
  });

  it('bear a megabyte without spaces', { timeout: 60_000 }, () => {
    const analyzer = chain('zh', ...Array.from({ length: 64 }, (_, i) => `${'a'.repeat(i)}b`), '中国');
    const spansOf = (text: string): number[] => analyzer.analyze(text).flatMap(({ start, end }) => [start, end]);
    for (const unit of ['a', '+', '\u0301', '\u0000', '한글']) {
      const spans = spansOf(unit.repeat(2 ** 20 / unit.length));
      expect(spans.every((at, i) => i === 0 || at >= spans[i - 1])).toBe(true);
    }
    // Intl.Segmenter takes microseconds for a character of these
    for (const unit of ['中', 'かな', '\ud83d']) spansOf(unit.repeat(2 ** 16 / unit.length));
    expect(spansOf('中国'.repeat(2 ** 15)).slice(0, 4)).toEqual([0, 2, 2, 4]);
  });
});

const isLetter = (text: string | undefined): boolean => text !== undefined && /[ab]/.test(text);

/** The oracle: at each place every word is tried, the longest one wins. */
function naiveMatch(list: readonly string[], text: string): string[] {
  const found: string[] = [];
  const splits = (at: number): boolean => isLetter(text[at - 1]) && isLetter(text[at]);
  for (let i = 0; i < text.length; ) {
    const ends = list
      .filter(word => text.startsWith(word, i) && !splits(i) && !splits(i + word.length))
      .map(word => i + word.length);
    const end = Math.max(-1, ...ends);
    if (end > 0) found.push(`${i}-${end}`);
    i = end > 0 ? end : i + 1;
  }
  return found;
}

describe('checkDictionary', () => {
  it('sorts the words', () => {
    expect(checkDictionary(words('c++', ['.net', 'dotnet'], 'at&t'))).toEqual([
      { text: '.net', term: 'dotnet' },
      { text: 'at&t' },
      { text: 'c++' },
    ]);
  });

  it.each([
    ['nothing', words(' ')],
    ['a long word', words('x'.repeat(longestDictionaryWord + 1))],
    ['a word whose normal form is long', words('㍿'.repeat(17))],
    ['half a surrogate pair', words('a\ud800')],
    ['a word twice in normal form', words('C++', 'c++')],
    ['an empty term', words(['a', ''])],
    ['a long term', words(['a', 'x'.repeat(256)])],
    ['half a surrogate pair in a term', words(['a', '\udc00'])],
    ['too many words', Array.from({ length: mostWords + 1 }, (_, i) => ({ text: `w${i}` }))],
  ])('refuses %s', (_name, list) => {
    expect(() => checkDictionary(list)).toThrow(expect.objectContaining({ code: 'dictionary/bad-word' }));
  });
});

describe('changedWords', () => {
  it('are those of either dictionary that the other lacks or gives another term', () => {
    const before = words('a', 'b', ['c', 'x'], 'd');
    const after = words('b', ['c', 'y'], 'd', 'e');
    expect(changedWords(before, after)).toEqual(words('a', ['c', 'x'], ['c', 'y'], 'e'));
    expect(changedWords(after, after)).toEqual([]);
  });
});
