import { beforeAll, describe, expect, it } from 'vitest';
import { loadTensorFlow, type Tensor, type Tf } from '../../models/recorder/tensorflow.js';
import { hardestNegatives, marginRankingLoss, scaledBinaryLoss } from '../../training/curriculum.js';
import { closedPlace } from '../../training/losses.js';

let tf: Tf;
beforeAll(async () => {
  tf = loadTensorFlow();
  await tf.setBackend('cpu');
});

type Matrix = readonly (readonly number[])[];
const matrix = (rows: Matrix): Tensor =>
  tf.tensor(
    rows.map(row => [...row]),
    [rows.length, rows[0].length],
  );

// cosines, by query:  .6 .8 0   0 1 .6   .8 .6 -.8
const queries = [
  [1, 0],
  [0, 1],
  [0.8, -0.6],
];
// the first three are the answers, the fourth a negative of all
const documents = [
  [0.6, 0.8],
  [0.8, 0.6],
  [0, -1],
  [-1, 0],
];
// query 0: .6  .8   0  -1    hardest .8
// query 1: .8  .6  -1   0    hardest .8
// query 2: 0  .28  .6  -.8   hardest .28
const open: Matrix = queries.map(() => [0, 0, 0, 0]);

const run = (compute: () => Tensor): number[] => tf.tidy(() => Array.from(compute().dataSync()));

describe('hardestNegatives', () => {
  it('is the best cosine of a row beside its own', () => {
    const found = run(() => hardestNegatives(tf, matrix(queries), matrix(documents), matrix(open)));
    [0.8, 0.8, 0.28].forEach((expected, row) => {
      expect(found[row]).toBeCloseTo(expected, 6);
    });
  });

  it('passes over closed places, and is far below -1 where none is left', () => {
    const blocked = [
      [0, closedPlace, 0, 0],
      [closedPlace, 0, closedPlace, closedPlace],
      [0, 0, 0, 0],
    ];
    const found = run(() => hardestNegatives(tf, matrix(queries), matrix(documents), matrix(blocked)));
    expect(found[0]).toBeCloseTo(0, 6);
    expect(found[1]).toBeLessThan(-1e8);
  });
});

describe('marginRankingLoss', () => {
  it('adds up by how much each lead falls short of the margin', () => {
    // leads: .6 - .8 = -.2, .6 - .8 = -.2, .6 - .28 = .32; margin .4: .6 + .6 + .08
    const [loss] = run(() => marginRankingLoss(tf, matrix(queries), matrix(documents), matrix(open), 0.4));
    expect(loss).toBeCloseTo(1.28, 5);
    // margin .1: .3 + .3 + 0
    const [small] = run(() => marginRankingLoss(tf, matrix(queries), matrix(documents), matrix(open), 0.1));
    expect(small).toBeCloseTo(0.6, 5);
  });

  it('moves each query from its hardest negative towards its own document, where the lead is too small', () => {
    const [gradient] = tf.tidy(() =>
      tf
        .grads((q: Tensor, d: Tensor) => marginRankingLoss(tf, q, d, matrix(open), 0.1).asScalar())([
          matrix(queries),
          matrix(documents),
        ])
        .map(tensor => tensor.arraySync() as number[][]),
    );
    // rows 0 and 1: hardest - own; row 2 has its lead
    const expected = [
      [0.8 - 0.6, 0.6 - 0.8],
      [0.6 - 0.8, 0.8 - 0.6],
      [0, 0],
    ];
    expected.forEach((row, b) => {
      row.forEach((value, k) => {
        expect(gradient[b][k]).toBeCloseTo(value, 5);
      });
    });
  });
});

describe('scaledBinaryLoss', () => {
  it('is the mean of ln(1 + e^-s cos) of the positive and ln(1 + e^s cos) of the hardest negative', () => {
    const s = 2;
    const softplus = (x: number): number => Math.log(1 + Math.exp(x));
    const expected =
      ((softplus(-s * 0.6) + softplus(s * 0.8)) * 2 + softplus(-s * 0.6) + softplus(s * 0.28)) / queries.length;
    const [loss] = run(() => scaledBinaryLoss(tf, matrix(queries), matrix(documents), matrix(open), s));
    expect(loss).toBeCloseTo(expected, 5);
  });
});
