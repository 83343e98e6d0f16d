import { beforeAll, describe, expect, it } from 'vitest';
import { drawFeatures, drawParameters, parameterShapes, type TowerSizes } from '../../../bench/towers/sizes.js';
import { featureTensors, twoTowersLoss } from '../../../bench/towers/two-towers.js';
import { loadTensorFlow } from '../../../models/recorder/tensorflow.js';
import type { NamedArray } from '../../../models/safetensors.js';
import { plainLoss } from './plain-loss.js';

const tf = loadTensorFlow();
beforeAll(async () => {
  await tf.setBackend('cpu');
});

const sizes: TowerSizes = {
  batch: 3,
  width: 4,
  heads: 2,
  feedForward: 6,
  rows: 8,
  scale: 20,
  learningRate: 7e-4,
  query: { tokens: 4, layers: 1, trigrams: 2 },
  document: { tokens: 5, layers: 2, trigrams: 3 },
};

function lossOf(parameters: ReadonlyMap<string, NamedArray>, features: ReadonlyMap<string, NamedArray>): number {
  return tf.tidy(() => {
    const entries = [...parameters].map(
      ([name, { shape, values }]) => [name, tf.tensor(values, [...shape], 'float32')] as const,
    );
    return twoTowersLoss(tf, sizes, Object.fromEntries(entries), featureTensors(tf, features)).dataSync()[0];
  });
}

/** Parameters that are all zero but for the named ones. */
function zerosBut(given: Record<string, number[]>): Map<string, NamedArray> {
  const shapes = [...parameterShapes(sizes)];
  return new Map(
    shapes.map(([name, shape]) => {
      const length = shape.reduce((a, b) => a * b, 1);
      return [name, { shape, values: Float32Array.from(given[name] ?? new Array(length).fill(0)) }];
    }),
  );
}

/** Ten times larger than drawn, so that attention is far from even; the gains of the layer norms stay 1. */
const drawLargeParameters = (seed: number): Map<string, NamedArray> =>
  new Map(
    [...drawParameters(sizes, seed)].map(([name, { shape, values }]) => [
      name,
      { shape, values: values.map(x => (x === 1 ? 1 : 10 * x)) },
    ]),
  );

describe('twoTowersLoss', () => {
  it('is ln B where all embeddings are the same', () => {
    expect(lossOf(zerosBut({}), drawFeatures(sizes, 1))).toBeCloseTo(Math.log(3), 5);
  });

  it('by hand: orthogonal trigram bags, each query beside its own document', () => {
    // att = 0 weighs text (0, as cls = 0) and trigrams by half; bags are n times a unit vector, so the L2 norm makes them unit vectors
    const unit = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];
    const tri = [...unit, ...new Array(5 * 4).fill(0)];
    const features = drawFeatures(sizes, 1);
    features.set('query.trigrams', { shape: [3, 2], values: Int32Array.of(0, 0, 1, 1, 2, 2) });
    features.set('document.trigrams', { shape: [3, 3], values: Int32Array.of(0, 0, 0, 1, 1, 1, 2, 2, 2) });
    // scores 20 on the diagonal, 0 elsewhere: loss = ln(1 + 2 e^-20)
    expect(lossOf(zerosBut({ tri }), features)).toBeCloseTo(Math.log1p(2 * Math.exp(-20)), 6);
    features.set('document.trigrams', { shape: [3, 3], values: Int32Array.of(1, 1, 1, 2, 2, 2, 0, 0, 0) });
    // own scores 0, one other 20: loss = ln(e^20 + 2)
    expect(lossOf(zerosBut({ tri }), features)).toBeCloseTo(Math.log(Math.exp(20) + 2), 3);
  });

  it('does not see tokens beyond the length, and sees those before it', () => {
    const parameters = drawParameters(sizes, 3);
    const features = drawFeatures(sizes, 4);
    features.set('document.lengths', { shape: [3], values: Int32Array.of(3, 3, 3) });
    const before = lossOf(parameters, features);
    const { shape, values } = features.get('document.ids')!;
    const changed = (position: number) =>
      new Map(features).set('document.ids', {
        shape,
        values: Int32Array.from(values, (id, i) => (i % 5 === position ? (id + 1) % sizes.rows : id)),
      });
    expect(lossOf(parameters, changed(3))).toBeCloseTo(before, 6);
    expect(lossOf(parameters, changed(4))).toBeCloseTo(before, 6);
    expect(Math.abs(lossOf(parameters, changed(2)) - before)).toBeGreaterThan(1e-5);
  });

  it.each(['query', 'document'])('every parameter of the %s tower takes part', tower => {
    const features = drawFeatures(sizes, 6);
    const parameters = drawLargeParameters(5);
    const before = lossOf(parameters, features);
    for (const name of parameterShapes(sizes).keys()) {
      if (!name.startsWith(tower)) continue;
      const { shape, values } = parameters.get(name)!;
      const moved = new Map(parameters).set(name, { shape, values: values.map((x, i) => x + Math.sin(i + 1)) });
      expect(Math.abs(lossOf(moved, features) - before), name).toBeGreaterThan(1e-5);
    }
  });
});

describe('against plain arithmetic in double precision', () => {
  it('the losses are equal', () => {
    const features = drawFeatures(sizes, 8);
    const parameters = drawLargeParameters(7);
    expect(lossOf(parameters, features)).toBeCloseTo(plainLoss(sizes, parameters, features), 4);
  });
});

describe('drawn work', () => {
  it('is the same for one seed and another for another', () => {
    expect(drawParameters(sizes, 1)).toEqual(drawParameters(sizes, 1));
    expect(drawParameters(sizes, 1).get('tok')).not.toEqual(drawParameters(sizes, 2).get('tok'));
  });

  it('fills three quarters of the positions at least', () => {
    const lengths = drawFeatures({ ...sizes, batch: 500 }, 1).get('query.lengths')!.values;
    expect(new Set(lengths)).toEqual(new Set([3, 4])); // T = 4
  });
});
