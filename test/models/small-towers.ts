import {
  type ChunkPlan,
  type FeatureDropout,
  fillTowerInputs,
  singleChunk,
  type TowerBatch,
} from '../../models/batch-inputs.js';
import type { TowerName } from '../../models/channels.js';
import type { Features } from '../../models/features.js';
import { createModelState, type ModelState, type Vocabulary } from '../../models/model-state.js';
import { embedTower, towerParameters } from '../../models/towers.js';
import { type Config, configSchema } from '../../src/config/schema.js';
import { type Random, seededRandom } from '../../src/math/random.js';
import type { Compute, Given, Values } from './recorder/parity.js';

export const vocabulary: Vocabulary = {
  countries: ['DE', 'FR'],
  tokens: 50,
  maxQueryTokens: 6,
  maxDocumentTokens: 9,
  imageWidth: 5,
};

interface Choices {
  readonly seed?: number;
  readonly query?: readonly string[];
  readonly document?: readonly string[];
  readonly fusion?: string;
  readonly pooling?: string;
  readonly shared?: boolean;
  readonly embeddingNorm?: boolean;
}

/** A configuration whose towers compute in no time: D = 6, tables of 5 columns, an encoder of width 4. */
export const smallConfig = ({ seed = 1, query, document, fusion, pooling, ...encoder }: Choices = {}): Config =>
  configSchema.parse({
    seed,
    towers: {
      embeddingWidth: 8,
      tableWidth: 10,
      trigramBuckets: 64,
      wordBuckets: 64,
      attributeBuckets: 64,
      image: { limit: 3, hidden: 8 },
      ...(fusion && { fusion }),
      ...(query && { query }),
      ...(document && { document }),
    },
    textEncoder: {
      vocabularySize: 64,
      width: 8,
      heads: 2,
      feedForward: 2,
      documentLayers: 2,
      ...(pooling && { pooling }),
      ...encoder,
    },
  });

/** A model as if it had been trained: every dense parameter, biases too, is moved from where it began. */
export function trainedState(config: Config, words: Vocabulary = vocabulary): ModelState {
  const state = createModelState(config, words);
  const random = seededRandom(77);
  for (const { values } of Object.values(state.dense)) {
    for (let i = 0; i < values.length; i++) values[i] += 0.3 * random.normal();
  }
  for (const { values } of Object.values(state.tables)) {
    for (let i = 0; i < values.length; i++) values[i] *= 10;
  }
  return state;
}

/** Features of n examples; lengths and numbers of images differ, and now and then a channel has none. */
export function someFeatures({ towers }: ModelState, name: TowerName, n: number, seed = 1): Features[] {
  const random = seededRandom(seed);
  const longest = name === 'query' ? vocabulary.maxQueryTokens : vocabulary.maxDocumentTokens;
  return Array.from({ length: n }, () =>
    towers[name].channels.map(({ kind, table }) => {
      if (kind === 'images') return Array.from({ length: random.below(4) }, () => someImage(random));
      if (table === 'country') return Int32Array.of(random.below(3));
      const length = random.below(5) === 0 ? 0 : 1 + random.below(longest);
      return Int32Array.from({ length }, () => random.below(table === 'token' ? 50 : 64));
    }),
  );
}

const someImage = (random: Random): Float32Array =>
  Float32Array.from({ length: vocabulary.imageWidth! }, () => random.normal());

const dtypeOf = (values: unknown): 'float32' | 'int32' => (values instanceof Int32Array ? 'int32' : 'float32');

export interface TowerRun {
  readonly batch: TowerBatch;
  readonly inputs: Given;
  /** gives the embeddings and the fusion weights */
  readonly compute: Compute;
}

/** A tower over some features, its parameters fed beside the batch as they are while training. */
export function towerRun(
  { towers, tables, dense }: ModelState,
  name: TowerName,
  features: readonly Features[],
  plan: ChunkPlan = singleChunk,
  dropout?: FeatureDropout,
): TowerRun {
  const batch = fillTowerInputs(towers[name], tables, features, plan, dropout, plan);
  const fed = {
    ...batch.feeds,
    ...Object.fromEntries(Object.keys(towerParameters(towers[name], 10)).map(key => [key, dense[key]])),
  };
  const inputs = Object.fromEntries(
    Object.entries(fed).map(([key, { values, shape }]): [string, Values] => [
      key,
      { dtype: dtypeOf(values), shape, values: Array.from(values, Number) },
    ]),
  );
  const compute: Compute = (tf, given) => {
    const { embedding, weights } = embedTower(tf, towers[name], given, given, batch.shape);
    return [embedding, weights];
  };
  return { batch, inputs, compute };
}
