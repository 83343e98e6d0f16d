import { fillTowerInputs, type TowerBatch } from '../../models/batch-inputs.js';
import type { TableName, Tower } from '../../models/channels.js';
import { createRowAccumulator, type EmbeddingTable } from '../../models/embedding-table.js';
import type { Features } from '../../models/features.js';
import type { Feed } from '../../models/feed.js';
import type { Parameters } from '../../models/layers/transformer.js';
import { encodeModel } from '../../models/recorder/onnx-proto.js';
import { type InputSpec, record } from '../../models/recorder/record.js';
import type { Tensor, Tf } from '../../models/recorder/tensorflow.js';
import { createNativeGraph } from '../../models/runtime/session.js';
import type { NamedArray } from '../../models/safetensors.js';
import { encodeChunks } from '../../models/text-encoder.js';
import { planChunks } from '../../training/chunk-plan.js';
import { scaledSoftmaxLoss } from '../../training/losses.js';
import { adamDense, adamRows, createMoments } from '../../training/optimisers/adam.js';
import { gradientOf } from '../../training/step.js';
import type { Entry } from '../frame.js';
import { timed } from '../measure.js';
import { type TowerSizes, towerNames } from './sizes.js';

type TowerName = (typeof towerNames)[number];

interface Work {
  readonly parameters: ReadonlyMap<string, NamedArray>;
  readonly features: ReadonlyMap<string, NamedArray>;
  readonly sizes: TowerSizes;
}

/** Names of a layer's parameters in the bench's files -> as transformerLayer reads them. */
const layerNames: Readonly<Record<string, string>> = {
  wq: 'query.weight',
  wk: 'key.weight',
  wv: 'value.weight',
  wo: 'out.weight',
  w1: 'feedForward1.weight',
  b1: 'feedForward1.bias',
  w2: 'feedForward2.weight',
  b2: 'feedForward2.bias',
  g1: 'norm1.scale',
  be1: 'norm1.bias',
  g2: 'norm2.scale',
  be2: 'norm2.bias',
};

/** Parts that a batch of texts is sorted into by length; more parts, less padding and smaller work sets. */
const chunkCount = 4;

const asFloats = ({ values }: NamedArray): Float32Array => Float32Array.from(values);

/** The bench's tower in the words of models/: a [CLS] text channel and a trigram bag. */
function towerOf(name: TowerName, sizes: TowerSizes): Tower {
  return {
    name,
    channels: [
      { name: 'text', kind: 'text', table: 'token', source: 'text' },
      { name: 'trigram', kind: 'bag', table: 'trigram', source: 'text' },
    ],
    fusion: 'attention',
    embeddingWidth: sizes.width,
    encoder: {
      layers: sizes[name].layers,
      width: sizes.width,
      heads: sizes.heads,
      feedForward: sizes.feedForward,
      pooling: 'cls',
      dropout: 0,
      epsilon: 1e-5,
      activation: 'gelu',
      embeddingNorm: false,
      prefix: `${name}.encoder`,
      positions: `${name}.position`,
      textPrefix: '',
      lowerCase: false,
      unpooled: 0,
    },
    image: { width: 0, hidden: 0 },
  };
}

/** Token ids up to each text's length, and trigram ids, per example. */
function featuresOf(name: TowerName, { features, sizes }: Work): Features[] {
  const { tokens: T, trigrams } = sizes[name];
  const ids = features.get(`${name}.ids`)!.values as Int32Array;
  const lengths = features.get(`${name}.lengths`)!.values;
  const grams = features.get(`${name}.trigrams`)!.values as Int32Array;
  return Array.from({ length: sizes.batch }, (_, b) => [
    ids.slice(b * T, b * T + lengths[b]),
    grams.slice(b * trigrams, (b + 1) * trigrams),
  ]);
}

function tablesOf({ parameters, sizes }: Work): Record<string, EmbeddingTable> {
  const table = (name: string): EmbeddingTable => {
    const array = parameters.get(name)!;
    return { rows: array.shape[0], width: sizes.width, values: asFloats(array) };
  };
  return {
    token: table('tok'),
    trigram: table('tri'),
    'query.position': table('query.pos'),
    'document.position': table('document.pos'),
  };
}

/** `${tower}.layer0.wq` -> `${tower}.encoder.layer0.query.weight`; the tables are kept apart. */
function denseOf({ parameters }: Work): Map<string, { shape: readonly number[]; values: Float32Array }> {
  const dense = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  for (const [name, array] of parameters) {
    if (name === 'tok' || name === 'tri' || name.endsWith('.pos')) continue;
    const [tower, layer, part] = name.split('.');
    const path = part === undefined ? name : `${tower}.encoder.${layer}.${layerNames[part]}`;
    dense.set(path, { shape: array.shape, values: asFloats(array) });
  }
  return dense;
}

