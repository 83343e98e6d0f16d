import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAnalyzer } from '../../src/text/analyzer.js';
import { finePieces } from '../../src/text/fine-parts.js';

const pieces = (word: string): string[] => finePieces(word).map(({ from, to }) => word.slice(from, to));

describe('finePieces', () => {
  it('cuts ideographs into characters and pairs', () => {
    expect(pieces('打高尔夫')).toEqual(['打', '打高', '高', '高尔', '尔', '尔夫', '夫']);
    expect(pieces('人々')).toEqual(['人', '々']);
  });

  it('cuts Korean into syllables and pairs, and kana into pairs alone', () => {
    expect(pieces('얼굴을')).toEqual(['얼', '얼굴', '굴', '굴을', '을']);
    expect(pieces('テレビ')).toEqual(['テレ', 'レビ']);
    expect(pieces('食べ物')).toEqual(['食べ', 'べ物']);
  });

  it('gives no piece twice, and none of a single character or of other scripts', () => {
    expect(pieces('人人人')).toEqual(['人', '人人']);
    expect(pieces('人')).toEqual([]);
    for (const word of ['firehouse', 'дом', 'บ้านเรือน', 'дом人', '人a', '']) expect(pieces(word), word).toEqual([]);
  });

  it('never parts a character of two units', () => {
    expect(pieces('𠮷野家')).toEqual(['𠮷', '𠮷野', '野', '野家', '家']);
  });

  it('grows with the length of the word alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'中人国家한글テ'), maxLength: 255 }), word => {
        expect(finePieces(word).length).toBeLessThanOrEqual(2 * word.length);
      }),
    );
  });
});

describe('parts of a token', () => {
  it('stand at the position of their word, with spans of the input', () => {
    // ICU cuts it into 加利福尼亚 and 大学.
    const second = createAnalyzer('zh').analyze('加利福尼亚大学')[1];
    expect(second).toMatchObject({ term: '大学', position: 1, start: 5, end: 7 });
    expect(second.parts).toEqual([
      { term: '大', start: 5, end: 6 },
      { term: '学', start: 6, end: 7 },
    ]);
  });

  it('are spans of the input where the normal form is longer or shorter', () => {
    const [token] = createAnalyzer('ja').analyze('ﾃﾚﾋﾞ');
    expect(token).toEqual({
      term: 'テレビ',
      position: 0,
      start: 0,
      end: 4,
      parts: [
        { term: 'テレ', start: 0, end: 2 },
        { term: 'レビ', start: 1, end: 4 },
      ],
    });
  });

  it('pass the filters of the chain: a function word is no part', () => {
    const [token] = createAnalyzer('zh').analyze('目的地');
    expect(token.term).toBe('目的地');
    expect(token.parts?.map(({ term }) => term)).toEqual(['目', '目的', '的地', '地']);
  });
});
