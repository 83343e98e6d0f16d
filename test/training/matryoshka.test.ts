import { beforeAll, describe, expect, it } from 'vitest';
import { encodeModel } from '../../models/recorder/onnx-proto.js';
import { record } from '../../models/recorder/record.js';
import { loadTensorFlow, type Tensor, type Tf } from '../../models/recorder/tensorflow.js';
import { createNativeGraph } from '../../models/runtime/session.js';
import { scaledSoftmaxLoss } from '../../training/losses.js';
import { matryoshkaLoss } from '../../training/matryoshka.js';

let tf: Tf;
beforeAll(async () => {
  tf = loadTensorFlow();
  await tf.setBackend('cpu');
});

// rows of length 1; of the first two values, scaled to length 1: (.6, .8) and (1, 0) against (1, 0) and (0, 1)
const queries = [
  [0.3, 0.4, Math.sqrt(0.75), 0],
  [0.5, 0, 0, Math.sqrt(0.75)],
];
const documents = [
  [0.5, 0, Math.sqrt(0.75), 0],
  [0, 0.5, 0, Math.sqrt(0.75)],
];
const scale = 2;

const lossWith = (widths: readonly number[]) => (q: Tensor, d: Tensor, given: Tf) =>
  matryoshkaLoss(given, q, d, widths, (a, b) => scaledSoftmaxLoss(given, a, b, given.zeros([2, 2]), scale));

const matrix = (rows: readonly (readonly number[])[]): Tensor =>
  tf.tensor(
    rows.map(row => [...row]),
    [rows.length, rows[0].length],
  );
const lossOf = (widths: readonly number[], q = queries, d = documents): number =>
  tf.tidy(() => lossWith(widths)(matrix(q), matrix(d), tf).dataSync()[0]);

/** ln(e^(s a) + e^(s b)) - s a */
const row = (own: number, other: number): number =>
  Math.log(Math.exp(scale * own) + Math.exp(scale * other)) - scale * own;

describe('matryoshkaLoss', () => {
  it('is the mean of the loss of the whole and of that of each beginning, scaled to length 1', () => {
    // whole: .15 + .75, .2 and .75, .25; beginnings: .6, .8 and 0, 1
    const whole = (row(0.9, 0.2) + row(0.75, 0.25)) / 2;
    const beginning = (row(0.6, 0.8) + row(0, 1)) / 2;
    expect(lossOf([])).toBeCloseTo(whole, 6);
    expect(lossOf([2])).toBeCloseTo((whole + beginning) / 2, 6);
  });

  it('passes over beginnings that are not shorter, and names that come twice', () => {
    expect(lossOf([4, 8])).toBe(lossOf([]));
    expect(lossOf([2, 2, 64])).toBe(lossOf([2]));
  });

  it('has the gradients that finite differences tell', () => {
    const [dq, dd] = tf.tidy(() => {
      const of = (q: Tensor, d: Tensor) => lossWith([2, 3])(q, d, tf).asScalar();
      return tf
        .grads(of)([matrix(queries), matrix(documents)])
        .map(gradient => gradient.arraySync() as number[][]);
    });
    const step = 1e-2;
    for (const [side, gradient] of [dq, dd].entries()) {
      for (const [i, values] of gradient.entries()) {
        for (const [j, value] of values.entries()) {
          const moved = (by: number): number => {
            const both = [queries, documents].map(rows => rows.map(each => [...each]));
            both[side][i][j] += by;
            return lossOf([2, 3], both[0], both[1]);
          };
          expect(value).toBeCloseTo((moved(step) - moved(-step)) / (2 * step), 2);
        }
      }
    }
  });

  it('is the same when it is recorded', async () => {
    const rows = { dtype: 'float32', shape: [2, 4] } as const;
    const recorded = record({ q: rows, d: rows }, (given, x) => ({ loss: lossWith([2, 3])(x.q, x.d, given) }));
    const graph = await createNativeGraph(encodeModel(recorded), { threads: 1 });
    const feed = (of: readonly (readonly number[])[]) => ({ values: Float32Array.from(of.flat()), shape: rows.shape });
    const { loss } = await graph.run({ q: feed(queries), d: feed(documents) });
    await graph.close();
    expect(loss[0]).toBeCloseTo(lossOf([2, 3]), 5);
  });
});
