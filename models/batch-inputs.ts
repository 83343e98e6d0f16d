import type { Random } from '../src/math/random.js';
import type { Channel, TableName, Tower } from './channels.js';
import { type EmbeddingTable, poolBag, type RowAccumulator } from './embedding-table.js';
import type { ChannelFeatures, Features, ImageFeatures } from './features.js';
import type { Feed } from './feed.js';
import type { ChunkShape, TowerShape } from './towers.js';

export type Tables = Readonly<Partial<Record<TableName, EmbeddingTable>>>;
export type Accumulators = Readonly<Partial<Record<TableName, RowAccumulator>>>;

/** Leaves features out by chance while training; a document that loses all its images learns to do without. */
export interface FeatureDropout {
  readonly rate: number;
  /** of tokens, in place of rate */
  readonly tokenRate: number;
  readonly random: Random;
}

/** A batch of one tower, ready for the graph, and the way back for the gradients. */
export interface TowerBatch {
  readonly feeds: Readonly<Record<string, Feed>>;
  readonly shape: TowerShape;
  /** Adds the gradients of the table inputs, by input name, into the accumulators. */
  scatter(gradients: Readonly<Record<string, Float32Array>>, into: Accumulators): void;
}

/** Chunks that texts of the given lengths, or sets of images of the given sizes, sorted upwards, are encoded in. */
export type ChunkPlan = (sortedLengths: readonly number[]) => readonly ChunkShape[];

/** One chunk as long as its longest text: for serving, and for batches of one. */
export const singleChunk: ChunkPlan = lengths => [
  { tokens: Math.max(1, lengths[lengths.length - 1]), count: lengths.length },
];

interface ChannelBatch {
  readonly feeds: Record<string, Feed>;
  readonly chunks?: readonly ChunkShape[];
  /** per example, the number of features that were kept */
  readonly present: (example: number) => boolean;
  scatter(gradients: Readonly<Record<string, Float32Array>>, into: Accumulators): void;
}

/** A country says one thing, and the first token of a text is its start: these two always stay. */
function drop(
  features: ChannelFeatures,
  { kind, table }: Channel,
  dropout: FeatureDropout | undefined,
): ChannelFeatures {
  if (dropout === undefined || table === 'country') return features;
  const rate = kind === 'text' ? dropout.tokenRate : dropout.rate;
  if (rate === 0) return features;
  const stays = (i: number): boolean => (kind === 'text' && i === 0) || dropout.random.next() >= rate;
  return features instanceof Int32Array ? features.filter((_, i) => stays(i)) : features.filter((_, i) => stays(i));
}

/** How the texts, or the sets of images, of a batch are laid out: which one stands where, and in which chunk. */
interface Arrangement {
  readonly chunks: readonly ChunkShape[];
  /** by place: the example */
  readonly order: Int32Array;
  /** by chunk: its first place */
  readonly starts: readonly number[];
  /** `${path}.order`, where the rows have to be put back */
  readonly feeds: Readonly<Record<string, Feed>>;
}

function arrange(path: string, kept: readonly ChannelFeatures[], plan: ChunkPlan): Arrangement {
  const sorted = Int32Array.from(kept.keys()).sort((a, b) => kept[a].length - kept[b].length || a - b);
  const chunks = plan(Array.from(sorted, b => kept[b].length));
  const starts = chunks.map((_, c) => chunks.slice(0, c).reduce((sum, chunk) => sum + chunk.count, 0));
  // A single chunk keeps the batch as it lies, for there is no step that would put its rows back.
  if (chunks.length === 1) return { chunks, order: Int32Array.from(kept.keys()), starts, feeds: {} };
  const place = new Int32Array(sorted.length);
  sorted.forEach((b, i) => {
    place[b] = i;
  });
  return {
    chunks,
    order: sorted,
    starts,
    feeds: { [`${path}.order`]: { values: place, shape: [place.length] } },
  };
}

function bagChannel(
  path: string,
  table: EmbeddingTable,
  tableName: TableName,
  kept: readonly Int32Array[],
): ChannelBatch {
  const { width } = table;
  const pooled = new Float32Array(kept.length * width);
  for (const [b, ids] of kept.entries()) poolBag(table, ids, pooled, b * width);
  return {
    feeds: { [path]: { values: pooled, shape: [kept.length, width] } },
    present: b => kept[b].length > 0,
    scatter(gradients, into) {
      const accumulator = into[tableName]!;
      const gradient = gradients[path];
      kept.forEach((ids, b) => {
        const scale = 1 / Math.sqrt(ids.length);
        for (let i = 0; i < ids.length; i++) accumulator.add(ids[i], gradient, b * width, scale);
      });
    },
  };
}

