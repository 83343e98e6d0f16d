import { seededRandom } from '../src/math/random.js';
import type { Feed } from './feed.js';
import type { Dropout } from './layers/transformer.js';
import { fusedKernel, type InputSpec, isRecording } from './recorder/record.js';
import type { Tensor, Tf } from './recorder/tensorflow.js';

/** P, values of the pool; windows begin in its first half and are at most half of it long. */
export const poolSize = 2 ** 21;

/** A pool for one rate: 0 with that probability, else 1 / (1 - rate), so that expectations stay. */
export function createNoise(rate: number, seed: number): Feed {
  const random = seededRandom(seed);
  const kept = 1 / (1 - rate);
  return {
    values: Float32Array.from({ length: poolSize }, () => (random.next() < rate ? 0 : kept)),
    shape: [poolSize],
  };
}

/** Where the windows of a step begin. @param sites  number of tensors that are masked in a step */
export function drawStarts(sites: number, seed: number): Feed {
  const random = seededRandom(seed);
  return { values: Int32Array.from({ length: sites }, () => random.below(poolSize / 2)), shape: [sites] };
}

/** Inputs of a graph with dropout. */
export const noiseInputs = (sites: number): Record<string, InputSpec> => ({
  noise: { dtype: 'float32', shape: [poolSize] },
  'noise.starts': { dtype: 'int32', shape: [sites] },
});

function window(tf: Tf, noise: Tensor, starts: Tensor, site: number, size: number): Tensor {
  if (isRecording(tf)) return fusedKernel(tf, 'NoiseWindow', { noise, starts }, { site, size })[0];
  return tf.slice(noise, [starts.dataSync()[site]], [size]);
}

/** The values that mask a tensor of some size: one window, or one repeated where the tensor is larger than a window can be. */
function mask(tf: Tf, noise: Tensor, starts: Tensor, site: number, size: number): Tensor {
  const longest = poolSize / 2;
  if (size <= longest) return window(tf, noise, starts, site, size);
  const repeated = tf.tile(window(tf, noise, starts, site, longest), [Math.ceil(size / longest)]);
  return tf.slice(repeated, [0], [size]);
}

/**
 * Dropout whose randomness comes from outside the graph: a fixed pool of mask values is fed once, and each site reads a window of it that
 * begins where the step says. Nothing random is baked into a recording or kept inside a session, so that every engine drops the same
 * values and a resumed run goes on exactly.
 *
 * Makes the dropout of one step; each call masks with the next window, in the order of the calls.
 */
export function createDropout(tf: Tf, noise: Tensor, starts: Tensor): Dropout {
  let site = 0;
  return x => tf.mul(x, tf.reshape(mask(tf, noise, starts, site++, x.size), x.shape));
}
