import { eld } from 'eld/small';

/** Fewer different words may be names; more than so many letters tell nothing more. */
const leastWords = 12;
const mostUnits = 100_000;
/** How far the first language must lead in score, which is in [0, 1]: Danish and Norwegian, or names, are nearer. */
const leastLead = 0.02;

/**
 * The language of a text by its sequences of letters (the package eld), which titles without a single article show too.
 * @param text  lower-cased
 * @returns ISO 639-1; undefined where it cannot be told
 */
export function detectLanguage(text: string): string | undefined {
  const words = new Set(text.slice(0, mostUnits).match(/[\p{L}\p{M}]{2,}/gu));
  if (words.size < leastWords) return undefined;
  const detected = eld.detect([...words].join(' '));
  const [first = 0, next = 0] = Object.values(detected.getScores()).sort((a, b) => b - a);
  return detected.isReliable() && first - next >= leastLead ? detected.language : undefined;
}
