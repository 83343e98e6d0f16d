import { describe, expect, it } from 'vitest';
import { vocabularyOf } from '../../src/lexical/index-vocabulary.js';
import { knownTerms } from '../../src/lexical/known-terms.js';
import type { SegmentReader } from '../../src/lexical/segment-reader.js';
import { createTokenIndex, type TokenIndex } from '../../src/lexical/token-index.js';
import { seededRandom } from '../../src/math/random.js';
import { createAnalyzer } from '../../src/text/analyzer.js';
import { cutWord } from '../../src/text/cut-word.js';
import type { Vocabulary } from '../../src/text/vocabulary.js';

const analyzer = createAnalyzer('en');
const titles = [
  'tee shirt red',
  'tee cup',
  'dv7 1211ea laptop',
  'deck over paint',
  'deck screw',
  'pixel 7a phone',
  '10 000 pins',
];
const shop = (): TokenIndex => {
  const index = createTokenIndex({
    fieldWeights: { title: 1 },
    bm25: { k1: 1, b: 0.5 },
    language: 'en',
    spelling: true,
  });
  for (const [i, title] of titles.entries()) index.add({ id: `d${i}`, title });
  return index;
};
const asked = (index: TokenIndex, text: string, language?: string) =>
  index.prepare({ text, filter: [], ...(language !== undefined && { language }) }).asked();
const termsOf = (index: TokenIndex, text: string): string[] =>
  asked(index, text).map(({ terms }) => terms.map(({ term }) => term).join(' '));

/** A vocabulary for one query, and what is looked up in it. */
function watched(terms: ReturnType<typeof knownTerms>): { vocabulary: Vocabulary; looked: string[] } {
  const looked: string[] = [];
  const plain = vocabularyOf(terms, df => 1 / (1 + df), titles.length);
  const vocabulary: Vocabulary = {
    ...plain,
    df: term => {
      looked.push(term);
      return plain.df(term);
    },
  };
  return { vocabulary, looked };
}

describe('the ways to cut a word', () => {
  it('are found once for all queries, where the word is known or not and in a language each', () => {
    const terms = knownTerms(shop().segments());
    const cut = (of = analyzer, known = false): [string[], number] => {
      const { vocabulary, looked } = watched(terms);
      return [cutWord('teeshirt', of, vocabulary, known).map(({ word }) => word), looked.length];
    };
    const [words, looked] = cut();
    expect([words, looked > 0]).toEqual([['tee shirt'], true]);
    expect(cut()).toEqual([['tee shirt'], 0]);
    // tee stands in two documents, with shirt in one of them: half, as many as a known word needs
    expect(cut(analyzer, true)[1]).toBeGreaterThan(0);
    expect(cut(createAnalyzer('de'))[1]).toBeGreaterThan(0);
    expect([cut(analyzer, true)[1], cut(createAnalyzer('de'))[1]]).toEqual([0, 0]);
  });

  it('are what an index finds that was asked nothing before, whatever others asked', () => {
    const [index, random] = [shop(), seededRandom(3)];
    const pieces = ['tee', 'shirt', 'dv7', '1211ea', 'deck', 'over', 'pixel', '7a', '10000', 'cup', 'x', ' ', ' ', ' '];
    for (let i = 0; i < 300; i++) {
      const text = Array.from({ length: 1 + random.below(8) }, () => pieces[random.below(pieces.length)]).join('');
      expect(asked(index, text), text).toEqual(asked(shop(), text));
    }
  });

  it('are found anew when something is written', () => {
    const index = shop();
    expect(termsOf(index, 'cupdeck')).not.toContain('cup deck');
    index.add({ id: 'new', title: 'cup deck' });
    expect(termsOf(index, 'cupdeck')).toContain('cup deck');
    index.remove('new');
    expect(termsOf(index, 'cupdeck')).not.toContain('cup deck');
  });

  it('count for a query that takes them as if it had found them, and are not taken where it could not have', () => {
    // each look goes through 1,024 documents of which none holds the two words one behind the other; those that hold the late ones so stand behind 700 others
    const index = createTokenIndex({
      fieldWeights: { title: 1 },
      bm25: { k1: 1, b: 0.5 },
      language: 'en',
      spelling: true,
    });
    for (let i = 0; i < 1_100; i++) index.add({ id: `d${i}`, title: 'abc x efg, efg x abc' });
    for (let i = 0; i < 700; i++) index.add({ id: `l${i}`, title: 'late x word' });
    for (let i = 0; i < 9; i++) index.add({ id: `t${i}`, title: 'late word' });
    const terms = () => knownTerms(index.segments());
    const lateFound = (known: ReturnType<typeof knownTerms>, looks: number): number => {
      const { vocabulary } = watched(known);
      for (let i = 0; i < looks; i++) cutWord('abcefg', analyzer, vocabulary, false);
      return cutWord('lateword', analyzer, vocabulary, false).length;
    };
    const [looks, kept] = [Array.from({ length: 20 }, (_, i) => i), terms()];
    const anew = looks.map(each => lateFound(terms(), each));
    expect(new Set(anew)).toEqual(new Set([0, 1]));
    expect(looks.toReversed().map(each => lateFound(kept, each))).toEqual(anew.toReversed());
    expect(looks.map(each => lateFound(kept, each))).toEqual(anew);
  });
});

describe('the words near to another', () => {
  /** Segments that count how often they are asked for near words, and know them once they have learnt them. */
  function counted(): { segments: SegmentReader[]; asked: () => number; learn: () => void } {
    let [asked, isLearnt] = [0, false];
    const segments = shop()
      .segments()
      .map((segment): SegmentReader => {
        const { words } = segment;
        const counting = Object.assign(Object.create(words ?? null), {
          near: (key: string, edits: 1 | 2) => {
            asked++;
            return isLearnt ? (words?.near(key, edits) ?? []) : [];
          },
        });
        Object.defineProperty(counting, 'isLearnt', { get: () => isLearnt });
        return Object.assign(Object.create(segment), { words: counting });
      });
    return {
      segments,
      asked: () => asked,
      learn: () => {
        isLearnt = true;
      },
    };
  }
  const near = (terms: ReturnType<typeof knownTerms>, edits: 1 | 2 = 1): string[] =>
    [...vocabularyOf(terms, () => 1, titles.length).near('lapto', 'lapto', edits)].map(({ word }) => word);

  it('are looked for once, for each number of edits', () => {
    const { segments, asked, learn } = counted();
    learn();
    const terms = knownTerms(segments);
    expect([near(terms), asked()]).toEqual([['laptop'], 1]);
    expect([near(terms), asked()]).toEqual([['laptop'], 1]);
    expect([near(terms, 2), asked()]).toEqual([['laptop'], 2]);
    expect([near(knownTerms(segments)), asked()]).toEqual([['laptop'], 3]);
  });

  it('are looked for again where they were not learnt yet', () => {
    const { segments, learn } = counted();
    const terms = knownTerms(segments);
    expect(near(terms)).toEqual([]);
    learn();
    expect(near(terms)).toEqual(['laptop']);
  });

  it('count for a query that takes them as if it had found them', () => {
    const { segments, learn } = counted();
    learn();
    const terms = knownTerms(segments);
    const looks = (): number => {
      const vocabulary = vocabularyOf(terms, () => 1, titles.length);
      let found = 0;
      while ([...vocabulary.near('lapto', 'lapto', 1)].length > 0) found++;
      return found;
    };
    // a look counts as 2^19 words of 2^24
    expect([looks(), looks()]).toEqual([32, 32]);
  });
});
