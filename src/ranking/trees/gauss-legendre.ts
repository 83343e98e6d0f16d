/** Points in (0, 1) and their weights, which add up to 1. */
export interface Quadrature {
  readonly points: Float64Array;
  readonly weights: Float64Array;
}

const known: Quadrature[] = [];

/**
 * Gauss-Legendre quadrature over [0, 1]: exact for polynomials up to degree 2 n - 1. Points are the zeros of the Legendre polynomial, by Newton's method from
 * Chebyshev's guess (Press et al., Numerical Recipes, 4.6).
 * @param n  >= 0
 */
export function gaussLegendre(n: number): Quadrature {
  known[n] ??= computeQuadrature(n);
  return known[n];
}

function computeQuadrature(n: number): Quadrature {
  const points = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 0;
    for (let round = 0; round < 10; round++) {
      const legendre = legendreAt(n, x);
      slope = legendre.slope;
      x -= legendre.value / slope;
    }
    points[i] = (1 + x) / 2;
    weights[i] = 1 / ((1 - x * x) * slope * slope);
  }
  return { points, weights };
}

/** P_n and its derivative, by Bonnet's recursion. */
function legendreAt(n: number, x: number): { value: number; slope: number } {
  let [before, value] = [0, 1];
  for (let k = 1; k <= n; k++) [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
  return { value, slope: (n * (x * value - before)) / (x * x - 1) };
}
