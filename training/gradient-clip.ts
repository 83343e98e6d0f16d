/** Sum of squares of the first `count` values. */
export function sumOfSquares(values: Float32Array, count = values.length): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i] * values[i];
  return sum;
}

/** Factor that brings all gradients together to a norm of at most `limit` (Pascanu, Mikolov & Bengio, 2013). */
export const clipFactor = (norm: number, limit: number): number => (norm > limit ? limit / norm : 1);
