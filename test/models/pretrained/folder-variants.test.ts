import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import tokenizers from 'tokenizers';
import { describe, expect, it } from 'vitest';
import { checkEncoder } from '../../../models/pretrained/check-encoder.js';
import { type ImportOptions, readHuggingFaceFolder } from '../../../models/pretrained/hugging-face-folder.js';
import { loadModel } from '../../../models/runtime/load-model.js';
import { temporaryFolder } from '../../data/temporary-folder.js';
import {
  drawWeights,
  type Family,
  type FolderChoice,
  rounded,
  safetensorsOf,
  sizes,
  type TorchTensors,
  tokenizerOf,
  writeHuggingFaceFolder,
} from './hugging-face-folder.js';
import { writeImportedModel } from './imported-model.js';
import { type PlainChoice, plainEmbedding } from './plain-bert.js';

const texts = [
  'a',
  'garden hoses',
  'Red HOSE - garden, unknown zebra',
  '自由 a',
  'σας ΟΔΟΣ 👍🏽',
  'garden hose of brass '.repeat(30),
];

/** The folder as a library reads it that shares nothing with ours: ids of Hugging Face's tokenizers, BERT token by token. */
interface Expected extends PlainChoice {
  readonly family?: Family;
  readonly prefix?: string;
  readonly maxTokens?: number;
  readonly lowerCase?: boolean;
  readonly precision?: FolderChoice['precision'];
}

async function expected(tensors: TorchTensors, text: string, choice: Expected): Promise<number[]> {
  const { family = 'bert', prefix = '', maxTokens = sizes.positions, lowerCase = false } = choice;
  const reference = tokenizers.Tokenizer.fromString(tokenizerOf(family));
  const whole = (await reference.encode(lowerCase ? (prefix + text).toLowerCase() : prefix + text)).getIds();
  const ids = whole.length > maxTokens ? [...whole.slice(0, maxTokens - 1), whole[whole.length - 1]] : whole;
  const kept = Object.entries(tensors).map(([name, tensor]) => [name, rounded(tensor, choice.precision ?? 'F32')]);
  return plainEmbedding(Object.fromEntries(kept), ids, choice);
}

interface Variant extends FolderChoice {
  readonly options?: ImportOptions;
  /** last part of the folder's path */
  readonly name?: string;
  /** done to the folder when it is written */
  readonly change?: (folder: string) => Promise<void>;
  /** of queries, and of documents where they differ */
  readonly query: Expected;
  readonly document?: Expected;
}

const json = (content: unknown): string => JSON.stringify(content);
const modules = (...kinds: readonly (readonly [string, string])[]): string =>
  json(kinds.map(([path, type], idx) => ({ idx, path, type: `sentence_transformers.models.${type}` })));
const usual = modules(['', 'Transformer'], ['1_Pooling', 'Pooling'], ['2_Normalize', 'Normalize']);
const pooling = (content: object): Record<string, string> => ({
  'modules.json': usual,
  '1_Pooling/config.json': json({ word_embedding_dimension: sizes.width, ...content }),
});
const prompts = (content: object): Record<string, string> => ({
  'config_sentence_transformers.json': json(content),
});
/** [CLS] or <s>, and the tokens of `red ` */
const promptTokens = 2;

/** A tokenizer.json as it was last run: padded to 40 tokens, cut to 6. */
const runSettings = (family: Family, cased = false): string => {
  const content = JSON.parse(tokenizerOf(family)) as { normalizer: object };
  const padding = {
    strategy: { Fixed: 40 },
    direction: 'Right',
    pad_to_multiple_of: null,
    pad_id: family === 'bert' ? 0 : 1,
  };
  return json({
    ...content,
    normalizer: cased ? { ...content.normalizer, lowercase: false, strip_accents: false } : content.normalizer,
    padding: { ...padding, pad_type_id: 0, pad_token: family === 'bert' ? '[PAD]' : '<pad>' },
    truncation: { max_length: 6, strategy: 'LongestFirst', stride: 0, direction: 'Right' },
  });
};

