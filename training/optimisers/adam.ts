import type { RowGradients } from '../../models/embedding-table.js';

export interface AdamSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** Moments of one parameter or table, float32, of its size. */
export interface Moments {
  readonly first: Float32Array;
  readonly second: Float32Array;
}

export const createMoments = (size: number): Moments => ({
  first: new Float32Array(size),
  second: new Float32Array(size),
});

/** Step size that holds both bias corrections (Kingma & Ba, 2015, section 2): rate sqrt(1 - beta2^t) / (1 - beta1^t). */
export const correctedRate = (rate: number, step: number, { beta1, beta2 }: AdamSettings): number =>
  (rate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);

/**
 * Adam over `count` values: m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, value -= rate m / (sqrt v + eps). In place.
 * @param from   where the values start in `values` and in the moments
 * @param at     where the gradient starts in `gradient`
 * @param scale  factor of the gradient, from clipping
 * @param rate   from correctedRate
 */
function update(
  values: Float32Array,
  moments: Moments,
  from: number,
  gradient: Float32Array,
  at: number,
  count: number,
  scale: number,
  rate: number,
  settings: AdamSettings,
): void {
  const { first, second } = moments;
  const { beta1, beta2, epsilon } = settings;
  for (let i = 0; i < count; i++) {
    const g = scale * gradient[at + i];
    const m = beta1 * first[from + i] + (1 - beta1) * g;
    const v = beta2 * second[from + i] + (1 - beta2) * g * g;
    first[from + i] = m;
    second[from + i] = v;
    values[from + i] -= (rate * m) / (Math.sqrt(v) + epsilon);
  }
}

/** One step of Adam for a dense parameter. @param step  1 for the first */
export function adamDense(
  values: Float32Array,
  moments: Moments,
  gradient: Float32Array,
  scale: number,
  rate: number,
  step: number,
  settings: AdamSettings,
): void {
  update(values, moments, 0, gradient, 0, values.length, scale, correctedRate(rate, step, settings), settings);
}

/**
 * One step of lazy Adam for a table: only the rows that the batch touched move, and only their moments decay. The work grows with the
 * rows touched, not with the table.
 */
export function adamRows(
  values: Float32Array,
  width: number,
  moments: Moments,
  gradients: RowGradients,
  scale: number,
  rate: number,
  step: number,
  settings: AdamSettings,
): void {
  const corrected = correctedRate(rate, step, settings);
  gradients.rows.forEach((row, slot) => {
    update(values, moments, row * width, gradients.values, slot * width, width, scale, corrected, settings);
  });
}
