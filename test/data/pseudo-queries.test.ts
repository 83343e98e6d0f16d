import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPseudoQueries } from '../../data/pseudo-queries.js';
import { seededRandom } from '../../src/math/random.js';

const plain = { maxWords: 5, spanShare: 0, typoShare: 0 };
const draws = (
  make: (document: number, random: ReturnType<typeof seededRandom>) => string,
  document: number,
  count: number,
): string[] => {
  const random = seededRandom(7);
  return Array.from({ length: count }, () => make(document, random));
};

describe('createPseudoQueries', () => {
  it('draws a word as often as 1 + demand says', () => {
    // one word a query: weights 1 + 2, 1 + 0, 1 + 5 of 10
    const demand = new Map([
      ['red', 2],
      ['knob', 5],
    ]);
    const queries = draws(createPseudoQueries(['Red door knob'], demand, { ...plain, maxWords: 1 }), 0, 20_000);
    const share = (word: string): number => queries.filter(query => query === word).length / queries.length;
    // standard deviation at most sqrt(.25 / 20000) = .0035
    expect(Math.abs(share('red') - 0.3)).toBeLessThan(0.015);
    expect(Math.abs(share('door') - 0.1)).toBeLessThan(0.015);
    expect(Math.abs(share('knob') - 0.6)).toBeLessThan(0.015);
  });

  it('draws each number of words equally often, up to the words of the title', () => {
    const queries = draws(createPseudoQueries(['a b c'], new Map(), plain), 0, 9000);
    for (const words of [1, 2, 3]) {
      const share = queries.filter(query => query.split(' ').length === words).length / queries.length;
      expect(Math.abs(share - 1 / 3)).toBeLessThan(0.03);
    }
  });

  it('draws every span of the title and nothing else when all are spans', () => {
    const queries = draws(createPseudoQueries(['a b c'], new Map(), { ...plain, spanShare: 1 }), 0, 500);
    expect(new Set(queries)).toEqual(new Set(['a', 'b', 'c', 'a b', 'b c', 'a b c']));
  });

  it('draws subsets in the order of the title and in others', () => {
    const pairs = draws(createPseudoQueries(['a b'], new Map(), plain), 0, 4000).filter(query => query.length === 3);
    const turned = pairs.filter(query => query === 'b a').length / pairs.length;
    // half of the subsets keep the order drawn, and half of those are turned round
    expect(Math.abs(turned - 0.25)).toBeLessThan(0.04);
  });

  it('never repeats a word in a subset, even where the title does', () => {
    const queries = draws(createPseudoQueries(['x 3 x 4 x'], new Map([['x', 50]]), plain), 0, 500);
    for (const query of queries) expect(new Set(query.split(' ')).size).toBe(query.split(' ').length);
  });

  it('joins pieces of scripts without spaces without spaces', () => {
    const make = createPseudoQueries(['微笑的猫脸 phone'], new Map(), { ...plain, spanShare: 1 });
    const queries = new Set(draws(make, 0, 500));
    expect([...queries].some(query => /^[\p{Script=Han}]{3,} phone$/u.test(query))).toBe(true);
    for (const query of queries) expect(query).not.toMatch(/\p{Script=Han} \p{Script=Han}/u);
  });

  it('mistypes one word of four letters or more, in the share that is asked for', () => {
    const title = 'red 3/4 doorknob';
    const words = new Set(['red', '3/4', 'doorknob']);
    const strange = (typoShare: number): number =>
      draws(createPseudoQueries([title], new Map(), { ...plain, maxWords: 1, typoShare }), 0, 3000).filter(
        query => !words.has(query),
      ).length;
    expect(strange(0)).toBe(0);
    // a third of the queries is the long word; swapping "oo" or replacing by the same letter changes nothing
    expect(strange(1)).toBeGreaterThan(700);
    expect(strange(1)).toBeLessThan(1100);
    expect(Math.abs(strange(0.1) / strange(1) - 0.1)).toBeLessThan(0.04);
  });

  it('gives an empty query for a title without words, whatever stands beside it', () => {
    const make = createPseudoQueries(['a', ' !! ', 'b'], new Map(), plain);
    expect([0, 1, 2].map(document => make(document, seededRandom(1)))).toEqual(['a', '', 'b']);
  });

  it('repeats itself with the same seed, and draws words of its own title only', () => {
    const titles = fc.array(
      fc.array(fc.constantFrom('red', 'door', '9x15', 'knob', 'a', 'Ölfaß'), { minLength: 1, maxLength: 9 }),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(titles, fc.nat(), (words, seed) => {
        const make = createPseudoQueries(
          words.map(list => list.join(' ')),
          new Map([['door', 9]]),
          { ...plain, spanShare: 0.3 },
        );
        const [one, two] = [seededRandom(seed), seededRandom(seed)];
        for (const [document, list] of words.entries()) {
          const query = make(document, one);
          expect(make(document, two)).toBe(query);
          const own = list.map(word => word.toLowerCase());
          for (const word of query.split(' ')) expect(own).toContain(word);
          expect(query.split(' ').length).toBeLessThanOrEqual(5);
        }
      }),
    );
  });
});
