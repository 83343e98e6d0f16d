import type { TranslationRow } from '../../../src/config/rows.js';
import { type Config, configSchema } from '../../../src/config/schema.js';
import { type Random, seededRandom } from '../../../src/math/random.js';

const first = ['red', 'green', 'blue', 'amber', 'violet', 'ivory', 'teal', 'coral'];
const second = ['hammer', 'ladder', 'faucet', 'sander', 'carpet', 'window', 'shovel', 'socket'];

const draw = (random: Random, count: number): number[] =>
  Array.from({ length: count }, () => random.below(first.length));

/** Texts of three pairs of words: behind each of eight words always stands its own second one, and pairs say nothing of each other. */
export function pairedTexts(count: number): string[] {
  const random = seededRandom(11);
  return Array.from({ length: count }, () =>
    draw(random, 3)
      .flatMap(word => [first[word], second[word]])
      .join(' '),
  );
}

/** Three independent words and their translations, word for word: within one side no word says anything of another. */
export function translatedTexts(count: number): TranslationRow[] {
  const random = seededRandom(12);
  return Array.from({ length: count }, () => {
    const words = draw(random, 3);
    return { source: words.map(w => first[w]).join(' '), target: words.map(w => second[w]).join(' ') };
  });
}

/** An encoder so small that a step takes some milliseconds. */
export const patternConfig = (pretraining: object = {}, textEncoder: object = {}, training: object = {}): Config =>
  configSchema.parse({
    seed: 4,
    textEncoder: { vocabularySize: 80, width: 32, heads: 2, dropout: 0, maxDocumentTokens: 16, ...textEncoder },
    training: { threads: 1, ...training },
    pretraining: {
      epochs: 4,
      batchSize: 32,
      learningRate: 0.01,
      warmupSteps: 10,
      validationShare: 0.1,
      evaluateEvery: 100,
      freshLayers: 0,
      ...pretraining,
    },
  });
