import { beforeAll, describe, expect, it } from 'vitest';
import { loadTensorFlow, type Tf } from '../../models/recorder/tensorflow.js';
import { distillationLoss, teacherSoftmax } from '../../training/distillation.js';
import { closedPlace } from '../../training/losses.js';

let tf: Tf;
beforeAll(async () => {
  tf = loadTensorFlow();
  await tf.setBackend('cpu');
});

const queries = [
  [1, 0],
  [0, 1],
];
const documents = [
  [0.6, 0.8],
  [0, 1],
  [0.8, 0.6],
];
// cosines: .6 0 .8    .8 1 .6
const softmax = (blocked: number[][], scale: number): number[][] =>
  tf.tidy(
    () =>
      teacherSoftmax(tf, tf.tensor(queries), tf.tensor(documents), tf.tensor(blocked), scale).arraySync() as number[][],
  );
const loss = (blocked: number[][], teacher: number[][], scale: number): number =>
  tf.tidy(
    () =>
      distillationLoss(
        tf,
        tf.tensor(queries),
        tf.tensor(documents),
        tf.tensor(blocked),
        tf.tensor(teacher),
        scale,
      ).dataSync()[0],
  );
const open = [
  [0, 0, 0],
  [0, 0, 0],
];

describe('teacherSoftmax', () => {
  it('is the softmax of scaled cosines over the open places', () => {
    const blocked = [
      [0, 0, closedPlace],
      [0, 0, 0],
    ];
    const [first, second] = softmax(blocked, 10);
    expect(first[0]).toBeCloseTo(1 / (1 + Math.exp(-6)), 6);
    expect(first[2]).toBe(0);
    const sum = Math.exp(8) + Math.exp(10) + Math.exp(6);
    expect(second[0]).toBeCloseTo(Math.exp(8) / sum, 6);
    expect(second[1]).toBeCloseTo(Math.exp(10) / sum, 6);
  });
});

describe('distillationLoss', () => {
  it('is 0 where ours is the softmax of the teacher', () => {
    expect(loss(open, softmax(open, 5), 5)).toBeCloseTo(0, 5);
  });

  it('is the mean over the rows of the divergence from the teacher', () => {
    const teacher = [
      [0.5, 0, 0.5],
      [0, 1, 0],
    ];
    // s = 1
    const rows = [
      [0.6, 0, 0.8],
      [0.8, 1, 0.6],
    ].map(row => {
      const sum = row.reduce((total, x) => total + Math.exp(x), 0);
      return row.map(x => Math.exp(x) / sum);
    });
    const first = 0.5 * Math.log(0.5 / rows[0][0]) + 0.5 * Math.log(0.5 / rows[0][2]);
    const second = Math.log(1 / rows[1][1]);
    expect(loss(open, teacher, 1)).toBeCloseTo((first + second) / 2, 5);
  });
});
