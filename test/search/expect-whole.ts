import { expect } from 'vitest';
import type { EmbeddedIndex } from '../../src/search/embedded-backend.js';
import type { Manifest } from '../../src/search/manifest.js';
import { halfModel, isOf } from './two-models.js';

export const modelOf = ({ modelId }: Pick<Manifest, 'modelId'>) =>
  modelId === null ? undefined : halfModel(modelId.startsWith('a') ? 'first' : 'second');
export const openModel = async (_folder: string, manifest: Manifest) => ({
  embedder: modelOf(manifest),
  close: async () => undefined,
});

/** Every document is nearest to its own title, with a cosine of 1: none is missing among the vectors, and none is of another model. */
export async function expectWhole(index: EmbeddedIndex, which: 'first' | 'second', count: number): Promise<void> {
  const ids = index.ids();
  expect(ids).toHaveLength(count);
  for (const id of ids) {
    const embedding = index.embedding(id);
    expect(embedding && isOf(which, embedding), id).toBe(true);
  }
  for (const id of ids.slice(0, 40)) {
    const text = (await index.get(id))?.title ?? '';
    const { hits } = await index.search({ text, k: 1, mode: 'vector' });
    expect(hits[0].score).toBeCloseTo(1, 5);
  }
  const anywhere = index.embedding(ids[0]) ?? new Float32Array();
  expect(
    index
      .nearest(anywhere, count + 1)
      .map(({ id }) => id)
      .sort(),
  ).toEqual([...ids].sort());
}
