import { constantKernels } from './constant.js';
import { elementwiseKernels } from './elementwise.js';
import { fusedKernels } from './fused.js';
import { gatherKernels } from './gather.js';
import type { KernelTable } from './kernel.js';
import { matmulKernels } from './matmul.js';
import { reductionKernels } from './reduction.js';
import { shapeKernels } from './shape.js';

/** Every kernel that can be recorded, by its TensorFlow.js name. */
export const mappedKernels: KernelTable = {
  ...elementwiseKernels,
  ...reductionKernels,
  ...shapeKernels,
  ...matmulKernels,
  ...gatherKernels,
  ...constantKernels,
  ...fusedKernels,
};
