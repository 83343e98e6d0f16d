import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countQueries, type LoggedQuery } from '../../../data/golden/count-queries.js';
import { drawGolden } from '../../../data/golden/draw.js';
import { bandsOf, classOf, lengthOf, stratify } from '../../../data/golden/strata.js';
import { seededRandom, shuffle } from '../../../src/math/random.js';

const asked = (counts: Readonly<Record<string, number>>): LoggedQuery[] =>
  Object.entries(counts).flatMap(([text, count]) => Array.from({ length: count }, () => ({ text })));

describe('countQueries', () => {
  it('counts spellings of one query together, as it first came, and passes over what is blank', async () => {
    const rows = [{ text: 'Red  Hose' }, { text: 'red hose ' }, { text: ' ' }, { text: 'red hose', country: 'us' }];
    const { queries, rows: counted, kept } = await countQueries(rows, 1);
    expect(queries).toMatchObject([
      { text: 'Red  Hose', count: 2 },
      { text: 'red hose', country: 'us', count: 1 },
    ]);
    expect([counted, kept]).toEqual([3, 1]);
  });

  it('adds counts that the rows bring, and keeps their ids', async () => {
    const { queries } = await countQueries(
      [
        { id: 'a', text: 'saw', count: 3 },
        { text: 'saw', count: 4 },
      ],
      1,
    );
    expect(queries).toMatchObject([{ id: 'a', text: 'saw', count: 7 }]);
  });

  it('keeps a part of too many queries, decided by their hash alone, each with its whole count', async () => {
    const random = seededRandom(3);
    const rows = Array.from({ length: 30_000 }, () => ({ text: `query ${random.below(5_000)}` }));
    const whole = await countQueries(rows, 9);
    const { queries, kept, rows: counted } = await countQueries(rows, 9, { queries: 200, units: 1e9 });
    expect(counted).toBe(30_000);
    expect(queries.length).toBeLessThanOrEqual(200);
    expect(Number.isInteger(Math.log2(kept))).toBe(true);
    const wanted = whole.queries.filter(({ order }) => order < kept * 2 ** 32);
    const sorted = (all: typeof wanted) => [...all].sort((a, b) => a.order - b.order);
    expect(sorted([...queries])).toEqual(sorted(wanted));
    // the bound was not lowered without need
    expect(whole.queries.filter(({ order }) => order < 2 * kept * 2 ** 32).length).toBeGreaterThan(200);
  });

  it('is bounded by the letters too', async () => {
    const rows = Array.from({ length: 100 }, (_, i) => ({ text: `${i}`.repeat(100) }));
    const { queries } = await countQueries(rows, 1, { queries: 1_000, units: 2_000 });
    expect(queries.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(2_000);
    expect(queries.length).toBeGreaterThan(0);
  });
});

describe('strata', () => {
  it('parts the mass in thirds: head, torso, tail', () => {
    const bandOf = bandsOf([6, 3, 1, 1, 1]);
    expect([6, 3, 1].map(bandOf)).toEqual(['head', 'torso', 'tail']);
    // queries of one count are together; what was asked once is tail
    expect(bandsOf([5, 5])(5)).toBe('head');
    expect(bandsOf([1, 1, 1])(1)).toBe('tail');
  });

  it.each([
    ['hose', '1 word', 'words'],
    ['garden hose', '2-3 words', 'words'],
    ['40 watt bulb', '2-3 words', 'numbers'],
    ['a very long garden hose', '4-6 words', 'words'],
    ['one two three four five six seven', '7 words or more', 'words'],
    ['шланг', '1 word', 'other script'],
    ['crème brûlée', '2-3 words', 'words'],
    ['!!!', '1 word', 'words'],
  ])('%j is of %s, class %s', (text, length, kind) => {
    expect(lengthOf(text)).toBe(length);
    expect(classOf(text)).toBe(kind);
  });

  it('names countries that ask much, and puts the others together', async () => {
    const rows = Array.from({ length: 10 }, (_, i) => ({ text: 'hose', country: `c${i}`, count: 100 - i }));
    const { queries } = await countQueries([...rows, { text: 'hose' }], 1);
    const names = stratify(queries).map(({ name }) => name.split(', ')[2]);
    expect(new Set(names)).toEqual(
      new Set([...rows.slice(0, 8).map(({ country }) => country), 'other countries', 'no country']),
    );
  });
});

describe('drawGolden', () => {
  it('draws of each kind by the square root of how often it was asked', async () => {
    // head: 64 times one query; tail: 36 queries of one word, 16 of two: square roots 8, 6, 4
    const tails = Array.from({ length: 36 }, (_, i) => [
      `${String.fromCharCode(97 + (i % 26))}${'x'.repeat(1 + Math.floor(i / 26))}`,
      1,
    ]);
    const twos = Array.from({ length: 16 }, (_, i) => [`${String.fromCharCode(97 + i)}y hose`, 1]);
    const { queries } = await countQueries(asked({ lamp: 64, ...Object.fromEntries([...tails, ...twos]) }), 1);
    const { drawn, strata } = drawGolden(queries, 11);
    // the head has one query to give; of 10 the others give 6 and 4
    expect(Object.fromEntries(strata.map(({ name, mass, drawn: part }) => [name, [mass, part]]))).toEqual({
      'head, 1 word, no country, words': [64, 1],
      'tail, 1 word, no country, words': [36, 6],
      'tail, 2-3 words, no country, words': [16, 4],
    });
    expect(drawn.find(({ stratum }) => stratum.startsWith('head'))).toMatchObject({ text: 'lamp', count: 64 });
  });

  it('is the same whatever the order of the rows, another by another seed, and a part of the log', async () => {
    const row = fc.record({
      text: fc.constantFrom('a', 'b', 'saw', 'red saw', '3 saws', 'a b c d', 'шланг', 'lamp', 'blue lamp'),
      country: fc.constantFrom(undefined, 'us', 'de'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 12 }),
        async (rows, size) => {
          const { queries } = await countQueries(rows, 7);
          const { drawn } = drawGolden(queries, size);
          const order = shuffle(Int32Array.from(rows.keys()), seededRandom(2));
          const others = await countQueries(
            Array.from(order, at => rows[at]),
            7,
          );
          expect(drawGolden(others.queries, size).drawn).toEqual(drawn);
          expect(drawn).toHaveLength(Math.min(size, queries.length));
          expect(new Set(drawn.map(({ id }) => id)).size).toBe(drawn.length);
          for (const { stratum: _, ...query } of drawn) expect(queries).toContainEqual(query);
        },
      ),
      { seed: 3 },
    );
    const rows = Array.from({ length: 200 }, (_, i) => ({
      text: `${String.fromCharCode(97 + (i % 26))}${'z'.repeat(i / 26)}`,
    }));
    const by = async (seed: number) =>
      drawGolden((await countQueries(rows, seed)).queries, 20).drawn.map(({ text }) => text);
    expect(await by(1)).toEqual(await by(1));
    expect(await by(1)).not.toEqual(await by(2));
  });
});