function embed(tf: Tf, tower: Tower, p: Parameters, batch: TowerBatch, trigrams: number): Tensor {
  const at = `${tower.name}.text`;
  const chunks = batch.shape.chunks.text.map((_, c) => {
    return { embedded: p[`${at}.embedded${c}`], bias: p[`${at}.bias${c}`], share: p[`${at}.share${c}`] };
  });
  const encoded = tf.gather(encodeChunks(tf, p, chunks, tower.encoder), tf.cast(p[`${at}.order`], 'int32'));
  const text = tf.matMul(encoded as never, p[`${tower.name}.cls`] as never) as Tensor;
  const bag = tf.mul(p[`${tower.name}.trigram`], Math.sqrt(trigrams)); // the bench's bag is a plain sum
  const weights = tf.softmax(tf.matMul(tf.concat([text, bag], 1) as never, p[`${tower.name}.att`] as never)) as Tensor;
  const column = (c: number): Tensor => tf.slice(weights, [0, c], [batch.shape.batch, 1]);
  const fused = tf.add(tf.mul(text, column(0)), tf.mul(bag, column(1)));
  return tf.mul(fused, tf.rsqrt(tf.add(tf.sum(tf.square(fused), -1, true), 1e-6)));
}

/** Our contestant: the same towers recorded with fused layers, texts sorted by length, tables and Adam outside the graph. */
export async function recordedEntry(work: Work, threads: number): Promise<Entry> {
  const { sizes } = work;
  const towers = towerNames.map(name => towerOf(name, sizes));
  const features = towerNames.map(name => featuresOf(name, work));
  const plans = features.map(rows => planChunks([rows.map(([ids]) => ids.length)], sizes.batch, chunkCount));
  const tables = tablesOf(work);
  const accumulators = Object.fromEntries(
    Object.entries(tables).map(([name, table]) => [name, createRowAccumulator(table)]),
  );
  const dense = denseOf(work);
  const moments = new Map([...dense].map(([name, { values }]) => [name, createMoments(values.length)]));
  const tableMoments = new Map(
    Object.entries(tables).map(([name, { values }]) => [name, createMoments(values.length)]),
  );
  const blocked = { values: new Float32Array(sizes.batch ** 2), shape: [sizes.batch, sizes.batch] };
  const lookUp = (): TowerBatch[] => towers.map((tower, i) => fillTowerInputs(tower, tables, features[i], plans[i]));
  const parameters = Object.fromEntries(dense);
  const first = lookUp();
  const feeds = { ...first[0].feeds, ...first[1].feeds, ...parameters, blocked };
  const learned = [...dense.keys(), ...Object.keys(feeds).filter(name => /\.(trigram|embedded\d+)$/.test(name))];
  const inputs = Object.fromEntries(
    Object.entries(feeds)
      .filter(([name]) => !name.endsWith('.present') && !name.includes('.share'))
      .map(([name, { shape }]): [string, InputSpec] => [
        name,
        { dtype: name.endsWith('.order') ? 'int32' : 'float32', shape },
      ]),
  );
  const graph = record(inputs, (tf, given) => {
    const { value, grads } = tf.valueAndGrads((...tensors) => {
      const all = { ...given, ...Object.fromEntries(learned.map((name, i) => [name, tensors[i]])) };
      const [query, document] = towers.map((tower, i) => embed(tf, tower, all, first[i], sizes[tower.name].trigrams));
      return scaledSoftmaxLoss(tf, query, document, given.blocked, sizes.scale).asScalar();
    })(learned.map(name => given[name]));
    return { loss: value, ...Object.fromEntries(learned.map((name, i) => [gradientOf(name), grads[i]])) };
  });
  const native = await createNativeGraph(encodeModel(graph), { threads });
  const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  let count = 0;
  const step = async (): Promise<number> => {
    const batches = lookUp();
    const all: Record<string, Feed> = { ...batches[0].feeds, ...batches[1].feeds, ...parameters, blocked };
    const results = await native.run(Object.fromEntries(Object.keys(inputs).map(name => [name, all[name]])));
    const gradients = Object.fromEntries(learned.map(name => [name, results[gradientOf(name)]]));
    for (const batch of batches) batch.scatter(gradients, accumulators);
    count++;
    for (const [name, { values }] of dense) {
      adamDense(values, moments.get(name)!, gradients[name], 1, sizes.learningRate, count, adam);
    }
    for (const [name, table] of Object.entries(tables)) {
      const rows = accumulators[name as TableName];
      adamRows(
        table.values,
        table.width,
        tableMoments.get(name)!,
        rows.gradients(),
        1,
        sizes.learningRate,
        count,
        adam,
      );
      rows.reset();
    }
    return results.loss[0];
  };
  return {
    contestant: { name: 'recorded', sample: () => timed(async () => [await step()]), close: () => native.close() },
    version: `${graph.nodes.length} nodes`,
  };
}
