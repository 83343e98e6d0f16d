import { describe, expect, it } from 'vitest';
import type { TowerName } from '../../../models/channels.js';
import { createFeatureExtractor } from '../../../models/features.js';
import type { ImageSource } from '../../../models/images/image-vectors.js';
import { documentTowerRow, queryTowerRow } from '../../../models/runtime/embedder.js';
import { loadModel } from '../../../models/runtime/load-model.js';
import { loadTokenizer } from '../../../models/tokenizer/tokenizer.js';
import type { DocumentRow } from '../../../src/config/rows.js';
import type { Config } from '../../../src/config/schema.js';
import { largestDifference, runEagerly, runRecorded, type Values } from '../recorder/parity.js';
import { smallConfig, towerRun } from '../small-towers.js';
import { type Artefact, documents, imageSource, imageVectors, queries, withArtefact } from './artefact.js';

const texts = {
  query: ['trigram', 'word', 'text', 'country'],
  document: ['titleTrigram', 'descriptionWord', 'title', 'description', 'country'],
};
const pictured = { document: ['image', 'titleWord', 'attribute.price', 'attribute.colour'] };
const configurations: readonly (readonly [string, Config])[] = [
  ['bags', smallConfig()],
  ['bags, concatenated', smallConfig({ fusion: 'concat', query: ['word', 'country'] })],
  ['text, mean', smallConfig(texts)],
  ['text, cls', smallConfig({ ...texts, pooling: 'cls' })],
  ['images and attributes', smallConfig(pictured)],
  ['images alone', smallConfig({ document: ['image'] })],
  ['texts, images and attributes', smallConfig({ ...texts, document: [...texts.document, ...pictured.document] })],
  ['text alone', smallConfig({ query: ['text'], document: ['title'] })],
  [
    'one encoder for both towers, alone',
    smallConfig({ query: ['text'], document: ['title'], fusion: 'none', shared: true, embeddingNorm: true }),
  ],
];

/** What the training graph makes of all rows in one batch: embeddings and fusion weights. */
async function trainedEmbeddings(
  name: TowerName,
  config: Config,
  { state, json, vocabulary }: Artefact,
): Promise<Values[]> {
  const extract = createFeatureExtractor(state.towers[name], {
    towers: config.towers,
    countries: vocabulary.countries,
    attributes: vocabulary.attributes,
    tokenizer: await loadTokenizer(json),
    maxTokens: name === 'query' ? vocabulary.maxQueryTokens : vocabulary.maxDocumentTokens,
  });
  const rows =
    name === 'query' ? queries.map(queryTowerRow) : documents.map(row => documentTowerRow(row, imageVectors, 3));
  const { inputs, compute } = towerRun(state, name, rows.map(extract));
  const eager = runEagerly(inputs, compute);
  const recorded = await runRecorded(inputs, compute);
  expect(largestDifference(recorded[0].values, eager[0].values)).toBeLessThan(1e-5);
  return recorded;
}

const expectNear = (actual: Float32Array, wanted: readonly number[]): void => {
  expect(actual.length).toBe(wanted.length);
  expect(largestDifference(Array.from(actual), wanted)).toBeLessThan(1e-5);
};

describe.each(configurations)('a served embedding (%s)', (_, config) => {
  it('is what the training graph computes, alone or in a batch of mixed lengths', async () => {
    await withArtefact(config, async artefact => {
      const model = await loadModel(artefact.folder, { threads: 1, images: imageSource() });
      const width = model.width;
      expect(width).toBe(8);
      // there is nothing to embed in the last query, "!": zeros, whatever the graph makes of its country or its start token
      const [query, queryWeights] = (await trainedEmbeddings('query', config, artefact)).map(({ values }) => ({
        values: values.map((value, i) => (i < (values.length / queries.length) * (queries.length - 1) ? value : 0)),
      }));
      const [document] = await trainedEmbeddings('document', config, artefact);
      expectNear(await model.embedQueries(queries), query.values);
      expectNear(await model.embedDocuments(documents), document.values);
      const channels = config.towers.query;
      for (const [i, row] of queries.entries()) {
        const alone = await model.embedQuery(row);
        expectNear(alone.embedding, query.values.slice(i * width, (i + 1) * width));
        expect(Object.keys(alone.channels)).toEqual(channels);
        const weights = queryWeights.values.slice(i * channels.length, (i + 1) * channels.length);
        expectNear(Float32Array.from(Object.values(alone.channels)), weights);
      }
      for (const [i, row] of documents.entries()) {
        expectNear(await model.embedDocuments([row]), document.values.slice(i * width, (i + 1) * width));
      }
      await model.close();
    });
  });
});