const variants: Readonly<Record<string, Variant>> = {
  'padded and cut by its tokenizer.json': { files: { 'tokenizer.json': runSettings('bert') }, query: {} },
  'of XLM-R, padded and cut': {
    family: 'xlm-roberta',
    files: { 'tokenizer.json': runSettings('xlm-roberta') },
    query: { family: 'xlm-roberta', firstPosition: 2, maxTokens: sizes.positions - 2 },
  },
  'pooled by the first token, by switches': {
    files: pooling({ pooling_mode_cls_token: true }),
    query: { pooling: 'cls' },
  },
  'pooled by the first token, by name': { files: pooling({ pooling_mode: 'cls' }), query: { pooling: 'cls' } },
  'pooled by name beside old switches': {
    files: pooling({ pooling_mode: 'mean', pooling_mode_cls_token: true }),
    query: {},
  },
  'pooled over the root of the length': { files: pooling({ pooling_mode_mean_sqrt_len_tokens: true }), query: {} },
  'pooled, without modules.json': {
    files: { '1_Pooling/config.json': json({ pooling_mode_cls_token: true }) },
    query: { pooling: 'cls' },
  },
  'with a length': { files: { 'sentence_bert_config.json': json({ max_seq_length: 9 }) }, query: { maxTokens: 9 } },
  'with a length under another name': {
    files: { 'sentence_xlm-roberta_config.json': json({ max_seq_length: 9 }) },
    query: { maxTokens: 9 },
  },
  'with the length of its tokenizer': {
    files: { 'tokenizer_config.json': json({ model_max_length: 11 }) },
    query: { maxTokens: 11 },
  },
  'with a length before that of its tokenizer': {
    files: {
      'sentence_bert_config.json': json({ max_seq_length: 9, do_lower_case: false }),
      'tokenizer_config.json': json({ model_max_length: 11 }),
    },
    query: { maxTokens: 9 },
  },
  'with the length of one who knows none': {
    files: { 'tokenizer_config.json': '{"model_max_length": 1000000000000000019884624838656}' },
    query: {},
  },
  'in lower case': {
    files: {
      'sentence_bert_config.json': json({ do_lower_case: true }),
      'tokenizer.json': runSettings('bert', true),
    },
    query: { lowerCase: true },
  },
  'with prompts': {
    files: prompts({ prompts: { query: 'red ', passage: 'of ' } }),
    query: { prefix: 'red ' },
    document: { prefix: 'of ' },
  },
  'with prompts of search': {
    files: prompts({ prompts: { search_query: 'red ', search_document: 'of ', clustering: 'x ' } }),
    query: { prefix: 'red ' },
    document: { prefix: 'of ' },
  },
  'with a default prompt': {
    files: prompts({ prompts: { retrieval: 'red ' }, default_prompt_name: 'retrieval' }),
    query: { prefix: 'red ' },
  },
  'with a default prompt of documents': {
    files: prompts({ prompts: { query: 'red ', plain: '' }, default_prompt_name: 'plain' }),
    query: { prefix: 'red ' },
    document: {},
  },
  'with prompts, and others wanted': {
    files: prompts({ prompts: { query: 'hose ', document: 'x ' } }),
    options: { queryPrefix: 'red ', documentPrefix: '' },
    query: { prefix: 'red ' },
    document: {},
  },
  'with prompts that are not pooled': {
    files: {
      ...pooling({ pooling_mode_mean_tokens: true, include_prompt: false }),
      ...prompts({ prompts: { query: 'red ' } }),
    },
    query: { prefix: 'red ', unpooled: promptTokens },
    document: {},
  },
  'with prompts beside the first token': {
    files: { ...pooling({ pooling_mode: 'cls', include_prompt: false }), ...prompts({ prompts: { query: 'red ' } }) },
    query: { prefix: 'red ', pooling: 'cls' },
    document: { pooling: 'cls' },
  },
  'named as one of the E5 family': {
    name: 'a-small-e5-v2',
    query: { prefix: 'query: ' },
    document: { prefix: 'passage: ' },
  },
  'of the E5 family, with prompts of its own': {
    name: 'e5',
    files: prompts({ prompts: { query: 'red ', document: '' } }),
    query: { prefix: 'red ' },
    document: {},
  },
  'named like E5, with instructions': { name: 'multilingual-e5-large-instruct', query: {} },
  'in a folder below': {
    files: {
      'modules.json': modules(['0_Transformer', 'Transformer'], ['1_Pooling', 'Pooling']),
      '1_Pooling/config.json': json({ pooling_mode: 'cls' }),
    },
    change: async folder => {
      await writeFile(join(folder, '1_Pooling', 'empty'), '');
      await writeHuggingFaceFolder(join(folder, '0_Transformer'));
      for (const name of ['config.json', 'tokenizer.json', 'model.safetensors']) await rm(join(folder, name));
    },
    query: { pooling: 'cls' },
  },
  'of float16': { precision: 'F16', query: { precision: 'F16' } },
  'of bfloat16': { precision: 'BF16', query: { precision: 'BF16' } },
  'with a prefix of its names': { prefix: '0.auto_model.', query: {} },
  'in parts': {
    change: async folder => {
      const [first, ...more] = Object.entries(drawWeights(1));
      const parts = { 'model-1-of-2.safetensors': [first], 'model-2-of-2.safetensors': more };
      for (const [name, tensors] of Object.entries(parts))
        await writeFile(join(folder, name), safetensorsOf(Object.fromEntries(tensors), 'F32'));
      const places = Object.entries(parts).flatMap(([name, tensors]) => tensors.map(([tensor]) => [tensor, name]));
      await writeFile(join(folder, 'model.safetensors.index.json'), json({ weight_map: Object.fromEntries(places) }));
      await rm(join(folder, 'model.safetensors'));
    },
    query: {},
  },
};

