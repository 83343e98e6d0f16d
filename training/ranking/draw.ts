import { type Random, seededRandom, shuffle } from '../../src/math/random.js';

/** Random numbers for one purpose of one tree: a function of the seed, so that a resumed run draws the same. */
export const randomOf = (seed: number, tree: number, purpose: 'bins' | 'features' | 'queries'): Random => {
  const salt = { bins: 0x2545f491, features: 0x27d4eb2f, queries: 0x165667b1 }[purpose];
  return seededRandom((Math.imul(seed, 0x85ebca6b) ^ Math.imul(tree + 1, 0xc2b2ae35) ^ salt) >>> 0);
};

/** A share of things, each at most once, in their order; at least one. */
export function drawShare(things: Uint32Array, share: number, random: Random): Uint32Array {
  if (share === 1) return things;
  const count = Math.max(1, Math.round(things.length * share));
  return shuffle(things.slice(), random).subarray(0, count).sort();
}
