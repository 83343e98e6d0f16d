import type { MaskedFigures } from './masked-figures.js';
import type { MaskedSequence } from './masking.js';

/**
 * Chance of a token by its frequency alone, with one added to each count (Laplace), for tokens that are met in other texts alone.
 * @param counts  by id
 */
export function unigramChance(counts: Float64Array): (id: number) => number {
  const total = counts.reduce((sum, count) => sum + count + 1, 0);
  return id => ((counts[id] ?? 0) + 1) / total;
}

/** What can be said of masked places without reading the text: always the most frequent token, and each token at its frequency. */
export function unigramFigures(counts: Float64Array, sequences: readonly MaskedSequence[]): MaskedFigures {
  const chance = unigramChance(counts);
  const commonest = counts.indexOf(counts.reduce((most, count) => Math.max(most, count), 0));
  let [loss, right, places] = [0, 0, 0];
  for (const { targets } of sequences) {
    for (const id of targets) {
      loss -= Math.log(chance(id));
      if (id === commonest) right++;
    }
    places += targets.length;
  }
  return { loss: loss / places, accuracy: right / places };
}
