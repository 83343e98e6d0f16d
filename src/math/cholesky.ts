/** A symmetric positive definite matrix A = L Lᵀ, taken apart once. */
export interface Cholesky {
  /** x of A x = b; b is not altered */
  solve(b: Float64Array): Float64Array;
  /** diagonal of the inverse of A */
  inverseDiagonal(): Float64Array;
}

/**
 * Cholesky factorisation (Golub & Van Loan, Matrix Computations, 4.2).
 * @param matrix  [n, n] row by row; the lower triangle is read
 * @throws RangeError when it is not positive definite
 */
export function choleskyOf(matrix: Float64Array, n: number): Cholesky {
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = matrix[i * n + j];
      for (let k = 0; k < j; k++) rest -= lower[i * n + k] * lower[j * n + k];
      if (i === j && !(rest > 0)) throw new RangeError(`the matrix is not positive definite (row ${i})`);
      lower[i * n + j] = i === j ? Math.sqrt(rest) : rest / lower[j * n + j];
    }
  }
  const solve = (b: Float64Array): Float64Array => {
    const x = Float64Array.from(b);
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < i; k++) x[i] -= lower[i * n + k] * x[k];
      x[i] /= lower[i * n + i];
    }
    for (let i = n - 1; i >= 0; i--) {
      for (let k = i + 1; k < n; k++) x[i] -= lower[k * n + i] * x[k];
      x[i] /= lower[i * n + i];
    }
    return x;
  };
  const unit = (at: number): Float64Array => Float64Array.from({ length: n }, (_, i) => (i === at ? 1 : 0));
  return { solve, inverseDiagonal: () => Float64Array.from({ length: n }, (_, i) => solve(unit(i))[i]) };
}
