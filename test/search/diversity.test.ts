import fc from 'fast-check';
import { expect, it } from 'vitest';
import { diversifiedHits, diversify } from '../../src/search/diversity.js';

const east = Float32Array.of(1, 0);
const north = Float32Array.of(0, 1);
const between = Float32Array.of(0.6, 0.8);
const ids = (hits: readonly { id: string }[]): string => hits.map(({ id }) => id).join('');

it('takes the next hit by its relevance less its likeness to those before it, as worked out by hand', () => {
  const ranked = [
    { id: 'a', score: 10 },
    { id: 'b', score: 9 },
    { id: 'c', score: 8 },
    { id: 'd', score: 0 },
  ];
  const embeddings = [east, east, between, north];
  // relevance 1 .9 .8 0. Behind a at diversity .5: b .45 - .5, c .4 - .3, d 0 - 0: c. Behind c: b -.05, d 0 - .4: b
  expect(ids(diversify(ranked, embeddings, 0.5))).toBe('acbd');
  // at .2: b .72 - .2, c .64 - .12: equal but for rounding at b .52, c .52, d 0; at .1 b .81 - .1 is before c .72 - .06
  expect(ids(diversify(ranked, embeddings, 0.1))).toBe('abcd');
  // at 1: c -.6, b -1, d 0: d; then c max(.6, .8), b 1
  expect(ids(diversify(ranked, embeddings, 1))).toBe('adcb');
});

it('takes what has no embedding as unlike all', () => {
  const ranked = [
    { id: 'a', score: 2 },
    { id: 'b', score: 1.9 },
    { id: 'c', score: 1 },
  ];
  expect(ids(diversify(ranked, [east, east, undefined], 0.6))).toBe('acb');
});

it('keeps every hit, the order at 0, and what stands behind the first hundred', () => {
  const hit = fc.record({
    score: fc.double({ min: 0, max: 1, noNaN: true }),
    angle: fc.double({ min: 0, max: 6, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(hit, { maxLength: 130 }), fc.double({ min: 0, max: 1, noNaN: true }), (drawn, diversity) => {
      const ranked = drawn.sort((a, b) => b.score - a.score).map(({ score }, i) => ({ id: `${i}`, score }));
      const embeddings = drawn.map(({ angle }) => Float32Array.of(Math.cos(angle), Math.sin(angle)));
      const made = diversify(ranked, embeddings.slice(0, diversifiedHits), diversity);
      expect([...made].sort((a, b) => Number(a.id) - Number(b.id))).toEqual(ranked);
      expect(made.slice(diversifiedHits)).toEqual(ranked.slice(diversifiedHits));
      expect(made[0]).toEqual(ranked[0]);
      expect(diversify(ranked, embeddings, 0)).toEqual(ranked);
    }),
  );
});
