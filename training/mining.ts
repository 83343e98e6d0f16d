import type { Example } from '../data/examples.js';
import { mix } from '../data/examples.js';
import type { TrainingPair } from '../data/prepared.js';
import type { StageConfig } from '../src/config/training.js';
import { seededRandom } from '../src/math/random.js';

/** Hard negatives of the training queries. */
export interface MinedNegatives {
  /** by distinct query: document numbers, the hardest first; `width` each, -1 where there are fewer */
  readonly documents: Int32Array;
  readonly width: number;
}

/** One name for a query: its text and its country. */
export const queryKey = ({ query, country }: Pick<Example, 'query' | 'country'>): string =>
  `${query}\t${country ?? ''}`;

/** Mined negatives in a batch: `perQuery` for each place that a labelled pair has in it. */
export const minedCount = ({ mined, pseudoShare }: StageConfig, batchSize: number): number =>
  mined.perQuery * (batchSize - Math.round(batchSize * pseudoShare));

/** The distinct queries of the pairs, in the order in which they come first, each with its positives. */
export function positivesByQuery(pairs: readonly TrainingPair[]): Map<string, Set<number>> {
  const found = new Map<string, Set<number>>();
  for (const pair of pairs) {
    const key = queryKey(pair);
    const known = found.get(key);
    if (known === undefined) found.set(key, new Set([pair.document]));
    else known.add(pair.document);
  }
  return found;
}

/**
 * Takes from what the model finds the ranks that a stage asks for, less the positives (Que2Search mines in the batch; mining in the index
 * follows Xiong et al., ANCE, ICLR 2021). The first ranks are often right answers that nobody has labelled, hence `from`.
 * @param found      by query: document numbers, best first
 * @param positives  by query
 */
export function mineNegatives(
  found: readonly (readonly number[])[],
  positives: readonly ReadonlySet<number>[],
  { from, to }: StageConfig['mined'],
): MinedNegatives {
  const width = to - from + 1;
  const documents = new Int32Array(found.length * width).fill(-1);
  found.forEach((ranked, q) => {
    const negatives = ranked.slice(from - 1, to).filter(document => !positives[q].has(document));
    documents.set(negatives, q * width);
  });
  return { documents, width };
}

/**
 * The negatives of a batch, drawn from the lists of its queries in turn; a query without a list, or with an empty one, gives documents
 * at random, so that every batch of a stage has the same shape.
 * @param numberOf   query -> its number in the lists
 * @param documents  how many there are
 * @returns `count` document numbers
 */
export function drawNegatives(
  { documents: lists, width }: MinedNegatives,
  numberOf: ReadonlyMap<string, number>,
  examples: readonly Example[],
  count: number,
  documents: number,
  seed: number,
): number[] {
  const random = seededRandom(mix(seed, 0x6d696e65));
  const known = examples.flatMap(example => numberOf.get(queryKey(example)) ?? []);
  return Array.from({ length: count }, (_, i) => {
    const q = known[i % Math.max(1, known.length)];
    const list = q === undefined ? [] : lists.subarray(q * width, (q + 1) * width).filter(document => document >= 0);
    return list.length === 0 ? random.below(documents) : list[random.below(list.length)];
  });
}
