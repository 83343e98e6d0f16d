/** How an input is brought to mean 0 and deviation 1. */
export interface InputScale {
  readonly mean: number;
  /** > 0 */
  readonly deviation: number;
}

/** A feature of the catalogue as a network sees it; of the signed logarithms of its known values. */
export interface ScaledFeature extends InputScale {
  readonly name: string;
}

/** Deviations from the mean that an input shows at most: what lies beyond is no better known for it. */
const most = 5;

/** sign(x) ln(1 + |x|): scores and lengths have long tails (Qin et al., ICLR 2021). */
export const signedLog = (value: number): number => Math.sign(value) * Math.log1p(Math.abs(value));

const scaled = (value: number, { mean, deviation }: InputScale): number =>
  Math.min(most, Math.max(-most, (signedLog(value) - mean) / deviation));

/** What a network knows of a pair beside both embeddings: the score of the ranker before, each feature, and of each whether it is missing. */
export const inputCount = (features: number): number => 1 + 2 * features;

/**
 * Inputs of some rows: [score, features, 1 where a feature is missing], each scaled; a missing one is 0. One code path for learning and serving.
 * @param scores   of the ranker before, by row
 * @param columns  by feature, a value a row, NaN is missing
 * @returns float32 [rows * inputCount], row-major
 */
export function deepInputs(
  score: InputScale,
  features: readonly InputScale[],
  scores: ArrayLike<number>,
  columns: readonly ArrayLike<number>[],
): Float32Array {
  const count = inputCount(features.length);
  const inputs = new Float32Array(scores.length * count);
  for (let row = 0; row < scores.length; row++) {
    const at = row * count;
    inputs[at] = scaled(scores[row], score);
    for (let feature = 0; feature < features.length; feature++) {
      const value = columns[feature][row];
      if (Number.isNaN(value)) inputs[at + 1 + features.length + feature] = 1;
      else inputs[at + 1 + feature] = scaled(value, features[feature]);
    }
  }
  return inputs;
}

/** The scale of some values; those that are missing are left out, and one that never changes is only moved. */
export function scaleOf(values: ArrayLike<number>): InputScale {
  let [count, sum, squares] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) continue;
    const log = signedLog(values[i]);
    count++;
    sum += log;
    squares += log * log;
  }
  if (count === 0) return { mean: 0, deviation: 1 };
  const mean = sum / count;
  const deviation = Math.sqrt(Math.max(0, squares / count - mean * mean));
  return { mean, deviation: deviation > 1e-6 ? deviation : 1 };
}
