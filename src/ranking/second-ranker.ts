import type { CandidateTable, Ranker } from './ranker.js';

/**
 * What is known of the best candidates of the first ranking, by the names of the whole catalogue (features/catalogue.ts), in the order of that ranking. Numbers are
 * those that a float32 holds, so that what is computed while serving, what is logged and what is learnt from are the same, bit for bit.
 */
export type FeatureTable = CandidateTable<string>;

/** Orders anew what the first ranking found best: its `depth` is the number of these. */
export type SecondRanker = Ranker<string>;
