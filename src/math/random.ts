/** A seeded source of random numbers whose state can be saved and restored. */
export interface Random {
  /** uniform in [0, 1) with 32 bits */
  next(): number;
  /** uniform integer in [0, n) */
  below(n: number): number;
  /** standard normal (Box-Muller, one value a call) */
  normal(): number;
  /** four 32-bit words; pass them to `restoreRandom` */
  state(): [number, number, number, number];
}

/** xoshiro128** 1.1 (Blackman & Vigna, 2018), its four words filled from the seed by splitmix32. */
export function seededRandom(seed: number): Random {
  let x = seed >>> 0;
  const splitmix = (): number => {
    x = (x + 0x9e3779b9) >>> 0;
    let z = x;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  return restoreRandom([splitmix(), splitmix(), splitmix(), splitmix()]);
}

/** Goes on exactly where the saved state stood. */
export function restoreRandom(state: readonly [number, number, number, number]): Random {
  let [a, b, c, d] = state;
  const rotate = (v: number, k: number): number => (v << k) | (v >>> (32 - k));
  const word = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotate(d, 11);
    return result;
  };
  const next = (): number => word() / 2 ** 32;
  return {
    next,
    below: n => Math.floor(next() * n),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    state: () => [a >>> 0, b >>> 0, c >>> 0, d >>> 0],
  };
}

/** Fisher-Yates, in place. @returns the same array */
export function shuffle<T extends { length: number; [index: number]: number }>(items: T, random: Random): T {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const kept = items[i];
    items[i] = items[j];
    items[j] = kept;
  }
  return items;
}
