import { describe, expect, it } from 'vitest';
import type { QueryEmbedder } from '../../src/search/backend.js';
import { cacheEmbeddings } from '../../src/search/query-cache.js';

/** An embedder that counts what it embeds. */
function counting(): { readonly embedder: QueryEmbedder; count(): number } {
  let embedded = 0;
  return {
    embedder: {
      modelId: 'm',
      width: 4,
      embedQuery: async () => {
        embedded++;
        return { embedding: new Float32Array(4), channels: {} };
      },
    },
    count: () => embedded,
  };
}

describe('cacheEmbeddings', () => {
  it('embeds a query once that is asked again', async () => {
    const { embedder, count } = counting();
    const { embedQuery: embed } = cacheEmbeddings(embedder);
    for (const text of ['a', 'b', 'a', 'a']) await embed({ text });
    expect(count()).toBe(2);
  });

  it('holds as many bytes as it may, however long the texts are', async () => {
    // a text of 4,096 takes 2 * (4,096 + 12) for ["...",null,null], 4 * 4 for the numbers and 1,024: 9,256 bytes; ten fit into 100,000
    const { embedder, count } = counting();
    const { embedQuery: embed } = cacheEmbeddings(embedder, 100_000);
    const texts = Array.from({ length: 30 }, (_, i) => String(i).padEnd(4_096, '\u4e2d'));
    for (const text of texts) await embed({ text });
    for (const text of texts.slice(20)) await embed({ text });
    expect(count()).toBe(30);
    await embed({ text: texts[19] });
    expect(count()).toBe(31);
  });
});