async function writeVariant({
  name = 'encoder',
  change,
  ...choice
}: Omit<Variant, 'query'>): Promise<{ folder: string; tensors: TorchTensors }> {
  const folder = join(await temporaryFolder(), name);
  const tensors = await writeHuggingFaceFolder(folder, choice);
  await change?.(folder);
  return { folder, tensors };
}

describe('a folder of Hugging Face', () => {
  it.each(Object.keys(variants))('embeds as it is made: %s', async name => {
    const { query, document = query, ...variant } = variants[name];
    const { folder, tensors } = await writeVariant(variant);
    const out = join(await temporaryFolder(), 'model');
    await checkEncoder(await writeImportedModel(folder, out, {}, variant.options));
    const model = await loadModel(out, { threads: 1 });
    const queries = await model.embedQueries(texts.map(text => ({ text })));
    const documents = await model.embedDocuments(texts.map((title, i) => ({ id: `${i}`, title })));
    await model.close();
    for (const [i, text] of texts.entries()) {
      for (const [embeddings, choice] of [
        [queries, query],
        [documents, document],
      ] as const) {
        const plain = await expected(tensors, text, choice);
        const own = embeddings.subarray(i * sizes.width, (i + 1) * sizes.width);
        plain.forEach((value, j) => {
          expect(Math.abs(own[j] - value), `${text}, ${j}`).toBeLessThan(3e-6);
        });
      }
    }
  });

  const gone = (file: string) => (folder: string) => rm(join(folder, file));
  const odd = (value: number): TorchTensors => {
    const tensors = drawWeights(1);
    const name = 'encoder.layer.1.output.dense.weight';
    const values = tensors[name].values.slice();
    values[3] = value;
    return { ...tensors, [name]: { ...tensors[name], values } };
  };
  const refused: Readonly<Record<string, readonly [Omit<Variant, 'query'>, string, string]>> = {
    'of another family': [{ config: { model_type: 'mpnet' } }, 'model/unsupported-encoder', 'model_type mpnet'],
    'with another activation': [{ config: { hidden_act: 'silu' } }, 'model/unsupported-encoder', 'hidden_act silu'],
    'with relative positions': [
      { config: { position_embedding_type: 'relative_key' } },
      'model/unsupported-encoder',
      'relative_key',
    ],
    'that looks back only': [{ config: { is_decoder: true } }, 'model/unsupported-encoder', 'is_decoder'],
    'pooled by the maximum': [
      { files: pooling({ pooling_mode_max_tokens: true }) },
      'model/unsupported-encoder',
      'max_tokens',
    ],
    'pooled by the last token': [
      { files: pooling({ pooling_mode: 'lasttoken' }) },
      'model/unsupported-encoder',
      'lasttoken',
    ],
    'pooled by weight': [
      { files: pooling({ pooling_mode_weightedmean_tokens: true }) },
      'model/unsupported-encoder',
      'weightedmean',
    ],
    'pooled twice': [
      { files: pooling({ pooling_mode_mean_tokens: true, pooling_mode_cls_token: true }) },
      'model/unsupported-encoder',
      'mean_tokens and pooling_mode_cls_token',
    ],
    'pooled by nothing': [{ files: pooling({}) }, 'model/unsupported-encoder', 'nothing known'],
    'with a layer behind the pooling': [
      { files: { 'modules.json': modules(['', 'Transformer'], ['1_Pooling', 'Pooling'], ['2_Dense', 'Dense']) } },
      'model/unsupported-encoder',
      'Dense',
    ],
    'without pooling': [
      { files: { 'modules.json': modules(['', 'Transformer']) } },
      'model/unsupported-encoder',
      'Pooling',
    ],
    'that names a pooling and has none': [{ files: { 'modules.json': usual } }, 'model/damaged', '1_Pooling'],
    'with a weight that is no number': [
      { tensors: odd(Number.NaN) },
      'model/damaged',
      'layer.1.output.dense.weight: holds NaN',
    ],
    'with an infinite weight': [{ tensors: odd(-1 / 0) }, 'model/damaged', 'holds -Infinity'],
    'of which a part is missing': [
      {
        change: async folder => {
          const map = { 'embeddings.word_embeddings.weight': 'model-1-of-2.safetensors' };
          await writeFile(join(folder, 'model.safetensors.index.json'), json({ weight_map: map }));
          await rm(join(folder, 'model.safetensors'));
        },
      },
      'data/not-found',
      'model-1-of-2.safetensors',
    ],
    'whose parts are none': [
      {
        change: async folder => {
          await writeFile(join(folder, 'model.safetensors.index.json'), '{"weight_map": {}}');
          await rm(join(folder, 'model.safetensors'));
        },
      },
      'model/damaged',
      'word_embeddings',
    ],
    'with pickled weights alone': [
      { change: folder => rename(join(folder, 'model.safetensors'), join(folder, 'pytorch_model.bin')) },
      'model/unsupported-encoder',
      'save_pretrained',
    ],
    'without a tokenizer': [{ change: gone('tokenizer.json') }, 'data/not-found', 'tokenizer.json'],
  };
  it.each(Object.keys(refused))('is refused by name: %s', async name => {
    const [variant, code, words] = refused[name];
    const { folder } = await writeVariant(variant);
    const refusal = { code, message: expect.stringContaining(words) };
    await expect(readHuggingFaceFolder(folder)).rejects.toMatchObject(refusal);
  });

  it('says what was taken from where', async () => {
    const { folder } = await writeVariant({
      files: {
        ...pooling({ pooling_mode: 'cls' }),
        ...prompts({ prompts: { query: 'red ', clustering: 'x ' } }),
        'sentence_bert_config.json': json({ max_seq_length: 9, do_lower_case: true }),
      },
    });
    const { taken } = await readHuggingFaceFolder(folder, { documentPrefix: 'of ' });
    expect(taken).toEqual({
      pooling: { value: 'cls', from: join('1_Pooling', 'config.json') },
      maxTokens: { value: 9, from: 'sentence_bert_config.json' },
      queryPrefix: { value: 'red ', from: 'config_sentence_transformers.json, query' },
      documentPrefix: { value: 'of ', from: '--document-prefix' },
      lowerCase: { value: true, from: 'sentence_bert_config.json' },
      unusedPrompts: ['clustering'],
    });
  });
});

