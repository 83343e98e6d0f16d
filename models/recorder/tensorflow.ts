import { createRequire } from 'node:module';
import type * as TensorFlow from '@tensorflow/tfjs';

/** The TensorFlow.js API that towers, losses and the recorder are written in. */
export type Tf = typeof TensorFlow;
export type { Tensor } from '@tensorflow/tfjs';

/**
 * Loads TensorFlow.js on first use. Gradients are registered by the whole package alone, and its ES modules are not Node's,
 * so it is required as CommonJS, here and nowhere else.
 */
export function loadTensorFlow(): Tf {
  const require = createRequire(import.meta.url);
  const tf = require('@tensorflow/tfjs') as Tf;
  return tf;
}