describe('a batch', () => {
  const config = smallConfig(texts);

  it('may be empty', async () => {
    await withArtefact(config, async ({ folder }) => {
      const model = await loadModel(folder);
      expect((await model.embedDocuments([])).length).toBe(0);
      await model.close();
    });
  });

  it('larger than what goes through the graph at once keeps its order', async () => {
    await withArtefact(config, async ({ folder }) => {
      const model = await loadModel(folder);
      const many = Array.from({ length: 600 }, (_, i) => documents[(i * 7) % documents.length]);
      const each = await model.embedDocuments(documents);
      const all = await model.embedDocuments(many);
      const wanted = many.flatMap(row => {
        const at = documents.indexOf(row) * 8;
        return Array.from(each.subarray(at, at + 8));
      });
      expectNear(all, wanted);
      await model.close();
    });
  });

  it('of a document without a description is not touched by the description’s weights', async () => {
    const bare = documents.map(({ id, title, country }) => ({ id, title, country }));
    const embed = async (shift: number): Promise<Float32Array> => {
      let result = new Float32Array();
      await withArtefact(
        config,
        async ({ folder }) => {
          const model = await loadModel(folder);
          result = Float32Array.from(await model.embedDocuments(bare));
          await model.close();
        },
        ({ dense }) => {
          for (const name of Object.keys(dense).filter(key => key.startsWith('document.description'))) {
            dense[name].values.forEach((value, i, values) => {
              values[i] = value + shift;
            });
          }
        },
      );
      return result;
    };
    expect(await embed(2)).toEqual(await embed(0));
  });
});

describe('a model that reads images', () => {
  const config = smallConfig({ document: ['titleWord', 'image'] });

  it('asks its source for the first images of each document, or takes the vectors that it is given', async () => {
    await withArtefact(config, async ({ folder }) => {
      const asked: (readonly string[])[] = [];
      const model = await loadModel(folder, { images: imageSource(asked) });
      const wanted = await model.embedDocuments(documents);
      // towers.image.limit is 3
      expect(asked).toEqual([['a', 'b', 'gone', 'c', 'a', 'gone', 'd']]);
      expect(await model.embedDocuments(documents, imageVectors)).toEqual(wanted);
      expect(asked).toHaveLength(1);
      await model.close();
    });
  });

  it('asks for a part of many documents at a time, and keeps their order', async () => {
    await withArtefact(config, async ({ folder }) => {
      const asked: (readonly string[])[] = [];
      const model = await loadModel(folder, { images: imageSource(asked) });
      const many = Array.from({ length: 1030 }, (_, i) => documents[(i * 7) % documents.length]);
      const each = await model.embedDocuments(documents);
      const all = await model.embedDocuments(many);
      // the five documents, then 1024 and 6 of the many
      expect(asked).toHaveLength(3);
      const wanted = many.flatMap(row => {
        const at = documents.indexOf(row) * 8;
        return Array.from(each.subarray(at, at + 8));
      });
      expectNear(all, wanted);
      await model.close();
    });
  });

  it('does without where it has no source: the image channel has no weight, whatever its parameters are', async () => {
    const bare = documents.map(({ images, ...row }) => row);
    const embed = async (shift: number, use: (folder: string) => Promise<Float32Array>): Promise<Float32Array> => {
      let result = new Float32Array();
      await withArtefact(
        config,
        async ({ folder }) => {
          result = Float32Array.from(await use(folder));
        },
        ({ dense }) => {
          for (const name of Object.keys(dense).filter(key => key.startsWith('document.image'))) {
            dense[name].values.forEach((value, i, values) => {
              values[i] = value + shift;
            });
          }
        },
      );
      return result;
    };
    const without = (folder: string) => embedAll(folder, documents);
    const wanted = await embed(0, without);
    expect(await embed(2, without)).toEqual(wanted);
    expect(await embed(2, folder => embedAll(folder, bare, imageSource()))).toEqual(wanted);
    expect(await embed(0, folder => embedAll(folder, documents, imageSource()))).not.toEqual(wanted);
  });

  it('refuses vectors of another width, from a source and as they are given', async () => {
    await withArtefact(config, async ({ folder }) => {
      const refused = { code: 'model/other-images', details: { width: 7, wanted: 5 } };
      const images = { ...imageSource(), width: 7 };
      await expect(loadModel(folder, { images })).rejects.toMatchObject(refused);
      const model = await loadModel(folder, { images: imageSource() });
      await expect(model.embedDocuments(documents, { ...imageVectors, width: 7 })).rejects.toMatchObject(refused);
      await model.close();
    });
    await withArtefact(smallConfig(), async ({ folder }) => {
      const model = await loadModel(folder, { images: { ...imageSource(), width: 7 } });
      expect(await model.embedDocuments(documents)).toHaveLength(8 * documents.length);
      await model.close();
    });
  });
});

async function embedAll(folder: string, rows: readonly DocumentRow[], images?: ImageSource): Promise<Float32Array> {
  const model = await loadModel(folder, { images });
  const embeddings = await model.embedDocuments(rows);
  await model.close();
  return embeddings;
}
