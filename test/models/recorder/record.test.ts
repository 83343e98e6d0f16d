import { describe, expect, it } from 'vitest';
import { mappedKernels } from '../../../models/recorder/kernels/index.js';
import { encodeModel } from '../../../models/recorder/onnx-proto.js';
import { isRecording, type RecordedFunction, record } from '../../../models/recorder/record.js';
import { loadTensorFlow, type Tensor } from '../../../models/recorder/tensorflow.js';
import { TandemError } from '../../../src/errors/tandem-error.js';
import { bools, floats, given, ints, runNative, runRecorded } from './parity.js';

const tf = loadTensorFlow();
const vector = { x: { dtype: 'float32', shape: [3] } } as const;
const sound: RecordedFunction = (_, { x }) => ({ y: tf.add(tf.mul(x, 2), 1) });

function refusal(compute: RecordedFunction): TandemError {
  try {
    record(vector, compute);
  } catch (error) {
    if (error instanceof TandemError) return error;
    throw error;
  }
  throw new Error('was recorded');
}

describe('a kernel without a mapping', () => {
  it('is named when an operation calls it', () => {
    const error = refusal((_, { x }) => ({ y: tf.cumsum(x) }));
    expect(error.code).toBe('recorder/unmapped-kernel');
    expect(error.message).toContain('Cumsum');
  });

  it('is named whichever it is', () => {
    tf.setBackend('cpu');
    const unmapped = tf.getKernelsForBackend('cpu').filter(({ kernelName }) => !(kernelName in mappedKernels));
    expect(unmapped.length).toBeGreaterThan(50);
    for (const { kernelName } of unmapped) {
      const error = refusal((_, { x }) => ({ y: tf.engine().runKernel<Tensor>(kernelName, { x }) }));
      expect(error).toMatchObject({ code: 'recorder/unmapped-kernel', details: { kernelName } });
    }
  });

  it('is named when a gradient calls it', () => {
    // d elu = EluGrad
    const error = refusal((_, { x }) => ({ y: tf.grad(t => tf.sum(tf.cumsum(t as Tensor)))(x) }));
    expect(error.code).toBe('recorder/unmapped-kernel');
  });

  it('is not needed for texts: they cannot be recorded', () => {
    expect(refusal(() => ({ y: tf.tensor1d(['a']) })).code).toBe('recorder/unmapped-kernel');
  });
});

describe('a value that is read', () => {
  it.each([
    ['at once', (x: Tensor) => x.dataSync()],
    ['as a nested array', (x: Tensor) => x.arraySync()],
    ['of what was computed', (x: Tensor) => tf.exp(x).dataSync()],
  ])('%s is refused', (_, read) => {
    const error = refusal((__, { x }) => {
      read(x);
      return { y: x };
    });
    expect(error.code).toBe('recorder/value-not-known');
  });

  it('later is refused, too', async () => {
    let later: Promise<unknown> = Promise.resolve();
    record(vector, (_, { x }) => {
      later = x.data();
      return { y: x };
    });
    await expect(later).rejects.toMatchObject({ code: 'recorder/value-not-known' });
  });

  it('is no harm where it is a constant', () => {
    const graph = record(vector, (_, { x }) => ({ y: tf.mul(x, tf.tensor1d([1, 2, 3]).dataSync()[2]) }));
    expect(new Float32Array(graph.constants[0].bytes.buffer)).toEqual(Float32Array.of(3));
  });
});

describe('after a failed recording', () => {
  it('the backend of before is active again and the next recording is what it would have been', () => {
    tf.setBackend('cpu');
    const wanted = record(vector, sound);
    for (const failing of [
      (): never => {
        throw new Error('a fault of the layer');
      },
      ((_, { x }) => ({ y: tf.cumsum(tf.exp(x)) })) as RecordedFunction,
    ]) {
      expect(() => record(vector, failing)).toThrow();
      expect(tf.getBackend()).toBe('cpu');
      expect(Array.from(tf.add(tf.tensor1d([1, 2]), 1).dataSync())).toEqual([2, 3]);
      expect(record(vector, sound)).toEqual(wanted);
    }
  });
});

