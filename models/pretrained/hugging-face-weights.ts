import { TandemError } from '../../src/errors/tandem-error.js';
import type { DenseParameter } from '../dense-parameter.js';
import type { EmbeddingTable } from '../embedding-table.js';
import type { EncoderShape, PretrainedEncoder } from '../pretrained-encoder.js';
import type { TensorFile } from './tensor-file.js';

const words = 'embeddings.word_embeddings.weight';

/** Parts of a layer: as transformerLayer names them -> as transformers does. */
const linears: Readonly<Record<string, string>> = {
  query: 'attention.self.query',
  key: 'attention.self.key',
  value: 'attention.self.value',
  out: 'attention.output.dense',
  feedForward1: 'intermediate.dense',
  feedForward2: 'output.dense',
};
const norms: Readonly<Record<string, string>> = { norm1: 'attention.output.LayerNorm', norm2: 'output.LayerNorm' };

export interface WeightsWanted {
  readonly shape: EncoderShape;
  readonly firstPosition: number;
  /** ids of the tokenizer: rows of the token table that are kept */
  readonly tokens: number;
}

/**
 * Reads the weights of a BERT or XLM-R encoder under the names of models/: matrices as [in, out], the embedding of the one token type
 * that a single text has added to the positions.
 * @throws TandemError 'model/damaged' when a tensor is missing, of another size or not finite, 'model/unsupported-encoder'
 */
export async function readWeights(
  file: TensorFile,
  { shape, firstPosition, tokens }: WeightsWanted,
): Promise<Pick<PretrainedEncoder, 'weights' | 'token' | 'position'>> {
  const prefix = prefixOf(file);
  const { width, layers, feedForward } = shape;
  const tensor = async (
    name: string,
    sizes: readonly (number | undefined)[],
    rows?: number,
  ): Promise<DenseParameter> => {
    const read = await file.read(known(file, prefix + name), rows);
    const fits =
      read.shape.length === sizes.length && sizes.every((n, axis) => n === undefined || n === read.shape[axis]);
    if (!fits) throw new TandemError('model/damaged', `${name}: has the shape ${read.shape.join(' x ')}`, { name });
    const odd = read.values.find(value => !Number.isFinite(value));
    if (odd !== undefined)
      throw new TandemError('model/damaged', `${name}: holds ${odd}, which is no weight`, { name });
    return read;
  };
  const weights: Record<string, DenseParameter> = {};
  const norm = async (to: string, from: string): Promise<void> => {
    weights[`${to}.scale`] = await tensor(`${from}.weight`, [width]);
    weights[`${to}.bias`] = await tensor(`${from}.bias`, [width]);
  };
  await norm('norm', 'embeddings.LayerNorm');
  for (let layer = 0; layer < layers; layer++) {
    const [to, from] = [`layer${layer}`, `encoder.layer.${layer}`];
    for (const [part, name] of Object.entries(linears)) {
      const [rows, columns] = [
        part === 'feedForward1' ? feedForward : width,
        part === 'feedForward2' ? feedForward : width,
      ];
      weights[`${to}.${part}.weight`] = transposed(await tensor(`${from}.${name}.weight`, [rows, columns]));
      weights[`${to}.${part}.bias`] = await tensor(`${from}.${name}.bias`, [rows]);
    }
    for (const [part, name] of Object.entries(norms)) await norm(`${to}.${part}`, `${from}.${name}`);
  }
  const token = await tensor(words, [tokens, width], tokens);
  const position = await tensor('embeddings.position_embeddings.weight', [undefined, width]);
  const type = await tensor('embeddings.token_type_embeddings.weight', [1, width], 1);
  return { weights, token: tableOf(token), position: positionTable(position, type, firstPosition) };
}

/** What stands before the names: nothing, `bert.`, `roberta.`, `0.auto_model.` ... @throws TandemError 'model/damaged' */
function prefixOf(file: TensorFile): string {
  const found = file.names.find(name => name.endsWith(words));
  if (found === undefined) throw new TandemError('model/damaged', `there is no ${words} among the weights`);
  return found.slice(0, -words.length);
}

/** Old checkpoints call the scale of a norm gamma and its bias beta. */
function known(file: TensorFile, name: string): string {
  if (file.shapeOf(name) !== undefined) return name;
  const old = name.replace(/LayerNorm\.weight$/, 'LayerNorm.gamma').replace(/LayerNorm\.bias$/, 'LayerNorm.beta');
  return file.shapeOf(old) === undefined ? name : old;
}

/** PyTorch keeps a linear layer as [out, in]. */
function transposed({ shape: [rows, columns], values }: DenseParameter): DenseParameter {
  const result = new Float32Array(values.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) result[c * rows + r] = values[r * columns + c];
  return { shape: [columns, rows], values: result };
}

const tableOf = ({ shape: [rows, width], values }: DenseParameter): EmbeddingTable => ({ rows, width, values });

function positionTable({ shape, values }: DenseParameter, type: DenseParameter, first: number): EmbeddingTable {
  const [all, width] = shape;
  const rows = all - first;
  if (rows < 2) throw new TandemError('model/damaged', `model.safetensors: there are ${all} positions`);
  const summed = Float32Array.from(values.subarray(first * width), (value, i) => value + type.values[i % width]);
  return { rows, width, values: summed };
}
