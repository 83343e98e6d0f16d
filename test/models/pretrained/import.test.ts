import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import tokenizers from 'tokenizers';
import { describe, expect, it } from 'vitest';
import { type ImportOptions, readHuggingFaceFolder } from '../../../models/pretrained/hugging-face-folder.js';
import { writeUntrainedModel } from '../../../models/pretrained/untrained-model.js';
import { loadModel } from '../../../models/runtime/load-model.js';
import { loadTokenizer } from '../../../models/tokenizer/tokenizer.js';
import { withEncoder } from '../../../models/with-encoder.js';
import { presets } from '../../../src/config/presets.js';
import { configSchema } from '../../../src/config/schema.js';
import { temporaryFolder } from '../../data/temporary-folder.js';
import { oddTexts, sentences } from '../tokenizer/texts.js';
import {
  drawWeights,
  type FolderChoice,
  rounded,
  safetensorsOf,
  sizes,
  tokenizerOf,
  writeHuggingFaceFolder,
} from './hugging-face-folder.js';
import { geluTanh, type PlainChoice, plainEmbedding } from './plain-bert.js';

const texts = ['garden hoses', 'a red steel fitting of brass', 'x', 'red hose - garden, unknown zebra', '自由 a'];
const maxTokens = 38;

const imported = configSchema.parse({
  ...presets.imported,
  textEncoder: { ...presets.imported.textEncoder, maxDocumentTokens: maxTokens },
});

/** @param unread  ids that are nothing to read: special ones, that of unknown signs, the bare mark of a word */
type Expected = PlainChoice & { readonly unread?: readonly number[] };

/** Imports, writes a model, loads it as serving does, and embeds queries and titles. */
async function embedAll(choice: FolderChoice, options: ImportOptions = {}) {
  const folder = await temporaryFolder();
  const tensors = await writeHuggingFaceFolder(join(folder, 'source'), choice);
  const encoder = await readHuggingFaceFolder(join(folder, 'source'), options);
  const config = withEncoder(imported, encoder);
  await writeUntrainedModel(join(folder, 'model'), encoder, config, '0');
  const model = await loadModel(join(folder, 'model'), { threads: 1 });
  const queries = await model.embedQueries(texts.map(text => ({ text })));
  const documents = await model.embedDocuments(texts.map((title, i) => ({ id: `${i}`, title })));
  await model.close();
  return { tensors, queries, documents, encoder };
}

function expectPlain(
  embeddings: Float32Array,
  tensors: FolderChoice['tensors'] & object,
  ids: readonly number[][],
  choice: Expected,
): void {
  expect(embeddings.length).toBe(ids.length * sizes.width);
  ids.forEach((each, i) => {
    const isRead = each.some(id => !choice.unread?.includes(id));
    // zeros where there is nothing to embed
    const plain = isRead ? plainEmbedding(tensors, each, choice) : new Float64Array(sizes.width);
    plain.forEach((value, j) => {
      expect(Math.abs(embeddings[i * sizes.width + j] - value)).toBeLessThan(2e-6);
    });
  });
}

/** ids of the reference library, with its special tokens */
async function idsOf(json: string, prefix = ''): Promise<number[][]> {
  const reference = tokenizers.Tokenizer.fromString(json);
  const ids: number[][] = [];
  for (const text of texts) ids.push((await reference.encode(prefix + text)).getIds());
  for (const each of ids) expect(each.length).toBeLessThanOrEqual(maxTokens);
  return ids;
}

const pooling = (mode: string): FolderChoice['files'] => ({
  'modules.json': JSON.stringify([
    { idx: 0, name: '0', path: '', type: 'sentence_transformers.models.Transformer' },
    { idx: 1, name: '1', path: '1_Pooling', type: 'sentence_transformers.models.Pooling' },
    { idx: 2, name: '2', path: '2_Normalize', type: 'sentence_transformers.models.Normalize' },
  ]),
  '1_Pooling/config.json': JSON.stringify({
    word_embedding_dimension: sizes.width,
    pooling_mode_cls_token: mode === 'cls',
    pooling_mode_mean_tokens: mode === 'mean',
    pooling_mode_max_tokens: mode === 'max',
  }),
});

/** <s>, <pad>, </s>, <unk>, and the fifth of the pieces behind them */
const unread = [0, 1, 2, 3, 8];