describe('tensors that outlive a recording', () => {
  it('may be constants of several graphs, made before them, and stay readable', async () => {
    tf.setBackend('cpu');
    const weight = tf.tensor2d([[2], [3]]);
    const x = given('float32', [1, 2], [10, 100]);
    for (let i = 0; i < 2; i++) {
      const [product] = await runRecorded({ x }, (_, t) => tf.matMul(t.x, weight));
      expect(product.values).toEqual([320]);
    }
    expect(Array.from(tf.mul(weight, 2).dataSync())).toEqual([4, 6]);
  });

  it('may not be values of an earlier graph', () => {
    let kept: Tensor | undefined;
    record(vector, (_, { x }) => {
      kept = tf.exp(x);
      return { y: kept };
    });
    expect(refusal((_, { x }) => ({ y: tf.add(x, kept as Tensor) })).code).toBe('recorder/value-not-known');
  });
});

describe('record', () => {
  it('says that it records while it does', () => {
    tf.setBackend('cpu');
    let during = false;
    record(vector, (_, { x }) => {
      during = isRecording(tf);
      return { y: x };
    });
    expect([during, isRecording(tf)]).toEqual([true, false]);
  });

  it('feeds inputs of every dtype, gives an input back, and keeps one that is not used', async () => {
    const inputs = { a: floats([2]), b: ints([2]), c: bools([2]), unused: floats([3]) };
    const [a, b, c] = await runRecorded(inputs, (_, x) => [x.a, x.b, x.c]);
    expect([a, b, c]).toEqual([inputs.a, inputs.b, inputs.c]);
  });

  it('gives constants of one value the shape that they have', async () => {
    const x = given('float32', [1, 1], [3]);
    const results = await runRecorded({ x }, (_, t) => [
      tf.tensor2d([[5]]),
      tf.matMul(t.x, tf.tensor2d([[5]])),
      tf.concat([t.x, tf.tensor2d([[5]])], 1),
      tf.transpose(tf.tensor2d([[5]])),
    ]);
    expect(results.map(({ values }) => values)).toEqual([[5], [15], [3, 5], [5]]);
  });

  it('keeps one copy of a small constant, but tells shapes and dtypes apart', () => {
    const graph = record(vector, (_, { x }) => ({
      y: tf.add(tf.add(tf.mul(x, 2), 2), tf.tensor1d([2])),
      z: tf.cast(tf.fill([1], 2, 'int32'), 'float32'),
    }));
    const twos = graph.constants.map(({ dtype, shape }) => `${dtype}[${shape.join()}]`);
    expect(twos.toSorted()).toEqual(['float32[1]', 'float32[]', 'int32[]', 'int64[1]']);
  });

  it('writes the same bytes for the same function', () => {
    expect(encodeModel(record(vector, sound))).toEqual(encodeModel(record(vector, sound)));
  });

  it('leaves one graph alone while the next is recorded', async () => {
    const first = record(vector, sound);
    const nodes = first.nodes.length;
    record(vector, (_, { x }) => ({ y: tf.exp(x) }));
    expect(first.nodes.length).toBe(nodes);
    const { y } = await runNative(encodeModel(first), { x: given('float32', [3], [0, 1, 2]) });
    expect(y.values).toEqual([1, 3, 5]);
  });
});

describe('encodeModel', () => {
  it('refuses constants that no protocol buffer holds', () => {
    const large = { name: 'c', dtype: 'float32', shape: [2 ** 29], bytes: new Uint8Array(2 ** 31) } as const;
    expect(() => encodeModel({ nodes: [], constants: [large], inputs: [], outputs: [] })).toThrow(
      expect.objectContaining({ code: 'model/too-large' }),
    );
  });
});
