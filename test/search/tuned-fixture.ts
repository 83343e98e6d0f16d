import type { TunedFusion } from '../../src/search/tuned-fusion.js';

/** How a fusion was tuned, as it is stored. */
export const tunedTo = (weight: number): TunedFusion => ({
  weight,
  score: 0.6,
  curve: [
    { weight: 0, score: 0.5, condensed: 0.7 },
    { weight, score: 0.6, condensed: 0.8 },
  ],
  on: 'judged',
  rule: 'plain',
  kind: 'pairs',
  usual: 0.3,
  queries: 80,
  tokens: 0.5,
  vectors: 0.4,
  judged: { tokens: 0.3, vectors: 0.25 },
  best: weight,
  asGood: { low: 0.2, high: 0.5 },
});