describe('the check of an import', () => {
  const checked = async (tensors: TorchTensors) => {
    const { folder } = await writeVariant({ tensors });
    return checkEncoder(await readHuggingFaceFolder(folder));
  };
  const scaled = (names: RegExp, by: number): TorchTensors =>
    Object.fromEntries(
      Object.entries(drawWeights(1)).map(([name, { shape, values }]) => [
        name,
        { shape, values: names.test(name) ? values.map(value => value * by) : values },
      ]),
    );

  it('passes an encoder that embeds a text alone as beside others', async () => {
    const { texts: count, leastCosine } = await checked(drawWeights(1));
    // those of which its small vocabulary knows a token
    expect(count).toBeGreaterThan(2);
    expect(leastCosine).toBeGreaterThan(0.999999);
  });

  it.each([
    ['numbers overflow', scaled(/dense\.weight/, 1e38), 'gives no vector'],
    ['nothing comes through', scaled(/LayerNorm/, 0), 'gives no vector'],
    ['every text is the same', scaled(/LayerNorm\.weight/, 0), 'the same vector'],
  ])('refuses one where %s', async (_, tensors, words) => {
    const refusal = { code: 'model/failed-check', message: expect.stringContaining(words) };
    await expect(checked(tensors)).rejects.toMatchObject(refusal);
  });
});
