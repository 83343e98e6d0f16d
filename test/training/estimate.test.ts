import { describe, expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.js';
import { estimateTraining } from '../../training/estimate.js';

const config = configSchema.parse({
  towers: { trigramBuckets: 1000, wordBuckets: 500, tableWidth: 10, embeddingWidth: 8 },
  training: {
    batchSize: 100,
    stages: [
      { name: 'pseudo', epochs: 2, minSteps: 1, pseudoShare: 1 },
      { name: 'labelled', epochs: 3, minSteps: 1, pseudoShare: 0.5 },
    ],
  },
  indexing: { hnsw: { m: 4 } },
});

describe('an estimate', () => {
  it('counts the examples of all stages, over pairs where these are more', () => {
    // 2 x 450 in batches of 100: 9 steps; 3 x 1000: 30 steps
    expect(estimateTraining({ documents: 450, pairs: 1000, bytes: 0 }, config)).toMatchObject({
      examples: 3900,
      seconds: 3900 / 4500,
    });
    // without pairs 3 x 450: 14 steps
    expect(estimateTraining({ documents: 450, pairs: 0, bytes: 0 }, config).examples).toBe(2300);
  });

  it('adds up memory: the process, tables with the moments of Adam, texts, documents; embeddings and links where it is served', () => {
    const { bytes, servingBytes } = estimateTraining({ documents: 450, pairs: 0, bytes: 90_000 }, config);
    // 15,000 weights
    expect(bytes).toBe(450e6 + 12 * 15_000 + 2 * 90_000 + 450 * 1_000);
    // 8 values of 4 bytes and 4 links of 8 a document
    expect(servingBytes).toBe(170e6 + 4 * 450 * 64 + 90_000);
  });
});
