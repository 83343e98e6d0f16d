import type { Feed } from '../../../models/feed.js';
import { closedPlace } from '../../losses.js';
import { unpackEmbedding } from './embeddings.js';
import type { PairRows } from './pair-rows.js';
import type { BatchSize } from './step.js';

/** Room for the batches of one size: filled again and again. */
export interface BatchRoom {
  /** Puts queries into their places; those beyond the last one are empty and teach nothing. */
  fill(rows: PairRows, queries: ArrayLike<number>): Readonly<Record<string, Feed>>;
}

/** @param width  D, or 0 where embeddings are not looked at @param inputs  I */
export function createBatchRoom({ queries: count, each }: BatchSize, width: number, inputs: number): BatchRoom {
  const feed = (...shape: number[]): Feed & { values: Float32Array } => ({
    values: new Float32Array(shape.reduce((size, side) => size * side, 1)),
    shape,
  });
  const room = {
    ...(width > 0 && { query: feed(count, 1, width), documents: feed(count, each, width) }),
    inputs: feed(count, each, inputs),
    first: feed(count, each),
    gains: feed(count, each),
    closed: feed(count, each),
    inverseBest: feed(count),
  };
  return {
    fill: (rows, queries) => {
      for (const { values } of Object.values(room)) values.fill(0);
      room.closed.values.fill(closedPlace);
      for (let place = 0; place < queries.length; place++) {
        const query = queries[place];
        const [from, to] = [rows.groups[query], rows.groups[query + 1]];
        const at = place * each;
        if (room.query !== undefined) unpackEmbedding(rows.queries[query], room.query.values, place * width);
        room.inputs.values.set(rows.inputs.subarray(from * inputs, to * inputs), at * inputs);
        room.first.values.set(rows.first.subarray(from, to), at);
        room.gains.values.set(rows.gains.subarray(from, to), at);
        room.closed.values.fill(0, at, at + to - from);
        let gained = 0;
        for (let row = from; row < to; row++) {
          const document = rows.documents[row];
          if (document !== undefined && room.documents !== undefined)
            unpackEmbedding(document, room.documents.values, (at + row - from) * width);
          gained += rows.gains[row];
        }
        if (gained > 0) room.inverseBest.values[place] = 1 / rows.ideal[query];
      }
      return room;
    },
  };
}
