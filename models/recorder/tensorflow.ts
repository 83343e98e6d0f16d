import type * as TensorFlow from '@tensorflow/tfjs';
import { requirePackage } from '../../src/config/optional-packages.js';

/** The TensorFlow.js API that towers, losses and the recorder are written in. */
export type Tf = typeof TensorFlow;
export type { Tensor } from '@tensorflow/tfjs';

/**
 * Loads TensorFlow.js on first use. Gradients are registered by the whole package alone, and its ES modules are not Node's,
 * so it is required as CommonJS, here and nowhere else.
 * @throws TandemError 'package/unavailable' where it is not installed
 */
export const loadTensorFlow = (): Tf => requirePackage<Tf>('@tensorflow/tfjs');
