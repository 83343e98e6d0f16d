import type { Collation } from './collation.js';
import type { SortedTexts } from './sorted-texts.js';

/** By ordinal: the place of each of some texts in the order of a language. */
export function collatedRanks({ count, value }: SortedTexts, { compare }: Collation): Uint32Array {
  const texts = Array.from({ length: count }, (_, ordinal) => value(ordinal));
  const ordinals = Array.from(texts.keys()).sort((a, b) => compare(texts[a], texts[b]));
  const ranks = new Uint32Array(count);
  ordinals.forEach((ordinal, rank) => {
    ranks[ordinal] = rank;
  });
  return ranks;
}
