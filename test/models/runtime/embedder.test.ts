import { join } from 'node:path';
import { expect, it } from 'vitest';
import { embedRows, type RunnableTower } from '../../../models/runtime/embedder.js';
import { loadModel } from '../../../models/runtime/load-model.js';
import { temporaryFolder } from '../../data/temporary-folder.js';
import { sizes, writeHuggingFaceFolder } from '../pretrained/hugging-face-folder.js';
import { writeImportedModel } from '../pretrained/imported-model.js';

it('embeds texts in batches of some 512 tokens, padding included, and each as if it were alone', async () => {
  const folder = await temporaryFolder();
  await writeHuggingFaceFolder(join(folder, 'source'));
  await writeImportedModel(join(folder, 'source'), join(folder, 'model'));
  const model = await loadModel(join(folder, 'model'), { threads: 1 });
  const { graph, ...tower } = model.towers.query;
  const batches: { tokens: number; count: number }[] = [];
  const watched: RunnableTower = {
    ...tower,
    graph: {
      ...graph,
      run(feeds) {
        const [tokens, count] = feeds['query.text.embedded0'].shape;
        batches.push({ tokens, count });
        return graph.run(feeds);
      },
    },
  };
  // 3 to 40 tokens: 1 to 38 words and two special ones
  const firstWords = ['hose', 'garden', 'red', 'of', 'steel'];
  const lengths = sizes.positions - 2;
  const texts = Array.from(
    { length: 190 },
    (_, i) => firstWords[Math.floor(i / lengths)] + ' hose'.repeat((i * 7) % lengths),
  );
  const { embeddings } = await embedRows(
    watched,
    texts.map(text => ({ text })),
  );
  expect(batches.reduce((sum, { count }) => sum + count, 0)).toBe(texts.length);
  for (const { tokens, count } of batches) {
    expect(tokens * count).toBeLessThanOrEqual(512);
    expect(count).toBeLessThanOrEqual(32);
  }
  // five of each length: 32 of up to 9 tokens go together, but 12 of 40
  expect(batches[0].count).toBe(32);
  expect(batches.at(-1)).toEqual({ tokens: sizes.positions, count: expect.any(Number) });
  for (const i of [0, 5, 37, 189]) {
    const { embedding } = await model.embedQuery({ text: texts[i] });
    embedding.forEach((value, j) => {
      expect(Math.abs(embeddings[i * sizes.width + j] - value)).toBeLessThan(1e-6);
    });
  }
  await model.close();
});

it('puts equal texts through the graph once', async () => {
  const folder = await temporaryFolder();
  await writeHuggingFaceFolder(join(folder, 'source'));
  await writeImportedModel(join(folder, 'source'), join(folder, 'model'));
  const model = await loadModel(join(folder, 'model'), { threads: 1 });
  const { graph, ...tower } = model.towers.query;
  let examples = 0;
  const watched: RunnableTower = {
    ...tower,
    graph: {
      ...graph,
      run(feeds) {
        examples += feeds['query.text.embedded0'].shape[1];
        return graph.run(feeds);
      },
    },
  };
  const texts = ['red hose', 'garden hose', 'red hose', '', 'Red  Hose', 'garden hose'];
  const { embeddings, weights } = await embedRows(
    watched,
    texts.map(text => ({ text })),
  );
  expect(examples).toBe(2);
  const row = (i: number): number[] => Array.from(embeddings.subarray(i * sizes.width, (i + 1) * sizes.width));
  expect([2, 4].map(row)).toEqual([row(0), row(0)]);
  expect(row(5)).toEqual(row(1));
  expect(row(1)).not.toEqual(row(0));
  expect(row(3).every(value => value === 0)).toBe(true);
  expect(Array.from(weights)).toEqual([1, 1, 1, 0, 1, 1]);
  await model.close();
});
