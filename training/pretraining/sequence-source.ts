import { mix } from '../../data/examples.js';
import type { PretrainingConfig } from '../../src/config/pretraining.js';
import { seededRandom, shuffle } from '../../src/math/random.js';
import type { SequenceSet } from './pretraining-corpus.js';
import type { Sequence } from './token-windows.js';

/** Sequences of a batch by kind. */
export interface BatchSizes {
  readonly texts: number;
  readonly translations: number;
}

export function batchSizes({ batchSize, translationShare }: PretrainingConfig, set: SequenceSet): BatchSizes {
  const translations = set.translations.length === 0 ? 0 : Math.round(translationShare * batchSize);
  return { texts: batchSize - translations, translations };
}

/** Steps of the run: one epoch shows every text once, or, where all of a batch are translations, every translation. */
export function pretrainingSteps(epochs: number, set: SequenceSet, sizes: BatchSizes): number {
  const [count, size] =
    sizes.texts > 0 ? [set.texts.length, sizes.texts] : [set.translations.length, sizes.translations];
  return Math.max(1, Math.ceil((epochs * count) / size));
}

/** The sequences of a step: a function of the seed and the step alone, so that a run goes on after an interruption exactly where it stood. */
export type SequenceSource = (step: number) => Sequence[];

export function createSequenceSource(set: SequenceSet, sizes: BatchSizes, seed: number): SequenceSource {
  const texts = endlessWalk(set.texts, mix(seed, 1));
  const translations = endlessWalk(set.translations, mix(seed, 2));
  return step => [
    ...Array.from({ length: sizes.texts }, (_, i) => texts(step * sizes.texts + i)),
    ...Array.from({ length: sizes.translations }, (_, i) => translations(step * sizes.translations + i)),
  ];
}

/** The n-th item of a walk that visits all items in a fresh shuffled order on each pass. */
function endlessWalk<T>(items: readonly T[], seed: number): (n: number) => T {
  let pass = -1;
  let order = new Int32Array(0);
  return n => {
    const wanted = Math.floor(n / items.length);
    if (wanted !== pass) {
      pass = wanted;
      order = shuffle(
        Int32Array.from({ length: items.length }, (_, i) => i),
        seededRandom(mix(seed, pass)),
      );
    }
    return items[order[n % items.length]];
  };
}
