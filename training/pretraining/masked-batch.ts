import type { Accumulators, ChunkPlan, Tables } from '../../models/batch-inputs.js';
import type { PositionTable } from '../../models/channels.js';
import type { Feed } from '../../models/feed.js';
import type { ChunkShape } from '../../models/towers.js';
import type { MaskedSequence } from './masking.js';
import type { SoftmaxTokens } from './softmax-tokens.js';

/** A batch of masked sequences, ready for the graph, and the way back for the gradients. */
export interface MaskedBatch {
  readonly feeds: Record<string, Feed>;
  readonly chunks: readonly ChunkShape[];
  /** ids that stood at the masked places, in the order of the feed `places` */
  readonly targets: Int32Array;
  /** Adds the gradients of the token vectors that were read, by input name, into the accumulators. */
  scatter(gradients: Readonly<Record<string, Float32Array>>, into: Accumulators): void;
}

/**
 * Looks the tokens of sequences up and lays them out in chunks, shortest first, for predictAtPlaces.
 * @param positions  name of the position table
 */
export function fillMaskedBatch(
  tables: Tables,
  positions: PositionTable,
  sequences: readonly MaskedSequence[],
  plan: ChunkPlan,
): MaskedBatch {
  const [token, position] = [tables.token!, tables[positions]!];
  const { width } = token;
  const sorted = sequences.toSorted((a, b) => a.ids.length - b.ids.length);
  const chunks = plan(sorted.map(({ ids }) => ids.length));
  const members = membersOf(sorted, chunks);
  const feeds: Record<string, Feed> = {};
  const places: number[] = [];
  const targets: number[] = [];
  let above = 0;
  chunks.forEach(({ tokens, count }, c) => {
    const embedded = new Float32Array(tokens * count * width);
    const bias = new Float32Array(count * tokens).fill(-1e9);
    members[c].forEach((sequence, n) => {
      sequence.ids.forEach((id, t) => {
        const [to, from, at] = [(t * count + n) * width, id * width, sequence.positions[t] * width];
        for (let j = 0; j < width; j++) embedded[to + j] = token.values[from + j] + position.values[at + j];
        bias[n * tokens + t] = 0;
      });
      for (const place of sequence.places) places.push(above + place * count + n);
      for (const target of sequence.targets) targets.push(target);
    });
    feeds[`embedded${c}`] = { values: embedded, shape: [tokens, count, width] };
    feeds[`bias${c}`] = { values: bias, shape: [count, 1, 1, tokens] };
    above += tokens * count;
  });
  feeds.places = { values: Int32Array.from(places), shape: [places.length] };
  return {
    feeds,
    chunks,
    targets: Int32Array.from(targets),
    scatter(gradients, into) {
      chunks.forEach(({ count }, c) => {
        const gradient = gradients[`embedded${c}`];
        members[c].forEach(({ ids, positions: stands }, n) => {
          ids.forEach((id, t) => {
            const from = (t * count + n) * width;
            into.token!.add(id, gradient, from, 1);
            into[positions]!.add(stands[t], gradient, from, 1);
          });
        });
      });
    },
  };
}

function membersOf(sorted: readonly MaskedSequence[], chunks: readonly ChunkShape[]): MaskedSequence[][] {
  let from = 0;
  return chunks.map(({ count }) => {
    from += count;
    return sorted.slice(from - count, from);
  });
}

/** Feeds of the softmax; the places of a batch are padded with ones that weigh nothing, up to `places` of them. */
export function softmaxFeeds(
  { tables }: { readonly tables: Tables },
  { ids, slots, correction }: SoftmaxTokens,
  places: number,
): Record<string, Feed> {
  const token = tables.token!;
  const weights = new Float32Array(places).fill(1 / slots.length, 0, slots.length);
  return {
    rows: {
      values: rowsOf(token.values, token.width, ids, correction !== undefined),
      shape: [ids.length, token.width],
    },
    slots: { values: padded(slots, places), shape: [places] },
    weights: { values: weights, shape: [places] },
    ...(correction !== undefined && {
      tokens: { values: ids, shape: [ids.length] },
      correction: { values: correction, shape: [ids.length] },
    }),
  };
}

/** Whole numbers, zeros behind the end. */
export function padded(values: Int32Array, length: number): Int32Array {
  const whole = new Int32Array(length);
  whole.set(values);
  return whole;
}

/** Rows of a table; the first ones, which the whole vocabulary is, are not copied. */
function rowsOf(values: Float32Array, width: number, ids: Int32Array, some: boolean): Float32Array {
  if (!some) return values.subarray(0, ids.length * width);
  const rows = new Float32Array(ids.length * width);
  for (const [slot, id] of ids.entries()) rows.set(values.subarray(id * width, (id + 1) * width), slot * width);
  return rows;
}
