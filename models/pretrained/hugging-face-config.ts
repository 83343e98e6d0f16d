import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { TandemError } from '../../src/errors/tandem-error.js';
import { type EncoderShape, encoderShapeSchema } from '../pretrained-encoder.js';
import { readModules } from './hugging-face-modules.js';
import { type Prompts, readPrompts } from './hugging-face-prompts.js';
import { readJson } from './read-json.js';
import type { Taken } from './taken.js';

const size = z.int().min(1);

/** What of a config.json (transformers, BertConfig and XLMRobertaConfig) decides the computation; defaults as there. */
const configSchema = z.object({
  model_type: z.string(),
  hidden_size: size,
  num_hidden_layers: size,
  num_attention_heads: size,
  intermediate_size: size,
  hidden_act: z.string().default('gelu'),
  layer_norm_eps: z.number().default(1e-12),
  pad_token_id: z.int().nullish(),
  position_embedding_type: z.string().nullish(),
  is_decoder: z.boolean().nullish(),
  _name_or_path: z.string().nullish(),
});

/** Under one of these names, by the family that a folder was first written for. */
const lengthFiles = ['sentence_bert_config.json', 'sentence_roberta_config.json', 'sentence_xlm-roberta_config.json'];
const lengthSchema = z.object({ max_seq_length: z.number().nullish(), do_lower_case: z.boolean().nullish() });

const tokenizerConfigSchema = z.object({
  model_max_length: z.number().nullish(),
  name_or_path: z.string().nullish(),
});

/** What a folder says about its encoder. */
export interface HuggingFaceShape {
  /** its prefixes are yet to be chosen */
  readonly shape: EncoderShape;
  /** row of the position table that the first token takes */
  readonly firstPosition: number;
  /** folder of the weights and the tokenizer */
  readonly root: string;
  readonly pooling: Taken<EncoderShape['pooling']>;
  readonly poolsPrompt: boolean;
  readonly prompts: Prompts;
  /** tokens that it was made for; undefined where nothing says it, and its positions do */
  readonly maxTokens: Taken<number> | undefined;
  readonly lowerCase: Taken<boolean>;
}

const activations: Readonly<Record<string, EncoderShape['activation']>> = {
  gelu: 'gelu',
  gelu_python: 'gelu',
  gelu_new: 'geluTanh',
  gelu_fast: 'geluTanh',
  gelu_pytorch_tanh: 'geluTanh',
  relu: 'relu',
};

const unsupported = (why: string): TandemError => new TandemError('model/unsupported-encoder', why);

/**
 * Reads what a Hugging Face folder says about its encoder: config.json, and of sentence-transformers the modules, the length and the prompts.
 * @throws TandemError 'data/not-found' | 'model/damaged' | 'model/unsupported-encoder', naming what is not known
 */
export async function readHuggingFaceConfig(folder: string): Promise<HuggingFaceShape> {
  const { root, pooling, poolsPrompt } = await readModules(folder);
  const path = join(root, 'config.json');
  const config = await readJson(path, configSchema);
  if (config === undefined) {
    throw new TandemError('data/not-found', `${folder}: is not a Hugging Face folder, it has no config.json`, { path });
  }
  const { model_type: family, position_embedding_type: positions } = config;
  if (family !== 'bert' && family !== 'xlm-roberta')
    throw unsupported(`${path}: model_type ${family}; bert and xlm-roberta are known`);
  if (positions != null && positions !== 'absolute') throw unsupported(`${path}: position_embedding_type ${positions}`);
  if (config.is_decoder === true) throw unsupported(`${path}: is_decoder, which hides from a token those behind it`);
  const activation = activations[config.hidden_act];
  if (activation === undefined) {
    const known = Object.keys(activations).join(', ');
    throw unsupported(`${path}: hidden_act ${config.hidden_act}; ${known} are known`);
  }
  const length = await readLength(root);
  const shape = encoderShapeSchema.safeParse({
    layers: config.num_hidden_layers,
    width: config.hidden_size,
    heads: config.num_attention_heads,
    feedForward: config.intermediate_size,
    pooling: pooling.value,
    activation,
    epsilon: config.layer_norm_eps,
    embeddingNorm: true,
    lowerCase: length.lowerCase.value,
    queryPrefix: '',
    documentPrefix: '',
  });
  if (!shape.success) {
    const { path: keys, message } = shape.error.issues[0];
    throw unsupported(`${path}: ${keys.join('.')}: ${message}`);
  }
  const { width, heads } = shape.data;
  if (width % heads !== 0) throw unsupported(`${path}: ${width} columns do not part into ${heads} heads`);
  const names = [basename(resolve(folder)), config._name_or_path ?? '', length.name];
  return {
    shape: shape.data,
    // XLM-R numbers positions from the one after its padding id (fairseq's habit)
    firstPosition: family === 'bert' ? 0 : (config.pad_token_id ?? 1) + 1,
    root,
    pooling,
    poolsPrompt,
    prompts: await readPrompts(folder, names),
    maxTokens: length.maxTokens,
    lowerCase: length.lowerCase,
  };
}

/** The length that an encoder was made for, as sentence-transformers finds it; `truncation` of tokenizer.json is how it was run last. */
async function readLength(
  root: string,
): Promise<Pick<HuggingFaceShape, 'maxTokens' | 'lowerCase'> & { readonly name: string }> {
  const tokenizer = await readJson(join(root, 'tokenizer_config.json'), tokenizerConfigSchema);
  const name = tokenizer?.name_or_path ?? '';
  let lowerCase: Taken<boolean> = { value: false, from: 'tokenizer.json' };
  for (const file of lengthFiles) {
    const found = await readJson(join(root, file), lengthSchema);
    if (found === undefined) continue;
    if (found.do_lower_case === true) lowerCase = { value: true, from: file };
    if (found.max_seq_length != null)
      return { name, lowerCase, maxTokens: { value: found.max_seq_length, from: file } };
    break;
  }
  const length = tokenizer?.model_max_length;
  return { name, lowerCase, maxTokens: length == null ? undefined : { value: length, from: 'tokenizer_config.json' } };
}
