import { type IndexingConfig, indexingSchema } from '../../src/config/indexing.js';
import type { DocumentRow } from '../../src/config/rows.js';
import { type Random, seededRandom } from '../../src/math/random.js';
import type { DocumentEmbedder, QueryEmbedder } from '../../src/search/backend.js';

const embeddingWidth = 16;

/** Letters counted into 16 places, normalised: texts of like letters are near. float32 [16] */
export function embedText(text: string): Float32Array {
  const counts = new Float32Array(embeddingWidth);
  for (const letter of text.toLowerCase()) counts[letter.codePointAt(0)! % embeddingWidth] += 1;
  const norm = Math.hypot(...counts) || 1;
  return counts.map(count => count / norm);
}

/** A model small enough to be worked out by hand; counts the queries that it embeds. */
export function letterModel(modelId = 'a'.repeat(64)): QueryEmbedder & DocumentEmbedder & { embedded: () => number } {
  let embedded = 0;
  return {
    modelId,
    width: embeddingWidth,
    embedded: () => embedded,
    embedQuery: async ({ text }) => {
      embedded++;
      return { embedding: embedText(text), channels: { letters: 1 } };
    },
    embedDocuments: async documents => Float32Array.from(documents.flatMap(({ title }) => [...embedText(title)])),
  };
}

const zeros = new Float32Array(embeddingWidth);
const readable = (text: string): Float32Array => (/[\p{L}\p{N}]/u.test(text) ? embedText(text) : zeros);

/** The same, but that texts without a letter or a digit have nothing to embed, as with real towers. */
export const readingModel = (): QueryEmbedder & DocumentEmbedder => ({
  ...letterModel(),
  embedQuery: async ({ text }) => ({ embedding: readable(text), channels: { letters: 1 } }),
  embedDocuments: async documents => Float32Array.from(documents.flatMap(({ title }) => [...readable(title)])),
});

export const indexing = (changes: Partial<IndexingConfig> = {}): IndexingConfig => ({
  ...indexingSchema.parse({}),
  ...changes,
});

const nouns = [
  'hammer',
  'drill',
  'saw',
  'ladder',
  'lamp',
  'shelf',
  'paint',
  'brush',
  'screw',
  'nail',
  'hinge',
  'valve',
];
const colours = ['red', 'green', 'blue', 'white', 'black', 'yellow'];

/** n products of a hardware shop with brand, price and stock. */
export function makeDocuments(n: number, random: Random = seededRandom(1)): DocumentRow[] {
  return Array.from({ length: n }, (_, i) => ({
    id: `d${i}`,
    title: `${colours[random.below(6)]} ${nouns[random.below(12)]} ${nouns[random.below(12)]} ${i}`,
    price: random.below(100),
    brand: `brand ${random.below(5)}`,
    ...(random.next() < 0.5 && { stock: random.below(10) }),
  }));
}
