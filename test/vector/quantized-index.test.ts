import { createQuantizedIndex } from '../../src/vector/quantized-index.js';
import { describeVectorIndex } from '../contract/vector-index.js';

const parameters = { m: 16, efConstruction: 200, ef: 100 };
for (const file of ['vectors.graph', 'vectors.f32'])
  describeVectorIndex(`int4-hnsw, ${file},`, file, width => createQuantizedIndex(width, parameters));
