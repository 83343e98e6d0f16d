/** One line of the Prometheus text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const line = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const label = /(\w+)="((?:\\.|[^"\\])*)"/g;

/** @param text  in the Prometheus text format; what is no sample is passed over */
export const parseMetrics = (text: string): Sample[] =>
  text.split('\n').flatMap(written => {
    const [, name, labels = '', value] = line.exec(written) ?? [];
    if (name === undefined) return [];
    const pairs = [...labels.matchAll(label)].map(([, key, of]) => [key, of.replace(/\\(.)/g, '$1')]);
    return [{ name, labels: Object.fromEntries(pairs), value: Number(value.replace('Inf', 'Infinity')) }];
  });

export interface Timing {
  /** values of the label */
  readonly of: string;
  readonly count: number;
  /** seconds */
  readonly mean: number;
  readonly median: number;
  readonly p95: number;
  readonly p99: number;
}

/** The times of a histogram, by a label. Quantiles are interpolated within their bucket; those in the last one are at least its lower bound. */
export function timings(samples: readonly Sample[], name: string, by: string): Timing[] {
  const values = new Set(samples.filter(each => each.name === `${name}_count`).map(each => each.labels[by]));
  return [...values].map(of => {
    const mine = samples.filter(each => each.labels[by] === of);
    const sum = (what: string): number =>
      mine.filter(each => each.name === `${name}_${what}`).reduce((total, { value }) => total + value, 0);
    const counts = new Map<number, number>();
    for (const { name: bucket, labels, value } of mine)
      if (bucket === `${name}_bucket`) {
        const bound = Number(labels.le.replace('+Inf', 'Infinity'));
        counts.set(bound, (counts.get(bound) ?? 0) + value);
      }
    const buckets = [...counts].sort(([a], [b]) => a - b);
    const count = sum('count');
    const at = (share: number): number => quantile(buckets, share * count);
    return { of, count, mean: count === 0 ? 0 : sum('sum') / count, median: at(0.5), p95: at(0.95), p99: at(0.99) };
  });
}

/** @param buckets  upper bound and how many are at most that, rising @param rank  how many are below what is looked for */
function quantile(buckets: readonly (readonly [number, number])[], rank: number): number {
  let [bound, below] = [0, 0];
  for (const [upper, count] of buckets) {
    if (count >= rank && count > below)
      return upper === Number.POSITIVE_INFINITY ? bound : bound + ((upper - bound) * (rank - below)) / (count - below);
    [bound, below] = [upper, count];
  }
  return bound;
}
