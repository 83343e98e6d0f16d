import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { seededRandom } from '../../../src/math/random.js';
import { bertTokenizer, specialToken } from '../tokenizer/bert-tokenizer.js';

/** A tensor as PyTorch names and lays it out. */
export interface TorchTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}
export type TorchTensors = Readonly<Record<string, TorchTensor>>;

export type Family = 'bert' | 'xlm-roberta';
export type Precision = 'F32' | 'F16' | 'BF16';

export const sizes = { width: 8, heads: 2, feedForward: 12, layers: 3, positions: 40, types: 2 } as const;

const words = [
  'garden',
  'hose',
  'red',
  '##s',
  'a',
  'of',
  'brass',
  '-',
  'steel',
  '##ing',
  'fit',
  'x',
  'σας',
  'οδος',
  '自',
  '由',
];

/** Unigram with <s> A </s>, as XLM-R has it; its padding id is 1. */
function unigram(): object {
  const special = ['<s>', '<pad>', '</s>', '<unk>'];
  const texts = [
    '▁garden',
    '▁hose',
    's',
    '▁red',
    '▁',
    'a',
    'b',
    'c',
    'd',
    'e',
    'g',
    'h',
    'i',
    'n',
    'o',
    'r',
    '自由',
    '▁of',
    'σας',
  ];
  const marks = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true };
  const token = (id: string): object => ({ SpecialToken: { id, type_id: 0 } });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special.map(specialToken),
    normalizer: { type: 'NFKC' },
    pre_tokenizer: marks,
    post_processor: {
      type: 'TemplateProcessing',
      single: [token('<s>'), { Sequence: { id: 'A', type_id: 0 } }, token('</s>')],
      pair: [token('<s>'), { Sequence: { id: 'A', type_id: 0 } }, token('</s>'), { Sequence: { id: 'B', type_id: 0 } }],
      special_tokens: {
        '<s>': { id: '<s>', ids: [0], tokens: ['<s>'] },
        '</s>': { id: '</s>', ids: [2], tokens: ['</s>'] },
      },
    },
    decoder: marks,
    model: {
      type: 'Unigram',
      unk_id: 3,
      byte_fallback: false,
      vocab: [...special.map(each => [each, 0]), ...texts.map((each, i) => [each, -2 - i / 7])],
    },
  };
}

export const tokenizerOf = (family: Family): string =>
  JSON.stringify(family === 'bert' ? bertTokenizer(words) : unigram());

/** Ids of both tokenizers fit; the rows above them stand for what checkpoints are padded with. */
const vocabulary = 30;

/** Weights drawn at random, under the names of transformers without a prefix. A folder in test/fixtures was made of those of seed 1: they stay. */
export function drawWeights(seed: number): TorchTensors {
  const { width, feedForward, layers, positions, types } = sizes;
  const random = seededRandom(seed);
  const tensors: Record<string, TorchTensor> = {};
  const draw = (name: string, shape: readonly number[], mean = 0): void => {
    const count = shape.reduce((a, b) => a * b, 1);
    tensors[name] = { shape, values: Float32Array.from({ length: count }, () => mean + 0.4 * random.normal()) };
  };
  const linear = (name: string, rows: number, columns: number): void => {
    draw(`${name}.weight`, [rows, columns]);
    draw(`${name}.bias`, [rows]);
  };
  const norm = (name: string): void => {
    draw(`${name}.weight`, [width], 1);
    draw(`${name}.bias`, [width]);
  };
  draw('embeddings.word_embeddings.weight', [vocabulary, width]);
  draw('embeddings.position_embeddings.weight', [positions, width]);
  draw('embeddings.token_type_embeddings.weight', [types, width]);
  norm('embeddings.LayerNorm');
  for (let l = 0; l < layers; l++) {
    const at = `encoder.layer.${l}`;
    for (const part of ['query', 'key', 'value']) linear(`${at}.attention.self.${part}`, width, width);
    linear(`${at}.attention.output.dense`, width, width);
    norm(`${at}.attention.output.LayerNorm`);
    linear(`${at}.intermediate.dense`, feedForward, width);
    linear(`${at}.output.dense`, width, feedForward);
    norm(`${at}.output.LayerNorm`);
  }
  draw('pooler.dense.weight', [width, width]);
  return tensors;
}

/** The nearest float16 of a number of ordinary size, by its bits. */
function float16Bits(value: number): number {
  if (value === 0) return 0;
  const exponent = Math.max(-14, Math.floor(Math.log2(Math.abs(value))));
  const fraction = Math.round((Math.abs(value) / 2 ** exponent) * 1024);
  return (value < 0 ? 0x8000 : 0) + ((exponent + 15) << 10) + (fraction - 1024);
}

const bfloat16Bits = (value: number): number => new Uint32Array(Float32Array.of(value).buffer)[0] >>> 16;

function bytesOf({ values }: TorchTensor, precision: Precision): Buffer {
  if (precision === 'F32') return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return Buffer.from(Uint16Array.from(values, precision === 'F16' ? float16Bits : bfloat16Bits).buffer);
}

/** The numbers that a precision keeps of a tensor. */
export function rounded({ shape, values }: TorchTensor, precision: Precision): TorchTensor {
  const keep = (value: number): number => {
    if (precision === 'F32') return value;
    if (precision === 'BF16') return new Float32Array(Uint32Array.of(bfloat16Bits(value) << 16).buffer)[0];
    const exponent = Math.max(-14, Math.floor(Math.log2(Math.abs(value))));
    return value === 0 ? 0 : Math.round((value / 2 ** exponent) * 1024) * 2 ** (exponent - 10);
  };
  return { shape, values: values.map(keep) };
}

/** A safetensors file of one precision; `position_ids` is there as old checkpoints have it. */
export function safetensorsOf(tensors: TorchTensors, precision: Precision): Buffer {
  const header: Record<string, object> = { __metadata__: { format: 'pt' } };
  const parts: Buffer[] = [];
  let end = 0;
  const put = (name: string, dtype: string, shape: readonly number[], bytes: Buffer): void => {
    header[name] = { dtype, shape, data_offsets: [end, end + bytes.length] };
    end += bytes.length;
    parts.push(bytes);
  };
  put('embeddings.position_ids', 'I64', [1, 2], Buffer.alloc(16));
  for (const [name, tensor] of Object.entries(tensors)) put(name, precision, tensor.shape, bytesOf(tensor, precision));
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, ...parts]);
}

export interface FolderChoice {
  readonly family?: Family;
  readonly seed?: number;
  readonly precision?: Precision;
  /** before every tensor name */
  readonly prefix?: string;
  /** keys of config.json in place of the usual ones */
  readonly config?: Readonly<Record<string, unknown>>;
  /** further files, or others in the place of those */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  readonly tensors?: TorchTensors;
}

/** Writes a tiny encoder as Hugging Face keeps it. @returns its weights as drawn */
export async function writeHuggingFaceFolder(folder: string, choice: FolderChoice = {}): Promise<TorchTensors> {
  const { family = 'bert', seed = 1, precision = 'F32', prefix = '', config = {}, files = {} } = choice;
  const tensors = choice.tensors ?? drawWeights(seed);
  const named = Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [prefix + name, tensor]));
  const content: Record<string, string | Buffer> = {
    'config.json': JSON.stringify({
      model_type: family,
      hidden_size: sizes.width,
      num_hidden_layers: sizes.layers,
      num_attention_heads: sizes.heads,
      intermediate_size: sizes.feedForward,
      max_position_embeddings: sizes.positions,
      type_vocab_size: sizes.types,
      hidden_act: 'gelu',
      layer_norm_eps: 1e-12,
      pad_token_id: family === 'bert' ? 0 : 1,
      ...config,
    }),
    'tokenizer.json': tokenizerOf(family),
    'model.safetensors': safetensorsOf(named, precision),
    ...files,
  };
  for (const [name, bytes] of Object.entries(content)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
  return tensors;
}
