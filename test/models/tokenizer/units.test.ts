import { describe, expect, it } from 'vitest';
import { scriptRunCutter } from '../../../models/tokenizer/script-runs.js';
import { countWords, coveredCharacters, unitsOf } from '../../../models/tokenizer/units.js';

const textsOf = ({ symbols, starts, counts }: ReturnType<typeof unitsOf>): [string, number][] =>
  [...counts].map((count, i) => [String.fromCodePoint(...symbols.subarray(starts[i], starts[i + 1])), count]);

describe('scriptRunCutter', () => {
  const cut = (word: string): string[] => scriptRunCutter(new Set(word.replace('☃', '')))(word);

  it('cuts letters from digits and one script from another', () => {
    expect(cut('▁12-gauge')).toEqual(['▁12-', 'gauge']);
    expect(cut('▁wifiроутер')).toEqual(['▁wifi', 'роутер']);
    expect(cut('▁自由なホースhose')).toEqual(['▁自由なホース', 'hose']);
    expect(cut('▁수도꼭지')).toEqual(['▁수도꼭지']);
  });

  it('leaves combining marks with their letters', () => {
    expect(cut('▁x\u0308y')).toEqual(['▁x\u0308y']);
    expect(cut('▁क्षत्रिय')).toEqual(['▁क्षत्रिय']);
  });

  it('cuts at a character outside the alphabet, which belongs to no run', () => {
    expect(cut('▁ab☃cd')).toEqual(['▁ab', 'cd']);
    expect(cut('☃')).toEqual([]);
  });
});

describe('countWords', () => {
  it('counts normalised words', () => {
    expect(countWords(['Garden hose', 'garden HOSE x', ''])).toEqual(
      new Map([
        ['▁garden', 2],
        ['▁hose', 2],
        ['▁x', 1],
      ]),
    );
  });
});

describe('coveredCharacters', () => {
  it('takes the most frequent ones up to the coverage', () => {
    const words = new Map([
      ['aab', 4],
      ['c', 1],
    ]); // 13 characters: a 8, b 4, c 1
    expect([...coveredCharacters(words, 0.9)]).toEqual([
      ['a', 8],
      ['b', 4],
    ]);
    expect([...coveredCharacters(words, 0.6)]).toEqual([['a', 8]]);
    expect([...coveredCharacters(words, 1).keys()]).toEqual(['a', 'b', 'c']);
  });
});

describe('unitsOf', () => {
  it('joins equal runs of different words and sorts them', () => {
    const words = new Map([
      ['▁14-gauge', 2],
      ['▁12-gauge', 3],
    ]);
    expect(textsOf(unitsOf(words, new Set('▁124-gaue')))).toEqual([
      ['gauge', 5],
      ['▁12-', 3],
      ['▁14-', 2],
    ]);
  });
});
