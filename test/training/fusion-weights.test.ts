import { describe, expect, it } from 'vitest';
import { meanFusionWeights } from '../../training/fusion-weights.js';

const channels = ['trigram', 'word'];

describe('meanFusionWeights', () => {
  it('takes the mean of the rows that share a label', () => {
    const weights = Float32Array.of(0.25, 0.75, 0.5, 0.5, 1, 0, 0.75, 0.25);
    const labels = ['2', '1', '2', '10'];
    expect(meanFusionWeights('query', channels, weights, { by: 'words', labels, ordered: true })).toEqual({
      tower: 'query',
      by: 'words',
      channels,
      rows: [
        { value: '1', count: 1, weights: [0.5, 0.5] },
        // (.25 + 1) / 2, (.75 + 0) / 2
        { value: '2', count: 2, weights: [0.625, 0.375] },
        { value: '10', count: 1, weights: [0.75, 0.25] },
      ],
    });
  });

  it('puts the frequent values first, equally frequent ones by letter', () => {
    const labels = ['us', 'fr', 'de', 'fr'];
    const { rows } = meanFusionWeights('document', channels, new Float32Array(8).fill(0.5), { by: 'country', labels });
    expect(rows.map(({ value, count }) => [value, count])).toEqual([
      ['fr', 2],
      ['de', 1],
      ['us', 1],
    ]);
  });

  it('takes the rare ones of many values together', () => {
    // value v stands 30 - v times: the 19 most frequent are shown, the other 11 are one row
    const labels = Array.from({ length: 30 }, (_, v) => Array.from({ length: 30 - v }, () => `c${v}`)).flat();
    const weights = Float32Array.from({ length: 2 * labels.length }, (_, i) => (i % 2 === 0 ? 0.25 : 0.75));
    const { rows } = meanFusionWeights('query', channels, weights, { by: 'country', labels });
    expect(rows).toHaveLength(20);
    expect(rows[18]).toMatchObject({ value: 'c18', count: 12 });
    // 11 + 10 + ... + 1
    expect(rows[19]).toEqual({ value: '(others)', count: 66, weights: [0.25, 0.75] });
  });
});
