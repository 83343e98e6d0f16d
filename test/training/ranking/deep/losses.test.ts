import { beforeAll, describe, expect, it } from 'vitest';
import { loadTensorFlow, type Tensor, type Tf } from '../../../../models/recorder/tensorflow.js';
import { closedPlace } from '../../../../training/losses.js';
import { type JudgedPlaces, lambdaLoss, listwiseSoftmaxLoss } from '../../../../training/ranking/deep/losses.js';

let tf: Tf;
beforeAll(async () => {
  tf = loadTensorFlow();
  await tf.setBackend('cpu');
});

interface Query {
  readonly scores: readonly number[];
  readonly gains: readonly number[];
  /** 1 / best; 1 when absent */
  readonly inverse?: number;
  /** places that are empty, the last ones */
  readonly empty?: number;
}

function work(loss: (tf: Tf, scores: Tensor, places: JudgedPlaces) => Tensor, queries: readonly Query[]) {
  return tf.tidy(() => {
    const matrix = (rows: readonly (readonly number[])[]): Tensor =>
      tf.tensor2d(
        rows.map(row => [...row]),
        [rows.length, rows[0].length],
      );
    const places: JudgedPlaces = {
      gains: matrix(queries.map(({ gains }) => gains)),
      closed: matrix(
        queries.map(({ scores, empty = 0 }) => scores.map((_, i) => (i >= scores.length - empty ? closedPlace : 0))),
      ),
      inverseBest: tf.tensor1d(queries.map(({ inverse = 1 }) => inverse)),
    };
    const { value, grad } = tf.valueAndGrad((scores: Tensor) => loss(tf, scores, places).asScalar())(
      matrix(queries.map(({ scores }) => scores)),
    );
    return { loss: value.dataSync()[0], gradient: (grad.arraySync() as number[][]).map(row => [...row]) };
  });
}

const softmax = (queries: readonly Query[]) => work(listwiseSoftmaxLoss, queries);
const lambda = (queries: readonly Query[]) => work(lambdaLoss, queries);
const nearly = (values: readonly (readonly number[])[]) =>
  values.map(row => row.map(value => expect.closeTo(value, 5)));

describe('the listwise softmax', () => {
  const e = Math.E;

  it('is ln(1 + 1/e) where the only good document leads by 1', () => {
    const { loss, gradient } = softmax([{ scores: [1, 0], gains: [1, 0] }]);
    expect(loss).toBeCloseTo(Math.log(1 + 1 / e), 5);
    // softmax less the shares of the gains
    expect(gradient).toEqual(nearly([[e / (1 + e) - 1, 1 / (1 + e)]]));
  });

  it('takes gains as shares, whatever they sum up to', () => {
    const { loss, gradient } = softmax([{ scores: [0, 0], gains: [3, 1] }]);
    expect(loss).toBeCloseTo(Math.LN2, 5);
    expect(gradient).toEqual(nearly([[0.5 - 0.75, 0.5 - 0.25]]));
  });

  it('leaves out empty places, and queries that teach nothing', () => {
    const alone = softmax([{ scores: [1, 0], gains: [1, 0] }]);
    const { loss, gradient } = softmax([
      { scores: [1, 0, 7], gains: [1, 0, 0], empty: 1 },
      { scores: [5, 2, 0], gains: [0, 0, 0], inverse: 0 },
    ]);
    expect(loss).toBeCloseTo(alone.loss, 5);
    expect(gradient).toEqual(
      nearly([
        [...alone.gradient[0], 0],
        [0, 0, 0],
      ]),
    );
  });
});

describe('the lambda loss', () => {
  const swap = 1 - 1 / Math.log2(3);

  it('weighs a pair by what swapping it would change of nDCG', () => {
    const { loss, gradient } = lambda([{ scores: [1, 0], gains: [0, 2], inverse: 0.25 }]);
    const weight = 2 * swap * 0.25;
    expect(loss).toBeCloseTo(weight * Math.log2(1 + Math.E), 5);
    const push = (weight / Math.LN2) * (1 / (1 + Math.exp(-1)));
    expect(gradient).toEqual(nearly([[push, -push]]));
  });

  it('takes ranks from the scores, not from the places', () => {
    // by score the good one is third, the others first and second
    const { loss } = lambda([{ scores: [0, 2, 1], gains: [1, 0, 0] }]);
    const discount = (rank: number): number => 1 / Math.log2(rank + 2);
    const expected =
      (discount(0) - discount(2)) * Math.log2(1 + Math.exp(2)) + (discount(1) - discount(2)) * Math.log2(1 + Math.E);
    expect(loss).toBeCloseTo(expected, 5);
  });

  it('leaves out empty places, and queries that teach nothing', () => {
    const alone = lambda([{ scores: [1, 0], gains: [0, 1] }]);
    const { loss, gradient } = lambda([
      // an empty place would stand first by its score
      { scores: [1, 0, 7], gains: [0, 1, 0], empty: 1 },
      { scores: [5, 2, 0], gains: [0, 0, 0], inverse: 0 },
    ]);
    expect(loss).toBeCloseTo(alone.loss, 5);
    expect(gradient).toEqual(
      nearly([
        [...alone.gradient[0], 0],
        [0, 0, 0],
      ]),
    );
  });
});
