import type { DocumentEmbedder, QueryEmbedder } from '../../src/search/backend.js';

/** Numbers of an embedding; one model uses the first half of them, the other one the second half. */
const width = 16;
const half = width / 2;

export type TestModel = QueryEmbedder & DocumentEmbedder;

/**
 * One of two models whose embeddings have nothing in common: the cosine of a query of one and a document of the other is exactly 0, where that of a title
 * and the same title is 1. So whatever mixes them is seen.
 * @param slowMs  that it takes to embed documents
 */
export function halfModel(which: 'first' | 'second', slowMs = 0): TestModel {
  const from = which === 'first' ? 0 : half;
  const embed = (text: string): Float32Array => {
    const embedding = new Float32Array(width);
    for (const letter of text.toLowerCase()) embedding[from + ((letter.codePointAt(0) ?? 0) % half)] += 1;
    const length = Math.hypot(...embedding) || 1;
    return embedding.map(value => value / length);
  };
  return {
    modelId: (which === 'first' ? 'a' : 'b').repeat(64),
    width,
    embedQuery: async ({ text }) => ({ embedding: embed(text), channels: { letters: 1 } }),
    embedDocuments: async documents => {
      if (slowMs > 0) await new Promise(resolve => setTimeout(resolve, slowMs));
      return Float32Array.from(documents.flatMap(({ title }) => [...embed(title)]));
    },
  };
}

/** Whether an embedding is of a model: it has nothing outside of the half of that. */
export const isOf = (which: 'first' | 'second', embedding: Float32Array): boolean =>
  embedding.every((value, at) => value === 0 || at < half === (which === 'first'));
