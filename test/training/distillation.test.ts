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
const flat = (rows: readonly (readonly number[])[]): Float32Array => Float32Array.from(rows.flat());
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
    const found = teacherSoftmax(flat(queries), flat(documents), 2, flat(blocked), 10);
    expect(found[0]).toBeCloseTo(1 / (1 + Math.exp(-6)), 6);
    expect(found[2]).toBe(0);
    const sum = Math.exp(8) + Math.exp(10) + Math.exp(6);
    expect(found[3]).toBeCloseTo(Math.exp(8) / sum, 6);
    expect(found[4]).toBeCloseTo(Math.exp(10) / sum, 6);
  });
});

describe('distillationLoss', () => {
  it('is 0 where ours is the softmax of the teacher', () => {
    const same = teacherSoftmax(flat(queries), flat(documents), 2, flat(open), 5);
    expect(loss(open, [[...same.slice(0, 3)], [...same.slice(3)]], 5)).toBeCloseTo(0, 5);
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