function textChannel(
  path: string,
  tower: Tower,
  tables: Tables,
  kept: readonly Int32Array[],
  plan: ChunkPlan,
): ChannelBatch {
  const { chunks, order, starts, feeds: placed } = arrange(path, kept, plan);
  const token = tables.token!;
  const positionName = tower.encoder.positions;
  const position = tables[positionName]!;
  const { width } = token;
  const { unpooled } = tower.encoder;
  const feeds: Record<string, Feed> = { ...placed };
  /** Calls back for every token that is there: example, position, and where its vector starts in the chunk. */
  const eachToken = (
    from: number,
    { tokens, count }: ChunkShape,
    visit: (ids: Int32Array, t: number, n: number) => void,
  ): void => {
    for (let n = 0; n < count; n++) {
      const ids = kept[order[from + n]];
      for (let t = 0; t < Math.min(ids.length, tokens); t++) visit(ids, t, n);
    }
  };
  chunks.forEach((chunk, c) => {
    const { tokens, count } = chunk;
    const embedded = new Float32Array(tokens * count * width);
    const bias = new Float32Array(count * tokens).fill(-1e9);
    const share = new Float32Array(tokens * count);
    eachToken(starts[c], chunk, (ids, t, n) => {
      const to = (t * count + n) * width;
      const from = ids[t] * width;
      for (let j = 0; j < width; j++) embedded[to + j] = token.values[from + j] + position.values[t * width + j];
      bias[n * tokens + t] = 0;
      share[t * count + n] = t < unpooled ? 0 : 1 / (Math.min(ids.length, tokens) - unpooled);
    });
    feeds[`${path}.embedded${c}`] = { values: embedded, shape: [tokens, count, width] };
    feeds[`${path}.bias${c}`] = { values: bias, shape: [count, 1, 1, tokens] };
    feeds[`${path}.share${c}`] = { values: share, shape: [tokens, count, 1] };
  });
  return {
    feeds,
    chunks,
    present: b => kept[b].length > 0,
    scatter(gradients, into) {
      chunks.forEach((chunk, c) => {
        const gradient = gradients[`${path}.embedded${c}`];
        eachToken(starts[c], chunk, (ids, t, n) => {
          const from = (t * chunk.count + n) * width;
          into.token!.add(ids[t], gradient, from, 1);
          into[positionName]!.add(t, gradient, from, 1);
        });
      });
    },
  };
}

/** Copies a vector at length 1; one of zeros stays so. */
function copyUnit(vector: Float32Array, into: Float32Array, at: number): void {
  let squares = 0;
  for (const x of vector) squares += x * x;
  const scale = squares === 0 ? 0 : 1 / Math.sqrt(squares);
  for (let j = 0; j < vector.length; j++) into[at + j] = scale * vector[j];
}

/**
 * Nothing is looked up and nothing learnt: the vectors of the images go in, at length 1, for encoders differ in scale and long vectors
 * drown the channels that start small.
 */
function imageChannel(path: string, width: number, kept: readonly ImageFeatures[], plan: ChunkPlan): ChannelBatch {
  const { chunks, order, starts, feeds: placed } = arrange(path, kept, plan);
  const feeds: Record<string, Feed> = { ...placed };
  chunks.forEach(({ tokens: places, count }, c) => {
    const vectors = new Float32Array(places * count * width);
    const mask = new Float32Array(places * count);
    for (let n = 0; n < count; n++) {
      const images = kept[order[starts[c] + n]];
      for (let i = 0; i < Math.min(images.length, places); i++) {
        copyUnit(images[i], vectors, (i * count + n) * width);
        mask[i * count + n] = 1;
      }
    }
    feeds[`${path}.vectors${c}`] = { values: vectors, shape: [places, count, width] };
    feeds[`${path}.mask${c}`] = { values: mask, shape: [places, count, 1] };
  });
  return { feeds, chunks, present: b => kept[b].length > 0, scatter: () => undefined };
}

/**
 * Looks a batch up in the tables and lays it out for embedTower.
 * @param features   B examples; per example the features of each channel of the tower
 * @param plan       of the texts
 * @param imagePlan  of the sets of images
 */
export function fillTowerInputs(
  tower: Tower,
  tables: Tables,
  features: readonly Features[],
  plan: ChunkPlan = singleChunk,
  dropout?: FeatureDropout,
  imagePlan: ChunkPlan = singleChunk,
): TowerBatch {
  const channels = tower.channels.map((channel: Channel, c): ChannelBatch => {
    const path = `${tower.name}.${channel.name}`;
    const kept = features.map(example => drop(example[c], channel, dropout));
    if (channel.kind === 'images') return imageChannel(path, tower.image.width, kept as ImageFeatures[], imagePlan);
    const ids = kept as Int32Array[];
    return channel.kind === 'bag'
      ? bagChannel(path, tables[channel.table]!, channel.table, ids)
      : textChannel(path, tower, tables, ids, plan);
  });
  const count = tower.channels.length;
  const present = new Float32Array(features.length * count);
  channels.forEach((channel, c) => {
    for (let b = 0; b < features.length; b++) present[b * count + c] = channel.present(b) ? 1 : 0;
  });
  const chunks = tower.channels.flatMap(({ name }, c) =>
    channels[c].chunks ? [[name, channels[c].chunks] as const] : [],
  );
  return {
    feeds: Object.assign(
      { [`${tower.name}.present`]: { values: present, shape: [features.length, count] } },
      ...channels.map(channel => channel.feeds),
    ),
    shape: { batch: features.length, chunks: Object.fromEntries(chunks) },
    scatter(gradients, into) {
      for (const channel of channels) channel.scatter(gradients, into);
    },
  };
}
