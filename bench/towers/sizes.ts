import type { NamedArray } from '../../models/safetensors.js';
import { type Random, seededRandom } from '../../src/math/random.js';

/** Sizes of the two towers of the training-step bench. */
export interface TowerSizes {
  /** B, examples of a batch */
  readonly batch: number;
  /** D, width of hidden states and embeddings */
  readonly width: number;
  readonly heads: number;
  readonly feedForward: number;
  /** U, rows of the token table and of the trigram table */
  readonly rows: number;
  readonly scale: number;
  readonly learningRate: number;
  readonly query: { readonly tokens: number; readonly layers: number; readonly trigrams: number };
  readonly document: { readonly tokens: number; readonly layers: number; readonly trigrams: number };
}

export const benchSizes: TowerSizes = {
  batch: 256,
  width: 128,
  heads: 4,
  feedForward: 384,
  rows: 4096,
  scale: 20,
  learningRate: 7e-4,
  query: { tokens: 8, layers: 2, trigrams: 16 },
  document: { tokens: 48, layers: 3, trigrams: 64 },
};

export const towerNames = ['query', 'document'] as const;

/** Shapes of all parameters, by the names that bench/peers/training_step.py documents. */
export function parameterShapes(sizes: TowerSizes): Map<string, number[]> {
  const { width: D, feedForward: F, rows: U } = sizes;
  const shapes = new Map<string, number[]>([
    ['tok', [U, D]],
    ['tri', [U, D]],
  ]);
  for (const tower of towerNames) {
    shapes.set(`${tower}.pos`, [sizes[tower].tokens, D]);
    shapes.set(`${tower}.cls`, [D, D]);
    shapes.set(`${tower}.att`, [2 * D, 2]);
    for (let l = 0; l < sizes[tower].layers; l++) {
      const layer = `${tower}.layer${l}`;
      for (const name of ['wq', 'wk', 'wv', 'wo']) shapes.set(`${layer}.${name}`, [D, D]);
      shapes.set(`${layer}.w1`, [D, F]).set(`${layer}.b1`, [F]);
      shapes.set(`${layer}.w2`, [F, D]).set(`${layer}.b2`, [D]);
      for (const name of ['g1', 'be1', 'g2', 'be2']) shapes.set(`${layer}.${name}`, [D]);
    }
  }
  return shapes;
}

const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Gains of the layer norms are 1, every other parameter N(0, .05). */
export function drawParameters(sizes: TowerSizes, seed: number): Map<string, NamedArray> {
  const random = seededRandom(seed);
  const drawn = new Map<string, NamedArray>();
  for (const [name, shape] of parameterShapes(sizes)) {
    const gain = /\.g[12]$/.test(name);
    drawn.set(name, {
      shape,
      values: Float32Array.from({ length: count(shape) }, () => (gain ? 1 : 0.05 * random.normal())),
    });
  }
  return drawn;
}

const integers = (shape: number[], random: Random, low: number, below: number): NamedArray => ({
  shape,
  values: Int32Array.from({ length: count(shape) }, () => low + random.below(below - low)),
});

/** Random ids; a text fills three quarters of its T positions at least. */
export function drawFeatures(sizes: TowerSizes, seed: number): Map<string, NamedArray> {
  const random = seededRandom(seed);
  const drawn = new Map<string, NamedArray>();
  for (const tower of towerNames) {
    const { tokens: T, trigrams } = sizes[tower];
    drawn.set(`${tower}.ids`, integers([sizes.batch, T], random, 0, sizes.rows));
    drawn.set(`${tower}.lengths`, integers([sizes.batch], random, Math.ceil(T * 0.75), T + 1));
    drawn.set(`${tower}.trigrams`, integers([sizes.batch, trigrams], random, 0, sizes.rows));
  }
  return drawn;
}