const cases: readonly [string, FolderChoice, ImportOptions, Expected][] = [
  ['bert, mean', { files: pooling('mean') }, {}, {}],
  ['bert, first token', { files: pooling('cls') }, {}, { pooling: 'cls' }],
  ['bert, the first two layers', { prefix: 'bert.' }, { layers: 2 }, { layers: 2 }],
  ['bert, tanh form of the GELU', { config: { hidden_act: 'gelu_new' } }, {}, { activation: geluTanh }],
  ['bert, rectified', { config: { hidden_act: 'relu' } }, {}, { activation: x => Math.max(0, x) }],
  ['bert, float16', { precision: 'F16' }, {}, {}],
  ['xlm-r, bfloat16', { family: 'xlm-roberta', precision: 'BF16' }, {}, { firstPosition: 2, unread }],
  ['xlm-r, a prefix of its names', { family: 'xlm-roberta', prefix: 'roberta.' }, {}, { firstPosition: 2, unread }],
];

describe('an imported encoder', () => {
  it.each(cases)('embeds as BERT in double precision does: %s', async (_, choice, options, plain) => {
    const { tensors, queries, documents } = await embedAll(choice, options);
    const kept = Object.entries(tensors).map(([name, tensor]) => [name, rounded(tensor, choice.precision ?? 'F32')]);
    const ids = await idsOf(tokenizerOf(choice.family ?? 'bert'));
    expectPlain(queries, Object.fromEntries(kept), ids, plain);
    expectPlain(documents, Object.fromEntries(kept), ids, plain);
  });

  it('reads its prompts, and writes them before queries and documents', async () => {
    const prompts = { query: 'garden ', passage: 'hose: ' };
    const files = { 'config_sentence_transformers.json': JSON.stringify({ prompts }) };
    const own = await embedAll({ files });
    const json = tokenizerOf('bert');
    expectPlain(own.queries, own.tensors, await idsOf(json, 'garden '), {});
    expectPlain(own.documents, own.tensors, await idsOf(json, 'hose: '), {});
    const given = await embedAll({ files }, { queryPrefix: '', documentPrefix: 'red ' });
    expectPlain(given.queries, given.tensors, await idsOf(json), {});
    expectPlain(given.documents, given.tensors, await idsOf(json, 'red '), {});
  });

  it('knows the old names of a norm', async () => {
    const old = Object.entries(drawWeights(1)).map(([name, tensor]) => [
      name.replace('LayerNorm.weight', 'LayerNorm.gamma').replace('LayerNorm.bias', 'LayerNorm.beta'),
      tensor,
    ]);
    const [renamed, plain] = [await embedAll({ tensors: Object.fromEntries(old) }), await embedAll({})];
    expect(renamed.queries).toEqual(plain.queries);
  });

  it('keeps a row for each id and position, and no more', async () => {
    const { encoder } = await embedAll({ family: 'xlm-roberta' });
    expect(encoder.token.rows).toBe((await loadTokenizer(tokenizerOf('xlm-roberta'))).vocabularySize);
    expect(encoder.position.rows).toBe(sizes.positions - 2);
  });
});

describe('the tokenizer of an imported encoder', () => {
  it.each(['bert', 'xlm-roberta'] as const)(
    'gives the ids of the Hugging Face library in many scripts: %s',
    async family => {
      const json = tokenizerOf(family);
      const [own, reference] = [await loadTokenizer(json), tokenizers.Tokenizer.fromString(json)];
      for (const text of [...sentences, ...sentences.map(each => each.toUpperCase()), ...oddTexts, 'ΟΔΟΣ ΣΑΣ οδος']) {
        const ids = (await reference.encode(text.toWellFormed())).getIds();
        expect([...own.encode(text, 1_000_000)], JSON.stringify(text.slice(0, 60))).toEqual(ids);
      }
    },
  );
});

