import type { FieldToken, FieldTokens } from '../../src/lexical/memory-segment.js';
import { type Random, seededRandom } from '../../src/math/random.js';

const words = Array.from({ length: 60 }, (_, i) => `w${i}`);

/** A word drawn so that the first ones are very common and the last ones rare, as in text. */
export const drawWord = (random: Random): string => words[Math.floor(words.length * random.next() ** 4)];

/** Two fields: short with one to six words, long with none to thirty; some documents repeat a word many times. */
export function randomFields(random: Random): FieldTokens {
  const field = (length: number): FieldToken[] => {
    const only = random.next() < 0.1 ? drawWord(random) : undefined;
    return Array.from({ length }, (_, position) => ({ term: only ?? drawWord(random), position: position * 2 }));
  };
  return [field(1 + random.below(6)), random.next() < 0.5 ? [] : field(random.below(30))];
}

/** @returns terms with how often the query asks for them, one to five words, now and then forty, one of them perhaps unknown */
export function randomQuery(random: Random): Map<string, number> {
  const counts = new Map<string, number>();
  for (let left = random.next() < 0.1 ? 40 : 1 + random.below(5); left > 0; left--) {
    const word = random.next() < 0.05 ? 'unknown' : drawWord(random);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

export const corpus = (seed: number, size: number): { id: string; fields: FieldTokens }[] => {
  const random = seededRandom(seed);
  return Array.from({ length: size }, (_, i) => ({ id: String((i * 7919) % size), fields: randomFields(random) }));
};
