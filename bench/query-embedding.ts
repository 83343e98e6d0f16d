import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emojiDataset } from '../data/sources/emoji.js';
import { createModelState, type Vocabulary } from '../models/model-state.js';
import { loadModel, type Model } from '../models/runtime/load-model.js';
import { loadTokenizer } from '../models/tokenizer/tokenizer.js';
import { writeTokenizerJson } from '../models/tokenizer/tokenizer-json.js';
import { trainUnigram } from '../models/tokenizer/train-unigram.js';
import { type Config, configSchema } from '../src/config/schema.js';
import { documentTokens } from '../src/config/towers.js';
import { TandemError } from '../src/errors/tandem-error.js';
import { cacheEmbeddings } from '../src/search/query-cache.js';
import { type BenchReport, describeMachine } from './frame.js';
import { type Measured, summarise } from './measure.js';

const warmUp = 200;
const timedQueries = 3000;
/** an embedding alone and in a batch differ by rounding alone */
const tolerance = 1e-5;

/** The default towers, and the shape that Que2Search serves: a text encoder of 2 layers, 4 heads, 128 wide. */
const presets: Readonly<Record<string, Config>> = {
  bag: configSchema.parse({}),
  text: configSchema.parse({
    towers: { embeddingWidth: 128, query: ['trigram', 'word', 'text', 'country'], document: ['titleTrigram', 'title'] },
    textEncoder: { queryLayers: 2, pooling: 'cls' },
  }),
};

/** Writes a model of random weights and loads it as serving does, on one thread. Weights do not change the work. */
async function makeModel(folder: string, name: string, texts: readonly string[]): Promise<Model> {
  const config = presets[name];
  const tokenizer = writeTokenizerJson(trainUnigram(texts, 8000));
  const vocabulary: Vocabulary = {
    countries: ['US'],
    tokens: (await loadTokenizer(tokenizer)).vocabularySize,
    maxQueryTokens: 16,
    maxDocumentTokens: documentTokens(config.textEncoder),
  };
  const { writeModel } = await import('../models/write-model.js');
  const state = createModelState(config, vocabulary);
  await writeModel(join(folder, name), {
    state,
    config,
    vocabulary,
    tokenizer,
    metrics: {},
    learntFrom: 'nothing',
    tandem: 'bench',
  });
  return loadModel(join(folder, name), { threads: 1 });
}

type Embed = (text: string) => Promise<Float32Array>;

/** Every contestant embeds the same query in turn. */
async function timeQueries(
  contestants: Readonly<Record<string, Embed>>,
  queries: readonly string[],
): Promise<Measured[]> {
  const measured = Object.keys(contestants).map(name => ({
    name,
    warmUp,
    samples: [] as { seconds: number; answer: number[] }[],
  }));
  for (const query of queries) {
    for (const [i, embed] of Object.values(contestants).entries()) {
      const started = performance.now();
      await embed(query);
      measured[i].samples.push({ seconds: (performance.now() - started) / 1000, answer: [] });
    }
  }
  return measured;
}

/** Largest difference between queries embedded alone and in one batch. */
async function batchDifference(model: Model, queries: readonly string[]): Promise<number> {
  const together = await model.embedQueries(queries.map(text => ({ text })));
  let worst = 0;
  for (const [i, text] of queries.entries()) {
    const { embedding } = await model.embedQuery({ text });
    embedding.forEach((value, j) => {
      worst = Math.max(worst, Math.abs(value - together[i * model.width + j]));
    });
  }
  if (!(worst <= tolerance))
    throw new TandemError('bench/wrong-answer', `alone and in a batch differ by ${worst}`, { worst });
  return worst;
}

/**
 * One query at a time through words, hashes, tokens, tables and the native graph, on one thread; cold, and from the cache of head queries.
 * Queries: the English and German keywords of the demo's data.
 * @throws TandemError 'bench/wrong-answer'
 */
export async function queryEmbedding(): Promise<BenchReport> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
  try {
    const { pairs } = await emojiDataset({
      locales: ['en', 'de'],
      fast: false,
      shares: { train: 1, validation: 0, test: 0 },
      seed: 1,
    });
    const texts = [...new Set(pairs.map(({ query }) => query))];
    const queries = texts.slice(0, warmUp + timedQueries);
    const bag = await makeModel(folder, 'bag', texts);
    const text = await makeModel(folder, 'text', texts);
    const { embedQuery: cached } = cacheEmbeddings(text);
    for (const query of queries) await cached({ text: query });
    const contestants: Record<string, Embed> = {
      bag: async query => (await bag.embedQuery({ text: query })).embedding,
      text: async query => (await text.embedQuery({ text: query, country: 'US' })).embedding,
      'text, cached': async query => (await cached({ text: query })).embedding,
    };
    const measured = await timeQueries(contestants, queries);
    const quality = {
      bagBatchDifference: await batchDifference(bag, queries.slice(0, 64)),
      textBatchDifference: await batchDifference(text, queries.slice(0, 64)),
    };
    const words = queries.reduce((sum, query) => sum + query.split(' ').length, 0) / queries.length;
    const sizes = {
      queries: timedQueries,
      'words a query': words,
      bag: 'D 512',
      text: '2 layers, 4 heads, D 128',
      threads: 1,
    };
    await bag.close();
    await text.close();
    return {
      bench: 'query-embedding',
      header: describeMachine({}, sizes),
      results: measured.map(summarise),
      ratio: {},
      quality,
      missing: [],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
