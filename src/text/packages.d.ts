/** Types of the packages of this room that bring none. */
declare module 'snowball-stemmers' {
  export interface SnowballStemmer {
    stem(word: string): string;
  }
  export function newStemmer(algorithm: string): SnowballStemmer;
  export function algorithms(): string[];
}

declare module 'murmurhash3js-revisited' {
  export const x86: { hash32(bytes: Uint8Array, seed?: number): number };
}
