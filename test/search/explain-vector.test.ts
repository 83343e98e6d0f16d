import { describe, expect, it } from 'vitest';
import { explainVector } from '../../src/search/explain-vector.js';

/** Words as directions: a text is the sum of its words, normalised. */
const words = ['red', 'drill', 'saw', 'cheap'];
const embed = (text: string): Float32Array => {
  const counts = Float32Array.from(words, word => text.split(/\s+/).filter(each => each === word).length);
  const norm = Math.hypot(...counts) || 1;
  return counts.map(count => count / norm);
};
let asked = 0;
const embedder = {
  embedQuery: async ({ text }: { readonly text: string }) => {
    asked++;
    return { embedding: embed(text), channels: { word: 1 } };
  },
  embedDocuments: async (documents: readonly { readonly title: string }[]) =>
    Float32Array.from(documents.flatMap(({ title }) => [...embed(title)])),
};
const row = { id: 'a', title: 'red drill' };
const document = { row, embedding: embed(row.title) };

describe('the words that made a cosine', () => {
  it('are told by what is lost without each', async () => {
    const explained = await explainVector({ text: 'red saw' }, document, embedder);
    // one of two words in common: 1/2; without red nothing is left in common, without saw 1 / sqrt 2
    expect(explained?.cosine).toBeCloseTo(0.5, 6);
    expect(explained?.query.map(({ word }) => word)).toEqual(['red', 'saw']);
    expect(explained?.query[0].adds).toBeCloseTo(0.5, 6);
    expect(explained?.query[1].adds).toBeCloseTo(0.5 - Math.SQRT1_2, 6);
    expect(explained?.document?.title.map(({ word }) => word)).toEqual(['red', 'drill']);
    expect(explained?.document?.title[0].adds).toBeCloseTo(0.5, 6);
    expect(explained?.document?.title[1].adds).toBeCloseTo(0.5 - Math.SQRT1_2, 6);
    expect(explained?.channels).toEqual({ word: 1 });
  });

  it('are those of the query alone where documents cannot be embedded', async () => {
    const explained = await explainVector({ text: 'red' }, document, { embedQuery: embedder.embedQuery });
    expect(explained).not.toHaveProperty('document');
    expect(explained?.query).toHaveLength(1);
  });

  it('are none where there is nothing to embed', async () => {
    expect(await explainVector({ text: 'zebra' }, document, embedder)).toBeUndefined();
    const blank = { row, embedding: new Float32Array(words.length) };
    expect(await explainVector({ text: 'red' }, blank, embedder)).toBeUndefined();
  });

  it('are bounded', async () => {
    asked = 0;
    const long = { row: { id: 'b', title: 'red '.repeat(500) }, embedding: embed('red') };
    const explained = await explainVector({ text: 'red '.repeat(500) }, long, embedder);
    expect(explained?.query).toHaveLength(32);
    expect(explained?.document?.title).toHaveLength(64);
    expect(asked).toBe(33);
  });
});
