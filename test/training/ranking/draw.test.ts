import { describe, expect, it } from 'vitest';
import { drawShare, randomOf } from '../../../training/ranking/draw.js';

const things = Uint32Array.from({ length: 100 }, (_, i) => 3 * i);

describe('drawShare', () => {
  it('gives a share of the things, each once, in their order', () => {
    const drawn = drawShare(things, 0.3, randomOf(1, 0, 'queries'));
    expect(drawn).toHaveLength(30);
    expect(drawn.every((thing, i) => thing % 3 === 0 && (i === 0 || thing > drawn[i - 1]))).toBe(true);
    expect(things[99]).toBe(297);
  });

  it('gives all for 1, and one at least', () => {
    expect(drawShare(things, 1, randomOf(1, 0, 'queries'))).toEqual(things);
    expect(drawShare(things, 0.001, randomOf(1, 0, 'queries'))).toHaveLength(1);
  });
});

describe('randomOf', () => {
  it('is a function of seed, tree and purpose', () => {
    const first = (...of: Parameters<typeof randomOf>): number => randomOf(...of).next();
    expect(first(1, 5, 'queries')).toBe(first(1, 5, 'queries'));
    const all = [0, 1, 2, 3].flatMap(seed =>
      [0, 1, 2, 3].flatMap(tree =>
        (['bins', 'features', 'queries'] as const).map(purpose => first(seed, tree, purpose)),
      ),
    );
    expect(new Set(all).size).toBe(all.length);
  });
});
