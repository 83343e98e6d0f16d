import { expect, it } from 'vitest';
import { record } from '../../../models/recorder/record.js';
import { loadTensorFlow } from '../../../models/recorder/tensorflow.js';

// Alone in its file: no other test may have chosen a backend before.
it('leaves TensorFlow.js able to calculate where nothing had been calculated before', () => {
  const tf = loadTensorFlow();
  record({ x: { dtype: 'float32', shape: [1] } }, (_, { x }) => ({ y: tf.neg(x) }));
  expect(tf.getBackend()).toBe('cpu');
  expect(Array.from(tf.add(tf.tensor1d([1]), 1).dataSync())).toEqual([2]);
});
