import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { TandemError } from '../../src/errors/tandem-error.js';
import { type EncoderShape, encoderShapeSchema } from '../pretrained-encoder.js';

const size = z.int().min(1);

/** What of a config.json (transformers, BertConfig and XLMRobertaConfig) decides the computation. */
const configSchema = z.object({
  model_type: z.string(),
  hidden_size: size,
  num_hidden_layers: size,
  num_attention_heads: size,
  intermediate_size: size,
  hidden_act: z.string(),
  layer_norm_eps: z.number(),
  pad_token_id: z.int().nullish(),
  position_embedding_type: z.string().nullish(),
});

/** modules.json of a sentence-transformers folder: what comes after the encoder. */
const modulesSchema = z.array(z.object({ path: z.string(), type: z.string() }));
const promptsSchema = z.object({ prompts: z.record(z.string(), z.string()).nullish() });

export interface HuggingFaceShape {
  readonly shape: EncoderShape;
  /** row of the position table that the first token takes */
  readonly firstPosition: number;
}

const activations: Readonly<Record<string, EncoderShape['activation']>> = {
  gelu: 'gelu',
  gelu_new: 'geluTanh',
  gelu_pytorch_tanh: 'geluTanh',
  relu: 'relu',
};

const unsupported = (why: string): TandemError => new TandemError('model/unsupported-encoder', why);

/** @returns the content, or undefined when there is no such file @throws TandemError 'model/damaged' */
async function readJson<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S> | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new TandemError('data/not-found', `${path}: cannot be read (${error.code})`, { path }, { cause: error });
  });
  if (text === undefined) return undefined;
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new TandemError('model/damaged', `${path}: is not JSON`, { path }, { cause: error });
  }
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const { path: place, message } = parsed.error.issues[0];
  throw new TandemError('model/damaged', `${path}: ${place.join('.') || 'the file'}: ${message}`, { path });
}

/**
 * Reads what a Hugging Face folder says about its encoder: config.json, and of sentence-transformers the pooling and the prompts.
 * @throws TandemError 'data/not-found' | 'model/damaged' | 'model/unsupported-encoder', naming what is not known
 */
export async function readHuggingFaceConfig(folder: string): Promise<HuggingFaceShape> {
  const path = join(folder, 'config.json');
  const config = await readJson(path, configSchema);
  if (config === undefined) {
    throw new TandemError('data/not-found', `${folder}: is not a Hugging Face folder, it has no config.json`, { path });
  }
  const { model_type: family, position_embedding_type: positions } = config;
  if (family !== 'bert' && family !== 'xlm-roberta') throw unsupported(`${path}: model_type ${family}`);
  if (positions != null && positions !== 'absolute') throw unsupported(`${path}: position_embedding_type ${positions}`);
  const activation = activations[config.hidden_act];
  if (activation === undefined) throw unsupported(`${path}: hidden_act ${config.hidden_act}`);
  const shape = encoderShapeSchema.safeParse({
    layers: config.num_hidden_layers,
    width: config.hidden_size,
    heads: config.num_attention_heads,
    feedForward: config.intermediate_size,
    pooling: await readPooling(folder),
    activation,
    epsilon: config.layer_norm_eps,
    embeddingNorm: true,
    ...(await readPrefixes(folder)),
  });
  if (!shape.success) {
    const { path: place, message } = shape.error.issues[0];
    throw unsupported(`${path}: ${place.join('.')}: ${message}`);
  }
  const { width, heads } = shape.data;
  if (width % heads !== 0) throw unsupported(`${path}: ${width} columns do not part into ${heads} heads`);
  // XLM-R numbers positions from the one after its padding id (fairseq's habit)
  return { shape: shape.data, firstPosition: family === 'bert' ? 0 : (config.pad_token_id ?? 1) + 1 };
}

/** Modules that a tower does itself: it pools, and its embeddings have length 1. */
const knownModules = ['Transformer', 'Pooling', 'Normalize'];

async function readPooling(folder: string): Promise<EncoderShape['pooling']> {
  const modules = await readJson(join(folder, 'modules.json'), modulesSchema);
  for (const { type } of modules ?? []) {
    if (!knownModules.includes(type.split('.').at(-1)!)) throw unsupported(`${folder}: the module ${type}`);
  }
  const place = modules?.find(({ type }) => type.endsWith('Pooling'))?.path ?? '1_Pooling';
  const path = join(folder, place, 'config.json');
  const pooling = await readJson(path, z.record(z.string(), z.unknown()));
  if (pooling === undefined) return 'mean';
  const wanted = Object.keys(pooling).filter(key => key.startsWith('pooling_mode_') && pooling[key] === true);
  if (typeof pooling.pooling_mode === 'string') wanted.push(pooling.pooling_mode);
  if (wanted.length === 1 && /^(pooling_mode_)?mean(_tokens)?$/.test(wanted[0])) return 'mean';
  if (wanted.length === 1 && /^(pooling_mode_)?cls(_token)?$/.test(wanted[0])) return 'cls';
  throw unsupported(`${path}: pooling by ${wanted.join(' and ') || 'nothing known'}`);
}

/** The prompts of sentence-transformers, by the names that it gives them. */
async function readPrefixes(folder: string): Promise<Pick<EncoderShape, 'queryPrefix' | 'documentPrefix'>> {
  const settings = await readJson(join(folder, 'config_sentence_transformers.json'), promptsSchema);
  const { query = '', document, passage } = settings?.prompts ?? {};
  return { queryPrefix: query, documentPrefix: document ?? passage ?? '' };
}
