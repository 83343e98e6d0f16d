import { describe, expect, it } from 'vitest';
import { createDropout, createNoise, drawStarts, poolSize } from '../../models/dropout.js';
import { encodeModel } from '../../models/recorder/onnx-proto.js';
import { record } from '../../models/recorder/record.js';
import { loadTensorFlow, type Tensor } from '../../models/recorder/tensorflow.js';
import { createNativeGraph } from '../../models/runtime/session.js';

const tf = loadTensorFlow();
const noise = createNoise(0.25, 3);
const noiseValues = noise.values as Float32Array;

/** Two tensors of ones, dropped one after the other: recorded, and with TensorFlow.js. */
async function dropOnes(sizes: readonly (readonly number[])[], seed: number): Promise<number[][][]> {
  const starts = drawStarts(sizes.length, seed);
  const compute = (pool: Tensor, begin: Tensor): Tensor[] => {
    const dropout = createDropout(tf, pool, begin);
    return sizes.map(size => dropout(tf.fill([...size], 1)));
  };
  const inputs = {
    noise: { dtype: 'float32', shape: noise.shape },
    starts: { dtype: 'int32', shape: starts.shape },
  } as const;
  const graph = record(inputs, (_, { noise: pool, starts: begin }) =>
    Object.fromEntries(compute(pool, begin).map((x, i) => [`y${i}`, x])),
  );
  const native = await createNativeGraph(encodeModel(graph), { threads: 1 });
  const results = await native.run({ noise, starts });
  const recorded = sizes.map((_, i) => Array.from(results[`y${i}`]));
  await native.close();
  tf.setBackend('cpu');
  const eager = tf.tidy(() => {
    const dropped = compute(tf.tensor1d(noiseValues), tf.tensor1d(starts.values as Int32Array, 'int32'));
    return dropped.map(x => Array.from(x.dataSync())) as never;
  }) as number[][];
  return [recorded, eager];
}

describe('dropout', () => {
  it('masks each tensor with its own window of the pool, the same recorded and with TensorFlow.js', async () => {
    const sizes = [[2, 3], [50], [2, 3]];
    const [recorded, eager] = await dropOnes(sizes, 7);
    expect(recorded).toEqual(eager);
    const starts = drawStarts(3, 7).values as Int32Array;
    recorded.forEach((values, i) => {
      expect(values).toEqual(Array.from(noiseValues.subarray(starts[i], starts[i] + values.length)));
    });
  });

  it('draws other windows for another seed', async () => {
    const [[one], [two]] = [await dropOnes([[64]], 1), await dropOnes([[64]], 2)].map(([recorded]) => recorded);
    expect(one).not.toEqual(two);
  });

  it('masks a tensor that is larger than a window can be', async () => {
    const [[recorded], [eager]] = await dropOnes([[3, poolSize / 4]], 5);
    expect(recorded.length).toBe((3 * poolSize) / 4);
    expect(recorded.every((value, i) => value === eager[i])).toBe(true);
    expect(recorded.slice(0, 50)).toEqual(recorded.slice(poolSize / 2, poolSize / 2 + 50));
  });

  it('keeps the expectation: 0 with the rate, else 1 / (1 - rate)', () => {
    expect(new Set(noiseValues)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
    const dropped = noiseValues.reduce((count, value) => count + (value === 0 ? 1 : 0), 0) / poolSize;
    // 2^21 draws with .25: a deviation of .0003; five are allowed.
    expect(Math.abs(dropped - 0.25)).toBeLessThan(0.0015);
  });
});
