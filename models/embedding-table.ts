import type { Random } from '../src/math/random.js';

/** A table of embeddings outside the graph: rows [R, W], float32, row-major. */
export interface EmbeddingTable {
  readonly rows: number;
  readonly width: number;
  readonly values: Float32Array;
}

/** Rows drawn from N(0, deviation). */
export function createTable(rows: number, width: number, deviation: number, random: Random): EmbeddingTable {
  const values = new Float32Array(rows * width);
  for (let i = 0; i < values.length; i++) values[i] = deviation * random.normal();
  return { rows, width, values };
}

/**
 * Embedding bag: the sum of the rows of some features over the square root of their number; zero for none.
 * @param ids   row numbers; repeated ids count
 * @param into  float32 [.., W]; the W floats from `at` are overwritten
 */
export function poolBag(table: EmbeddingTable, ids: ArrayLike<number>, into: Float32Array, at: number): void {
  const { width, values } = table;
  into.fill(0, at, at + width);
  if (ids.length === 0) return;
  // Four rows at a time: most of the cost is the rounding of a running sum in memory, not the additions.
  const fours = ids.length - (ids.length % 4);
  for (let i = 0; i < fours; i += 4) {
    const a = ids[i] * width;
    const b = ids[i + 1] * width;
    const c = ids[i + 2] * width;
    const d = ids[i + 3] * width;
    for (let j = 0; j < width; j++) into[at + j] += values[a + j] + values[b + j] + values[c + j] + values[d + j];
  }
  for (let i = fours; i < ids.length; i++) {
    const row = ids[i] * width;
    for (let j = 0; j < width; j++) into[at + j] += values[row + j];
  }
  const scale = 1 / Math.sqrt(ids.length);
  for (let j = 0; j < width; j++) into[at + j] *= scale;
}

/** Gradients of the rows that one batch touched, in the order of first touch. */
export interface RowGradients {
  readonly rows: readonly number[];
  /** float32, at least rows.length * W */
  readonly values: Float32Array;
}

/** Adds up gradients of single rows over a batch; its memory is kept between batches and grows with the rows touched, not the table. */
export interface RowAccumulator {
  /** rows[id] += scale * gradient[at .. at + W) */
  add(id: number, gradient: Float32Array, at: number, scale: number): void;
  /** What was added since the last reset; valid until then. */
  gradients(): RowGradients;
  reset(): void;
}

export function createRowAccumulator({ rows: count, width }: EmbeddingTable): RowAccumulator {
  const slotOf = new Int32Array(count).fill(-1);
  const rows: number[] = [];
  let values = new Float32Array(1024 * width);
  const slot = (id: number): number => {
    const known = slotOf[id];
    if (known >= 0) return known;
    const fresh = rows.length;
    if ((fresh + 1) * width > values.length) {
      const larger = new Float32Array(values.length * 2);
      larger.set(values);
      values = larger;
    }
    values.fill(0, fresh * width, (fresh + 1) * width);
    slotOf[id] = fresh;
    rows.push(id);
    return fresh;
  };
  return {
    add(id, gradient, at, scale) {
      const to = slot(id) * width;
      const target = values;
      for (let j = 0; j < width; j++) target[to + j] += scale * gradient[at + j];
    },
    gradients: () => ({ rows, values }),
    reset() {
      for (const id of rows) slotOf[id] = -1;
      rows.length = 0;
    },
  };
}
