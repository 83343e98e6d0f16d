/** Below this length what is left of a vector is the rounding of its numbers. */
const least = 1e-5;

function lengthOf(vector: ArrayLike<number>): number {
  let squares = 0;
  for (let j = 0; j < vector.length; j++) squares += vector[j] * vector[j];
  return Math.sqrt(squares);
}

/**
 * What the images of a collection have in common: the mean of their vectors, each at length 1. It is most of every vector (its length is
 * .8 for the pictures of the demo), and says nothing of one image.
 * @param vectors  of at least one image
 * @returns [W]
 */
export function meanImage(vectors: Iterable<Float32Array>): number[] {
  let sum: number[] = [];
  let count = 0;
  for (const vector of vectors) {
    const length = lengthOf(vector);
    if (sum.length === 0) sum = new Array<number>(vector.length).fill(0);
    if (length > 0) for (let j = 0; j < vector.length; j++) sum[j] += vector[j] / length;
    count++;
  }
  return sum.map(total => total / count);
}

/**
 * Makes the function that takes the common part out: vector -> vector / |vector| - mean, the same array for the same vector.
 * @param mean  [W], see meanImage; without it vectors stay as they are
 */
export function createCentring(mean: readonly number[] | undefined): (vector: Float32Array) => Float32Array {
  if (mean === undefined) return vector => vector;
  const known = new WeakMap<Float32Array, Float32Array>();
  return vector => {
    let centred = known.get(vector);
    if (centred === undefined) {
      const length = lengthOf(vector) || 1;
      centred = vector.map((value, j) => value / length - mean[j]);
      if (lengthOf(centred) < least) centred.fill(0);
      known.set(vector, centred);
    }
    return centred;
  };
}
