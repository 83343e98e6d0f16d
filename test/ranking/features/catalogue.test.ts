import { describe, expect, it } from 'vitest';
import { aboutFeature, computedFeature, standardFeatures } from '../../../src/ranking/features/catalogue.js';
import type { RankingContext } from '../../../src/ranking/features/feature.js';
import { popularityOf } from '../../../src/ranking/features/popularity.js';

const day = 86_400_000;
const unknown = Number.NaN;

/** Four candidates; what a test does not say is not known. */
const context = (known: {
  readonly columns?: Readonly<Record<string, readonly number[]>>;
  readonly numbers?: Readonly<Record<string, readonly number[]>>;
  readonly texts?: Readonly<Record<string, readonly (readonly string[])[]>>;
  readonly query?: Partial<RankingContext['query']>;
}): RankingContext => ({
  ids: ['a', 'b', 'c', 'd'],
  query: { text: 'red drill', now: 10 * day, ...known.query },
  matches: () => ({ words: [], fields: ['title'], documents: [] }),
  column: name => Float64Array.from(known.columns?.[name] ?? []),
  numbers: field => Float64Array.from(known.numbers?.[field] ?? [unknown, unknown, unknown, unknown]),
  texts: field => known.texts?.[field] ?? [[], [], [], []],
});
const compute = (name: string, known: Parameters<typeof context>[0]): number[] => [
  ...(computedFeature(name)?.compute(context(known)) ?? []),
];

describe('features beside other candidates', () => {
  it('are shares of the best, or the gap behind it; what is not known stays unknown', () => {
    const columns = { bm25: [8, 4, 0, unknown], cosine: [0.5, unknown, 0.75, 0.25] };
    expect(compute('bm25Share', { columns })).toEqual([1, 0.5, 0, unknown]);
    expect(compute('cosineGap', { columns })).toEqual([-0.25, unknown, 0, -0.5]);
    expect(compute('bm25Share', { columns: { bm25: [0, 0, 0, 0] } })).toEqual([0, 0, 0, 0]);
  });

  it('say how far both sides agree', () => {
    const columns = { tokenRank: [1, 2, 11, unknown], vectorRank: [3, unknown, 1, 2] };
    expect(compute('agreement', { columns })).toEqual(Array(4).fill(0.1));
  });
});

describe('features of documents', () => {
  it('are their numbers, their age in days, and their price beside that of like ones', () => {
    const numbers = { price: [10, 20, 40, unknown], released: [9 * day, 11 * day, unknown, 0] };
    expect(compute('number:price', { numbers })).toEqual([10, 20, 40, unknown]);
    expect(compute('age:released', { numbers })).toEqual([1, -1, unknown, 10]);
    expect(compute('relative:price', { numbers })).toEqual([Math.log(0.5), 0, Math.log(2), unknown]);
    const texts = { category: [['saw'], ['saw'], ['drill'], []] };
    // of the two saws the lower price is the middle one
    expect(compute('relative:price/category', { numbers, texts })).toEqual([0, Math.log(2), 0, unknown]);
    expect(compute('relative:price', { numbers: { price: [0, -5, unknown, unknown] } })).toEqual(
      Array(4).fill(unknown),
    );
  });

  it('tell the country and the language of the query from others', () => {
    const texts = { country: [['de'], ['DE', 'AT'], ['FR'], []] };
    expect(compute('sameCountry', { texts, query: { country: 'DE' } })).toEqual([1, 1, 0, unknown]);
    expect(compute('sameCountry', { texts })).toEqual(Array(4).fill(unknown));
  });

  it('are popular by what people said', () => {
    expect([...popularityOf(new Map([['b', 2.5]]), ['a', 'b'])]).toEqual([0, 2.5]);
  });
});

describe('the catalogue', () => {
  it('knows every standard feature, and those of fields and attributes', () => {
    for (const name of [...standardFeatures, 'bm25:title', 'length:title', 'relative:price/category', 'popularity'])
      expect(aboutFeature(name)).toBeTypeOf('string');
  });

  it.each(['bm25:', 'unknown', 'toString', 'number', ':price', '__proto__:a'])('knows no %s', name => {
    expect(aboutFeature(name)).toBeUndefined();
  });
});
