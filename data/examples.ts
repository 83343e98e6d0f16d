import type { StageConfig } from '../src/config/training.js';
import { TandemError } from '../src/errors/tandem-error.js';
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

/** (stage, its configuration, step, B) -> the B examples of that batch. */
export type ExampleSource = (stage: number, config: StageConfig, step: number, size: number) => Example[];

/**
 * Makes the source of training batches: batch `step` of stage `stage` is a function of the seed and these two numbers alone, so that a
 * run goes on after an interruption exactly where it stood.
 * Pseudo-queries walk through the documents that have words, in a shuffled order, a new one for each pass; labelled pairs likewise.
 * A batch always has its full size: where one of the two kinds is missing, the other fills it.
 * @throws TandemError 'training/no-examples' when there are no pairs and no document has words
 */
export function createExampleSource(input: ExampleInput): ExampleSource {
  const { documents, pairs, pseudoQuery, seed } = input;
  const drawable = drawableDocuments(input);
  if (drawable.length === 0 && pairs.length === 0) {
    throw new TandemError('training/no-examples', 'there are no pairs, and no document has words for pseudo-queries');
  }
  const order = createOrders(seed);
  return (stage, config, step, size) => {
    const random = seededRandom(mix(seed, stage, step, 0x65));
    const pseudo = pseudoCount(size, config.pseudoShare, pairs.length, drawable.length);
    const examples: Example[] = [];
    for (let i = 0; i < pseudo; i++) {
      const document = drawable[order('pseudo', stage, drawable.length, step * pseudo + i)];
      const query = pseudoQuery(document, random);
      examples.push({ query, country: documents[document].country, document });
    }
    const labelled = size - pseudo;
    for (let i = 0; i < labelled; i++) {
      const { query, country, document } = pairs[order('pairs', stage, pairs.length, step * labelled + i)];
      examples.push({ query, country, document });
    }
    return examples;
  };
}

/** Documents that a pseudo-query can be drawn from: whether one has words does not depend on the draw. */
function drawableDocuments({ documents, pseudoQuery }: ExampleInput): Int32Array {
  const random = seededRandom(0);
  return Int32Array.from(documents.keys()).filter(document => pseudoQuery(document, random) !== '');
}

function pseudoCount(size: number, share: number, pairs: number, drawable: number): number {
  if (pairs === 0) return size;
  return drawable === 0 ? 0 : Math.round(size * share);
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
