import { describe, expect, it } from 'vitest';
import { isSingle } from '../../../models/tokenizer/expectation-maximisation.js';
import { specialTokens, writeTokenizerJson } from '../../../models/tokenizer/tokenizer-json.js';
import { trainUnigram } from '../../../models/tokenizer/train-unigram.js';
import { countWords, coveredCharacters } from '../../../models/tokenizer/units.js';
import { TandemError } from '../../../src/errors/tandem-error.js';
import { corpus } from './texts.js';

const errorOf = (run: () => unknown): TandemError => {
  try {
    run();
  } catch (error) {
    if (error instanceof TandemError) return error;
    throw error;
  }
  throw new Error('no error was thrown');
};

describe('trainUnigram', () => {
  it.each([500, 550, 600])('gives exactly %i entries with the special tokens, all different', size => {
    const pieces = trainUnigram(corpus(), size);
    expect(pieces).toHaveLength(size - specialTokens.length);
    expect(new Set(pieces.map(piece => piece.text)).size).toBe(pieces.length);
  });

  it('holds every covered character', () => {
    const texts = new Set(trainUnigram(corpus(), 600).map(piece => piece.text));
    const covered = [...coveredCharacters(countWords(corpus()), 0.9995).keys()];
    expect(covered.filter(character => !texts.has(character))).toEqual([]);
  });

  it('gives log probabilities, most probable first', () => {
    const scores = trainUnigram(corpus(), 550).map(piece => piece.score);
    expect(scores.every(score => Number.isFinite(score) && score < 0)).toBe(true);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });

  it('writes the same bytes for the same texts in any order', () => {
    const write = (texts: string[]): string => writeTokenizerJson(trainUnigram(texts, 550));
    expect(write(corpus().toReversed())).toBe(write(corpus()));
  });

  it('keeps frequent words whole and rare ones in parts', () => {
    const texts = [...Array(50).fill('faucet kit'), ...Array(50).fill('shower faucet'), 'zigzag', 'kitsch'];
    const pieces = trainUnigram(texts, 30).map(piece => piece.text);
    expect(pieces).toEqual(expect.arrayContaining(['▁faucet', '▁kit', '▁shower']));
    expect(pieces).not.toContain('▁zigzag');
  });

  it('learns a name that only one word carries', () => {
    expect(trainUnigram(['milwaukee drill', 'milwaukee saw', 'milwaukee'], 30).map(({ text }) => text)).toContain(
      '▁milwaukee',
    );
  });

  it('mixes no digits with letters', () => {
    const texts = Array.from({ length: 40 }, (_, i) => `${i % 7}x${i % 5} 12-gauge dv7-1211ea`);
    const mixed = trainUnigram(texts, 60).filter(({ text }) => /\d/.test(text) && /\p{L}/u.test(text));
    expect(mixed).toEqual([]);
  });

  it('takes a long text without spaces and caps the pieces at 16 characters', () => {
    const sentence = '所有人生而自由花园软管售价十九元不锈钢水龙头白色的没有货';
    const pieces = trainUnigram([sentence.repeat(400), sentence], 60);
    const lengths = pieces.map(({ text }) => [...text].length);
    expect(Math.max(...lengths)).toBeGreaterThan(1);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(16);
  });

  it('gives fewer pieces when the texts have no more', () => {
    const pieces = trainUnigram(['aa b'], 1000);
    expect(pieces.length).toBeLessThan(10);
    expect(
      pieces
        .filter(({ text }) => isSingle(text))
        .map(({ text }) => text)
        .sort(),
    ).toEqual(['a', 'b', '▁']);
  });

  it('refuses texts without a word', () => {
    expect(errorOf(() => trainUnigram([], 100)).code).toBe('data/empty');
    expect(errorOf(() => trainUnigram(['', ' \n'], 100)).code).toBe('data/empty');
  });

  it('refuses a size that cannot hold the characters and names the least', () => {
    const error = errorOf(() => trainUnigram(['abcdefgh'], 13));
    expect(error.code).toBe('config/bad-value');
    // eight letters, the word mark, five special tokens
    expect(error.message).toContain('at least 14');
    expect(trainUnigram(['abcdefgh'], 14)).toHaveLength(9);
  });
});
