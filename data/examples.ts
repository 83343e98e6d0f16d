import type { StageConfig } from '../src/config/training.js';
import { type Random, seededRandom, shuffle } from '../src/math/random.js';
import type { TrainingPair } from './prepared.js';

/** One row of a batch: a query and the document that answers it. */
export interface Example {
  readonly query: string;
  readonly country?: string;
  /** index of the document */
  readonly document: number;
}

export interface ExampleInput {
  readonly documents: readonly { readonly country?: string }[];
  readonly pairs: readonly TrainingPair[];
  /** (document, random) -> pseudo-query, '' when the document has no words */
  readonly pseudoQuery: (document: number, random: Random) => string;
  readonly seed: number;
}

/** Steps of a stage: one epoch shows as many examples as there are documents. */
export const stageSteps = (stage: StageConfig, documents: number, batchSize: number): number =>
  Math.max(1, Math.ceil((stage.epochs * documents) / batchSize));

/**
 * Makes the source of training batches: batch `step` of stage `stage` is a function of the seed and these two numbers alone, so that a
 * run goes on after an interruption exactly where it stood.
 * Pseudo-queries walk through the documents in a shuffled order, a new one for each pass; labelled pairs likewise.
 */
export function createExampleSource(
  input: ExampleInput,
): (stage: number, config: StageConfig, step: number, size: number) => Example[] {
  const { documents, pairs, pseudoQuery, seed } = input;
  const order = createOrders(seed);
  return (stage, config, step, size) => {
    const random = seededRandom(mix(seed, stage, step, 0x65));
    const pseudo = pairs.length === 0 ? size : Math.round(size * config.pseudoShare);
    const examples: Example[] = [];
    for (let i = 0; i < pseudo; i++) {
      const document = order('pseudo', stage, documents.length, step * pseudo + i);
      const query = pseudoQuery(document, random);
      examples.push({ query, country: documents[document].country, document });
    }
    const labelled = size - pseudo;
    for (let i = 0; i < labelled; i++) {
      const { query, country, document } = pairs[order('pairs', stage, pairs.length, step * labelled + i)];
      examples.push({ query, country, document });
    }
    return examples.filter(({ query }) => query !== '');
  };
}

/** Mixes numbers into one seed (multiply and xor by words, as in splitmix32). */
export function mix(...parts: readonly number[]): number {
  return parts.reduce((hash, part) => {
    const z = Math.imul(hash ^ part, 0x9e3779b1);
    return (z ^ (z >>> 15)) >>> 0;
  }, 0x85ebca6b);
}

/** The n-th item of an endless walk that visits all `count` items in a fresh shuffled order on each pass. */
function createOrders(seed: number): (kind: 'pseudo' | 'pairs', stage: number, count: number, n: number) => number {
  const current = new Map<string, { readonly pass: number; readonly order: Int32Array }>();
  return (kind, stage, count, n) => {
    const pass = Math.floor(n / count);
    const key = `${kind}.${stage}`;
    let known = current.get(key);
    if (known?.pass !== pass) {
      const random = seededRandom(mix(seed, stage, pass, kind === 'pairs' ? 0x70 : 0x64));
      known = {
        pass,
        order: shuffle(
          Int32Array.from({ length: count }, (_, i) => i),
          random,
        ),
      };
      current.set(key, known);
    }
    return known.order[n % count];
  };
}
