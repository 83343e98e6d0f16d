import { describe, expect, it } from 'vitest';
import { parseMetrics, timings } from '../../../../serving/page/operator/figures.js';

const text = `# HELP t_seconds times
# TYPE t_seconds histogram
t_seconds_bucket{le="0.1",stage="token"} 2
t_seconds_bucket{le="0.2",stage="token"} 10
t_seconds_bucket{le="+Inf",stage="token"} 10
t_seconds_sum{stage="token"} 1.5
t_seconds_count{stage="token"} 10
t_seconds_bucket{le="0.1",stage="a \\"b\\""} 0
t_seconds_bucket{le="+Inf",stage="a \\"b\\""} 4
t_seconds_sum{stage="a \\"b\\""} 4
t_seconds_count{stage="a \\"b\\""} 4
up 1
`;

describe('figures of a service', () => {
  it('are read with their labels', () => {
    const samples = parseMetrics(text);
    expect(samples).toHaveLength(10);
    expect(samples[0]).toEqual({ name: 't_seconds_bucket', labels: { le: '0.1', stage: 'token' }, value: 2 });
    expect(samples.at(-1)).toEqual({ name: 'up', labels: {}, value: 1 });
    expect(parseMetrics('')).toEqual([]);
  });

  it('tell quantiles, which lie within their bucket as far as they are into it', () => {
    const [token, quoted] = timings(parseMetrics(text), 't_seconds', 'stage');
    // 10 values, 2 of them up to .1 and 8 up to .2: the 5th is 3/8 of the way from .1 to .2, the 9.5th 7.5/8
    expect(token).toMatchObject({ of: 'token', count: 10, mean: 0.15 });
    expect(token.median).toBeCloseTo(0.1375, 10);
    expect(token.p95).toBeCloseTo(0.19375, 10);
    // all of them are above the last bound that there is
    expect(quoted).toEqual({ of: 'a "b"', count: 4, mean: 1, median: 0.1, p95: 0.1, p99: 0.1 });
  });

  it('of several routes and answers are added up by the label that is asked for', () => {
    const added = ['200', '503']
      .map(
        status =>
          `r_bucket{le="1",route="/a",status="${status}"} 1\nr_sum{route="/a",status="${status}"} .5\nr_count{route="/a",status="${status}"} 1\n`,
      )
      .join('');
    expect(timings(parseMetrics(added), 'r', 'route')).toEqual([
      { of: '/a', count: 2, mean: 0.5, median: 0.5, p95: 0.95, p99: 0.99 },
    ]);
  });
});