describe('a folder that cannot be imported', () => {
  const whole = safetensorsOf(drawWeights(1), 'F32');
  const { 'encoder.layer.1.output.dense.weight': _, ...lacking } = drawWeights(1);
  const narrow = { ...drawWeights(1), 'embeddings.LayerNorm.weight': { shape: [3], values: Float32Array.of(1, 1, 1) } };
  const few = {
    ...drawWeights(1),
    'embeddings.word_embeddings.weight': { shape: [4, 8], values: new Float32Array(32) },
  };
  const cases: readonly [string, FolderChoice, string, ImportOptions?][] = [
    ['another family', { config: { model_type: 'gpt2' } }, 'model/unsupported-encoder'],
    ['relative positions', { config: { position_embedding_type: 'relative_key' } }, 'model/unsupported-encoder'],
    ['an unknown activation', { config: { hidden_act: 'swish' } }, 'model/unsupported-encoder'],
    ['heads that do not part the width', { config: { num_attention_heads: 3 } }, 'model/unsupported-encoder'],
    ['more layers than are allowed', { config: { num_hidden_layers: 99 } }, 'model/unsupported-encoder'],
    ['pooling by maximum', { files: pooling('max') }, 'model/unsupported-encoder'],
    [
      'a module after the pooling',
      { files: { 'modules.json': '[{"path": "2_Dense", "type": "sentence_transformers.models.Dense"}]' } },
      'model/unsupported-encoder',
    ],
    ['a config.json without sizes', { files: { 'config.json': '{"model_type": "bert"}' } }, 'model/damaged'],
    ['a config.json cut short', { files: { 'config.json': '{"model_type"' } }, 'model/damaged'],
    [
      'a tensor file cut short',
      { files: { 'model.safetensors': whole.subarray(0, whole.length - 9) } },
      'model/damaged',
    ],
    ['an empty tensor file', { files: { 'model.safetensors': '' } }, 'model/damaged'],
    ['a header that has no end', { files: { 'model.safetensors': Buffer.alloc(64, 255) } }, 'model/damaged'],
    [
      'a header that is no JSON',
      { files: { 'model.safetensors': Buffer.from([4, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]) } },
      'model/damaged',
    ],
    ['a tensor missing', { tensors: lacking }, 'model/damaged'],
    ['a tensor of another size', { tensors: narrow }, 'model/damaged'],
    ['fewer rows than ids', { tensors: few }, 'model/damaged'],
    ['another model altogether', { files: { 'model.safetensors': safetensorsOf({}, 'F32') } }, 'model/damaged'],
    ['a tokenizer.json of another kind', { files: { 'tokenizer.json': '{}' } }, 'model/damaged'],
    ['more layers than there are', {}, 'usage/bad-value', { layers: 4 }],
    ['no layers', {}, 'usage/bad-value', { layers: 0 }],
  ];

  it.each(cases)('%s is a documented error', async (_name, choice, code, options) => {
    const folder = await temporaryFolder();
    await writeHuggingFaceFolder(folder, choice);
    await expect(readHuggingFaceFolder(folder, options)).rejects.toMatchObject({ code });
  });

  it('without one of its files, the folder or the file is named', async () => {
    const folder = await temporaryFolder();
    await expect(readHuggingFaceFolder(folder)).rejects.toMatchObject({ code: 'data/not-found' });
    for (const name of ['tokenizer.json', 'model.safetensors']) {
      const without = join(folder, name);
      await writeHuggingFaceFolder(without);
      await rm(join(without, name));
      await expect(readHuggingFaceFolder(without)).rejects.toMatchObject({
        code: 'data/not-found',
        details: { path: join(without, name) },
      });
    }
    await expect(readHuggingFaceFolder(join(folder, 'nowhere'))).rejects.toThrow('nowhere');
  });

  it('with integers for weights says so', async () => {
    const folder = await temporaryFolder();
    const bytes = Buffer.from(whole);
    const at = bytes.indexOf('"F32"');
    bytes.write('"I32"', at);
    await writeHuggingFaceFolder(folder, { files: { 'model.safetensors': bytes } });
    await expect(readHuggingFaceFolder(folder)).rejects.toMatchObject({ code: 'model/unsupported-encoder' });
  });
});

describe('withEncoder', () => {
  const encoderOf = async () => {
    const folder = await temporaryFolder();
    await writeHuggingFaceFolder(folder);
    return readHuggingFaceFolder(folder);
  };

  it('puts the shape of the encoder into the configuration, which stays one', async () => {
    const config = withEncoder(imported, await encoderOf());
    expect(config.towers.embeddingWidth).toBe(8);
    const { layers, heads } = sizes;
    expect(config.textEncoder).toMatchObject({
      width: 8,
      heads,
      feedForward: 1.5,
      queryLayers: layers,
      documentLayers: layers,
    });
    expect(configSchema.parse(config)).toEqual(config);
  });

  it('refuses towers without text, and texts longer than the encoder reads', async () => {
    const encoder = await encoderOf();
    const long = (textEncoder: object) => configSchema.parse({ ...presets.imported, textEncoder });
    for (const config of [
      configSchema.parse({}),
      long({ maxDocumentTokens: 41 }),
      long({ maxDocumentTokens: 40, maxQueryTokens: 41 }),
    ]) {
      expect(() => withEncoder(config, encoder)).toThrow(expect.objectContaining({ code: 'config/bad-value' }));
    }
    expect(withEncoder(long({ maxDocumentTokens: 40 }), encoder).textEncoder.maxDocumentTokens).toBe(40);
  });

  it('refuses to write an untrained model with random parts', async () => {
    const [encoder, folder] = [await encoderOf(), await temporaryFolder()];
    const config = withEncoder(
      configSchema.parse({ ...presets.importedBag, textEncoder: { maxDocumentTokens: 40 } }),
      encoder,
    );
    const written = writeUntrainedModel(join(folder, 'model'), encoder, config, '0');
    await expect(written).rejects.toMatchObject({ code: 'config/bad-value' });
  });
});
