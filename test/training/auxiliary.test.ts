import { beforeAll, describe, expect, it } from 'vitest';
import { loadTensorFlow, type Tf } from '../../models/recorder/tensorflow.js';
import { auxiliaryLoss, auxiliaryParameters } from '../../training/auxiliary.js';
import { headQueryLabels, headQueryTargets } from '../../training/head-queries.js';

let tf: Tf;
beforeAll(async () => {
  tf = loadTensorFlow();
  await tf.setBackend('cpu');
});

const pair = (query: string, document: number, weight = 1) => ({ query, document, weight });

describe('headQueryLabels', () => {
  it('takes the queries of most weight, ties by text, and the documents engaged from them', () => {
    const pairs = [
      pair('b', 0),
      pair('b', 1),
      pair('a', 2),
      pair('c', 2),
      pair('c', 0),
      pair('d', 3, 0.5),
      pair('b', 0),
    ];
    // weights: b 3, c 2, a 1, d .5
    expect(headQueryLabels(pairs, 5, 3)).toEqual({ classes: 3, labels: [[0, 1], [0], [1, 2], [], []] });
    expect(headQueryLabels(pairs, 5, 1)).toEqual({ classes: 1, labels: [[0], [0], [], [], []] });
    expect(headQueryLabels([], 2, 3)).toEqual({ classes: 0, labels: [[], []] });
  });

  it('gives each of k labels a mass of 1/k', () => {
    const labels = { classes: 3, labels: [[0, 2], [], [1]] };
    expect(Array.from(headQueryTargets(labels, [2, 0, 1]))).toEqual([0, 1, 0, 0.5, 0, 0.5, 0, 0, 0]);
  });
});

describe('auxiliaryLoss', () => {
  it('is the cross-entropy of the labels, over the documents that have some', () => {
    expect(auxiliaryParameters(2, 3)).toEqual({ 'auxiliary.weight': [2, 3], 'auxiliary.bias': [3] });
    const loss = tf.tidy(() => {
      const p = {
        'auxiliary.weight': tf.tensor([
          [1, 0, 0],
          [0, 1, 0],
        ]),
        'auxiliary.bias': tf.tensor([0, 0, 0.5]),
      };
      const documents = tf.tensor([
        [1, 0],
        [0, 1],
        [0.6, 0.8],
      ]);
      const targets = tf.tensor([
        [0.5, 0, 0.5],
        [0, 0, 0],
        [0, 1, 0],
      ]);
      return auxiliaryLoss(tf, documents, targets, p).dataSync()[0];
    });
    // logits: (1, 0, .5), -, (.6, .8, .5)
    const first = Math.log(Math.E + 1 + Math.exp(0.5)) - (0.5 * 1 + 0.5 * 0.5);
    const third = Math.log(Math.exp(0.6) + Math.exp(0.8) + Math.exp(0.5)) - 0.8;
    expect(loss).toBeCloseTo((first + third) / 2, 5);
  });

  it('is 0 where no document has a label', () => {
    const loss = tf.tidy(() => {
      const p = { 'auxiliary.weight': tf.ones([2, 2]), 'auxiliary.bias': tf.zeros([2]) };
      return auxiliaryLoss(tf, tf.ones([3, 2]), tf.zeros([3, 2]), p).dataSync()[0];
    });
    expect(loss).toBe(0);
  });
});
