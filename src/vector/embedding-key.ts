/**
 * Key of an embedding by its bits, so that equal ones are found without comparing all: two multiplicative hashes of 32 bits, of which 53 bits are kept.
 * Among 10^6 embeddings two different ones share a key with a chance of 1 in 20,000; who finds a key compares the embeddings themselves.
 * @returns a whole number in [0, 2^53)
 */
export function embeddingKey(embedding: Float32Array): number {
  const bits = new Int32Array(embedding.buffer, embedding.byteOffset, embedding.length);
  let low = 0x9e3779b1;
  let high = 0x85ebca6b;
  for (const word of bits) {
    low = Math.imul(low ^ word, 0xcc9e2d51);
    low ^= low >>> 15;
    high = Math.imul(high ^ word, 0x1b873593);
    high ^= high >>> 13;
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}

/** Keys as text, for a header in JSON: doubles in base64. */
export const encodeKeys = (keys: readonly number[]): string =>
  Buffer.from(Float64Array.from(keys).buffer).toString('base64');

export function decodeKeys(text: string): number[] {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  return Array.from(new Float64Array(bytes.buffer, 0, Math.floor(bytes.length / 8)));
}
