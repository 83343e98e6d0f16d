import type { FusionWeights } from './report/inspection-sections.js';

/** Values of a cut that get a row of their own; the rarer ones stand together. */
const mostValues = 20;
const rest = '(others)';

/** A way to cut the rows of a tower: a label for each row. */
export interface Cut {
  readonly by: string;
  readonly labels: readonly string[];
  /** rows in the order of the values instead of by count */
  readonly ordered?: boolean;
}

/**
 * Mean fusion weights of a tower's channels over the rows that share a label (Que2Search, 5.3: weights against query length).
 * @param weights  float32 [n * C], row-major
 * @returns a row for each label, most frequent first or in their order; at most `mostValues`, what is left taken together
 */
export function meanFusionWeights(
  tower: FusionWeights['tower'],
  channels: readonly string[],
  weights: Float32Array,
  { by, labels, ordered = false }: Cut,
): FusionWeights {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const frequent = [...counts].sort(([a, m], [b, n]) => n - m || compare(a, b)).map(([label]) => label);
  const shown = frequent.length > mostValues ? frequent.slice(0, mostValues - 1) : frequent;
  const values = ordered ? [...shown].sort(compare) : shown;
  const place = new Map(values.map((value, v) => [value, v]));
  if (shown.length < frequent.length) values.push(rest);
  const sums = values.map(() => ({ count: 0, weights: new Float64Array(channels.length) }));
  labels.forEach((label, i) => {
    const sum = sums[place.get(label) ?? values.length - 1];
    sum.count++;
    for (let c = 0; c < channels.length; c++) sum.weights[c] += weights[i * channels.length + c];
  });
  return {
    tower,
    by,
    channels,
    rows: sums.map(({ count, weights }, v) => ({
      value: values[v],
      count,
      weights: Array.from(weights, weight => weight / count),
    })),
  };
}

const compare = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });
