import type { Feature } from './feature.js';

/** Of the known ones. */
function greatest(values: Float64Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) if (value > most) most = value;
  return most;
}

/** A feature / its greatest value among the candidates, [0, 1]; 0 where none is above 0. */
export const shareOfBest = (of: string): Feature => ({
  about: `${of} / the greatest ${of} of all candidates, [0, 1]`,
  monotone: 1,
  compute: ({ column }) => {
    const values = column(of);
    const most = greatest(values);
    return values.map(value => (Number.isNaN(value) ? value : most > 0 ? value / most : 0));
  },
});

/** A feature less its greatest value among the candidates, <= 0. */
export const behindBest = (of: string): Feature => ({
  about: `${of} less the greatest ${of} of all candidates, <= 0`,
  monotone: 1,
  compute: ({ column }) => {
    const values = column(of);
    const most = greatest(values);
    return values.map(value => value - most);
  },
});
