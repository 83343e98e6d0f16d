import { describe, expect, it } from 'vitest';
import { attentionFusion, concatFusion } from '../../models/fusion.js';
import type { Tensor } from '../../models/recorder/tensorflow.js';
import { expectGradients, gradientsOf, type Layer } from './layers/gradients.js';
import { expectAllClose, floats, type Given, given, runEagerly, runRecorded } from './recorder/parity.js';

const attentive =
  (part: 'vectors' | 'weights'): Layer =>
  (tf, p) =>
    attentionFusion(tf, p, 'f', [p.a, p.b, p.c].filter(Boolean), p.present)[part];
const concatenated =
  (part: 'vectors' | 'weights'): Layer =>
  (tf, p) =>
    concatFusion(tf, p, 'f', [p.a, p.b, p.c].filter(Boolean), p.present)[part];

const channels = { a: floats([3, 2], -1, 1, 1), b: floats([3, 2], -1, 1, 2), c: floats([3, 2], -1, 1, 3) };
/** All present; b absent; c alone present. */
const present = given('float32', [3, 3], [1, 1, 1, 1, 0, 1, 0, 0, 1]);
const attentionInputs: Given = {
  ...channels,
  present,
  'f.weight': floats([6, 3], -1, 1, 4),
  'f.bias': floats([3], -1, 1, 5),
};
const concatInputs: Given = {
  ...channels,
  present,
  'f.hidden.weight': floats([6, 2], 0.1, 1, 4),
  // Kept off the bend of relu, where a central difference means nothing.
  'f.hidden.bias': given('float32', [2], [6, 8]),
  'f.out.weight': floats([2, 2], -1, 1, 6),
  'f.out.bias': floats([2], -1, 1, 7),
};

describe('attentionFusion', () => {
  it('of two channels, worked by hand', async () => {
    // concat = [1, 0, 0, 2]; scores = [ln 2 * 1, 2 * 0] = [ln 2, 0]; softmax = [2/3, 1/3]; 2/3 [1, 0] + 1/3 [0, 2].
    const inputs = {
      a: given('float32', [1, 2], [1, 0]),
      b: given('float32', [1, 2], [0, 2]),
      present: given('float32', [1, 2], [1, 1]),
      'f.weight': given('float32', [4, 2], [Math.log(2), 0, 5, 5, 9, 9, 0, 0]),
      'f.bias': given('float32', [2], [0, 0]),
    };
    const vectors = given('float32', [1, 2], [2 / 3, 2 / 3]);
    const weights = given('float32', [1, 2], [2 / 3, 1 / 3]);
    for (const run of [runEagerly, runRecorded]) {
      expectAllClose(
        await run(inputs, (tf, p) => [attentive('vectors')(tf, p), attentive('weights')(tf, p)]),
        [vectors, weights],
        1e-6,
      );
    }
  });

  it('gives an absent channel the weight 0 exactly, and the others a sum of 1', async () => {
    for (const run of [runEagerly, runRecorded]) {
      const [{ values }] = await run(attentionInputs, attentive('weights'));
      expect([values[4], values[6], values[7]]).toEqual([0, 0, 0]);
      expect(values[8]).toBe(1);
      for (const b of [0, 1]) expect(values[3 * b] + values[3 * b + 1] + values[3 * b + 2]).toBeCloseTo(1, 6);
    }
  });

  it('does not see what stands in an absent channel, and gives it no gradient', () => {
    const b = { ...channels.b, values: channels.b.values.map((value, i) => (i < 2 ? value : 50)) };
    expect(runEagerly({ ...attentionInputs, b }, attentive('vectors'))).toEqual(
      runEagerly(attentionInputs, attentive('vectors')),
    );
    const [db] = runEagerly(attentionInputs, gradientsOf(attentive('vectors'), ['b'], floats([3, 2], -1, 1, 8)));
    expect(db.values.slice(2).map(Math.abs)).toEqual([0, 0, 0, 0]);
    expect(Math.min(...db.values.slice(0, 2).map(Math.abs))).toBeGreaterThan(0);
  });

  it('of an example without any channel is zero', () => {
    const none = { ...attentionInputs, present: given('float32', [3, 3], new Array(9).fill(0)) };
    expect(runEagerly(none, attentive('vectors'))[0].values.map(Math.abs)).toEqual(new Array(6).fill(0));
  });

  it('of one channel is that channel', () => {
    const inputs = {
      a: channels.a,
      present: given('float32', [3, 1], [1, 1, 1]),
      'f.weight': floats([2, 1]),
      'f.bias': floats([1]),
    };
    expect(runEagerly(inputs, attentive('vectors'))[0].values).toEqual(channels.a.values);
  });

  it('has the right gradients', async () => {
    await expectGradients(attentionInputs, ['a', 'b', 'c', 'f.weight', 'f.bias'], attentive('vectors'));
  });
});

describe('concatFusion', () => {
  it('of two channels, worked by hand', async () => {
    // concat = [1, 2]; hidden = relu([1 + 2 - 1, 1 - 2]) = [2, 0]; out = [2 * 3 + 0.5].
    const inputs = {
      a: given('float32', [1, 1], [1]),
      b: given('float32', [1, 1], [2]),
      present: given('float32', [1, 2], [1, 1]),
      'f.hidden.weight': given('float32', [2, 2], [1, 1, 1, -1]),
      'f.hidden.bias': given('float32', [2], [-1, 0]),
      'f.out.weight': given('float32', [2, 1], [3, 7]),
      'f.out.bias': given('float32', [1], [0.5]),
    };
    for (const run of [runEagerly, runRecorded]) {
      const [vectors] = await run(inputs, concatenated('vectors'));
      expect(vectors.values).toEqual([6.5]);
    }
  });

  it('does not see what stands in an absent channel; its weights only say which are present', () => {
    const b = { ...channels.b, values: channels.b.values.map((value, i) => (i < 2 ? value : 50)) };
    const vectors = (tf: Parameters<Layer>[0], p: Record<string, Tensor>) => concatenated('vectors')(tf, p);
    expect(runEagerly({ ...concatInputs, b }, vectors)).toEqual(runEagerly(concatInputs, vectors));
    const third = Math.fround(1 / 3);
    expect(runEagerly(concatInputs, concatenated('weights'))[0].values).toEqual([
      third,
      third,
      third,
      0.5,
      0,
      0.5,
      0,
      0,
      1,
    ]);
  });

  it('has the right gradients', async () => {
    const learned = Object.keys(concatInputs).filter(name => name !== 'present');
    await expectGradients(concatInputs, learned, concatenated('vectors'));
  });
});
