import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadTensorFlow, type Tensor, type Tf } from '../../models/recorder/tensorflow.js';
import { scaledSoftmaxLoss } from '../../training/losses.js';

let tf: Tf;
beforeAll(async () => {
  tf = loadTensorFlow();
  await tf.setBackend('cpu');
});

type Matrix = readonly (readonly number[])[];

const closed = -1e9;
const open = (size: number): number[][] => Array.from({ length: size }, () => new Array<number>(size).fill(0));
const matrix = (rows: Matrix): Tensor =>
  tf.tensor(
    rows.map(row => [...row]),
    [rows.length, rows[0].length],
  );

function lossOf(q: Matrix, d: Matrix, blocked: Matrix, scale: number): number {
  return tf.tidy(() => scaledSoftmaxLoss(tf, matrix(q), matrix(d), matrix(blocked), scale).dataSync()[0]);
}

function gradientsOf(q: Matrix, d: Matrix, blocked: Matrix, scale: number): { q: number[][]; d: number[][] } {
  return tf.tidy(() => {
    const loss = (queries: Tensor, documents: Tensor) =>
      scaledSoftmaxLoss(tf, queries, documents, matrix(blocked), scale).asScalar();
    const [dq, dd] = tf.grads(loss)([matrix(q), matrix(d)]);
    return { q: dq.arraySync() as number[][], d: dd.arraySync() as number[][] };
  });
}

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, i) => sum + x * b[i], 0);

/** softmax over j of s q_b . d_j + blocked_bj, in doubles */
function softmaxOf(q: Matrix, d: Matrix, blocked: Matrix, scale: number): number[][] {
  return q.map((query, b) => {
    const scores = d.map((document, j) => scale * dot(query, document) + blocked[b][j]);
    const most = Math.max(...scores);
    const powers = scores.map(score => Math.exp(score - most));
    const sum = powers.reduce((a, x) => a + x, 0);
    return powers.map(power => power / sum);
  });
}

/** Rows of length 1 in three dimensions, from two angles. */
const rows = (size: number) =>
  fc
    .array(fc.tuple(fc.double({ min: 0, max: 6.28, noNaN: true }), fc.double({ min: -1.5, max: 1.5, noNaN: true })), {
      minLength: size,
      maxLength: size,
    })
    .map(angles => angles.map(([a, b]) => [Math.cos(a) * Math.cos(b), Math.sin(a) * Math.cos(b), Math.sin(b)]));

describe('scaledSoftmaxLoss', () => {
  it('is ln(1 + e^-s) for two queries that are their documents and have nothing to do with the other', () => {
    const identity = [
      [1, 0],
      [0, 1],
    ];
    // row: scores s, 0; loss = ln(e^s + e^0) - s = ln(1 + e^-s)
    expect(lossOf(identity, identity, open(2), 1)).toBeCloseTo(Math.log(1 + Math.exp(-1)), 6);
    expect(lossOf(identity, identity, open(2), 3)).toBeCloseTo(Math.log(1 + Math.exp(-3)), 6);
  });

  it('is the mean over the rows: two by two, cosines .6 and .8, s = 2', () => {
    const q = [
      [1, 0],
      [0, 1],
    ];
    const d = [
      [0.6, 0.8],
      [0, 1],
    ];
    // row 0: cosines .6, 0 -> 1.2, 0: ln(e^1.2 + 1) - 1.2 = ln(1 + e^-1.2)
    // row 1: cosines .8, 1 -> 1.6, 2: ln(e^1.6 + e^2) - 2 = ln(1 + e^-.4)
    const expected = (Math.log(1 + Math.exp(-1.2)) + Math.log(1 + Math.exp(-0.4))) / 2;
    expect(lossOf(q, d, open(2), 2)).toBeCloseTo(expected, 6);
  });

  it('leaves a blocked document out of its row, three by three', () => {
    const q = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ];
    const d = [
      [1, 0, 0],
      [0.6, 0.8, 0],
      [0, 0.6, 0.8],
    ];
    const blocked = [
      [0, closed, 0],
      [0, 0, closed],
      [0, 0, 0],
    ];
    // s = 5; row 0: 5, (3), 0    row 1: 0, 4, (3)    row 2: 0, 0, 4; the ones in brackets do not count
    const expected = (Math.log(1 + Math.exp(-5)) + Math.log(1 + Math.exp(-4)) + Math.log(1 + 2 * Math.exp(-4))) / 3;
    expect(lossOf(q, d, blocked, 5)).toBeCloseTo(expected, 5);
    expect(lossOf(q, d, open(3), 5)).toBeGreaterThan(expected + 0.1);
  });

  it('is 0 where every other document is blocked', () => {
    const d = [
      [0.6, 0.8],
      [0.6, 0.8],
    ];
    expect(
      lossOf(
        d,
        d,
        [
          [0, closed],
          [closed, 0],
        ],
        20,
      ),
    ).toBeCloseTo(0, 5);
  });

  it('has the gradient s / B (softmax - one-hot), times the other side', () => {
    fc.assert(
      fc.property(rows(3), rows(3), fc.double({ min: 0.5, max: 20, noNaN: true }), (q, d, scale) => {
        const blocked = [
          [0, 0, closed],
          [0, 0, 0],
          [closed, 0, 0],
        ];
        const p = softmaxOf(q, d, blocked, scale);
        const error = p.map((row, b) => row.map((x, j) => (scale * (x - (b === j ? 1 : 0))) / 3));
        const found = gradientsOf(q, d, blocked, scale);
        for (let b = 0; b < 3; b++) {
          for (let k = 0; k < 3; k++) {
            expect(found.q[b][k]).toBeCloseTo(
              error[b].reduce((sum, e, j) => sum + e * d[j][k], 0),
              4,
            );
            expect(found.d[b][k]).toBeCloseTo(
              error.reduce((sum, row, i) => sum + row[b] * q[i][k], 0),
              4,
            );
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it('has the gradient that small changes of the queries show', () => {
    const q = [
      [0.6, 0.8],
      [0.8, -0.6],
      [0, 1],
    ];
    const d = [
      [1, 0],
      [0.6, -0.8],
      [-0.6, 0.8],
    ];
    const scale = 3;
    const found = gradientsOf(q, d, open(3), scale).q;
    const step = 1e-2;
    const moved = (b: number, k: number, by: number): number[][] =>
      q.map((row, i) => row.map((x, j) => (i === b && j === k ? x + by : x)));
    for (let b = 0; b < 3; b++) {
      for (let k = 0; k < 2; k++) {
        const up = lossOf(moved(b, k, step), d, open(3), scale);
        const down = lossOf(moved(b, k, -step), d, open(3), scale);
        expect(found[b][k]).toBeCloseTo((up - down) / (2 * step), 3);
      }
    }
  });

  it('does not feel what stands in a blocked place', () => {
    fc.assert(
      fc.property(rows(3), rows(3), rows(1), (q, d, [other]) => {
        // document 2 is blocked for the queries 0 and 1: only row 2 may see it
        const blocked = [
          [0, 0, closed],
          [0, 0, closed],
          [0, 0, 0],
        ];
        const first = gradientsOf(q, d, blocked, 10).q;
        const second = gradientsOf(q, [d[0], d[1], other], blocked, 10).q;
        expect(second.slice(0, 2)).toEqual(first.slice(0, 2));
      }),
      { numRuns: 30 },
    );
  });
});
