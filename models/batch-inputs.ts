import type { Random } from '../src/math/random.js';
import type { Channel, TableName, Tower } from './channels.js';
import { type EmbeddingTable, poolBag, type RowAccumulator } from './embedding-table.js';
import type { Features } from './features.js';
import type { Feed } from './feed.js';
import type { ChunkShape, TowerShape } from './towers.js';

export type Tables = Readonly<Partial<Record<TableName, EmbeddingTable>>>;
export type Accumulators = Readonly<Partial<Record<TableName, RowAccumulator>>>;

/** Leaves features out by chance while training. */
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

/** Chunks that texts of the given lengths, sorted upwards, are encoded in. */
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
function drop(ids: Int32Array, { kind, table }: Channel, dropout: FeatureDropout | undefined): Int32Array {
  if (dropout === undefined || table === 'country') return ids;
  const rate = kind === 'text' ? dropout.tokenRate : dropout.rate;
  return rate === 0 ? ids : ids.filter((_, i) => (kind === 'text' && i === 0) || dropout.random.next() >= rate);
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
  const sorted = Int32Array.from(kept.keys()).sort((a, b) => kept[a].length - kept[b].length || a - b);
  const chunks = plan(Array.from(sorted, b => kept[b].length));
  // A single chunk keeps the batch as it lies, for there is no step that would put its rows back.
  const order = chunks.length === 1 ? Int32Array.from(kept.keys()) : sorted;
  const token = tables.token!;
  const positionName = tower.encoder.positions;
  const position = tables[positionName]!;
  const { width } = token;
  const feeds: Record<string, Feed> = {};
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
  const starts = chunks.map((_, c) => chunks.slice(0, c).reduce((sum, chunk) => sum + chunk.count, 0));
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
      share[t * count + n] = 1 / Math.min(ids.length, tokens);
    });
    feeds[`${path}.embedded${c}`] = { values: embedded, shape: [tokens, count, width] };
    feeds[`${path}.bias${c}`] = { values: bias, shape: [count, 1, 1, tokens] };
    feeds[`${path}.share${c}`] = { values: share, shape: [tokens, count, 1] };
  });
  if (chunks.length > 1) {
    const place = new Int32Array(order.length);
    order.forEach((b, i) => {
      place[b] = i;
    });
    feeds[`${path}.order`] = { values: place, shape: [order.length] };
  }
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

/**
 * Looks a batch up in the tables and lays it out for embedTower.
 * @param features  B examples; per example one id array for each channel of the tower
 */
export function fillTowerInputs(
  tower: Tower,
  tables: Tables,
  features: readonly Features[],
  plan: ChunkPlan = singleChunk,
  dropout?: FeatureDropout,
): TowerBatch {
  const channels = tower.channels.map((channel: Channel, c): ChannelBatch => {
    const path = `${tower.name}.${channel.name}`;
    const kept = features.map(example => drop(example[c], channel, dropout));
    return channel.kind === 'bag'
      ? bagChannel(path, tables[channel.table]!, channel.table, kept)
      : textChannel(path, tower, tables, kept, plan);
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
