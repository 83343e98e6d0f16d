import type { RankerFile } from '../src/ranking/learned/ranker-file.js';
import type { Tree } from '../src/ranking/trees/ensemble.js';

/** A tree of one question: value <= threshold is worth `left`, more is worth `right`. */
export const stump = (feature: number, threshold: number, left: number, right: number): Tree => ({
  feature: Int32Array.from([feature]),
  threshold: Float64Array.from([threshold]),
  left: Int32Array.from([~0]),
  right: Int32Array.from([~1]),
  defaultLeft: Uint8Array.from([1]),
  categoryStart: Int32Array.from([0, 0]),
  categories: new Uint32Array(0),
  gain: Float64Array.from([1]),
  cover: Float64Array.from([2]),
  value: Float64Array.from([left, right]),
  leafCover: Float64Array.from([1, 1]),
});

/** A ranker by hand: dear documents first, then those that the first ranking likes. */
export const dearFirst = (changes: Partial<RankerFile> = {}): RankerFile => ({
  tandem: '0.0.0',
  created: '2026-01-01T00:00:00.000Z',
  depth: 20,
  trees: {
    features: [
      { name: 'number:price', kind: 'number' },
      { name: 'fusion', kind: 'number', monotone: 1 },
    ],
    base: 0.5,
    trees: [stump(0, 50, 0, 2), stump(0, 80, 0, 1), stump(1, 0.5, 0, 0.25)],
  },
  ...changes,
});
