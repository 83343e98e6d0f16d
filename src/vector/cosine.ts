/** Inner product of the query and row `row`; four sums, so that additions do not wait for each other. */
export function innerProduct(query: Float32Array, rows: Float32Array, row: number): number {
  const width = query.length;
  const base = row * width;
  const whole = width - (width % 4);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0; i < whole; i += 4) {
    a += query[i] * rows[base + i];
    b += query[i + 1] * rows[base + i + 1];
    c += query[i + 2] * rows[base + i + 2];
    d += query[i + 3] * rows[base + i + 3];
  }
  for (let i = whole; i < width; i++) a += query[i] * rows[base + i];
  return a + b + (c + d);
}

/** Inner products of rounded vectors may pass 1 by a few units in the last place; cosines do not. */
export const asCosine = (product: number): number => Math.min(1, Math.max(-1, product));

/** Whether an embedding is all zeros: its tower found nothing to read, and it is near to nothing and far from nothing. */
export const isZero = (embedding: Float32Array): boolean => embedding.every(value => value === 0);
