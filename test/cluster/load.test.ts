import { describe, expect, it } from 'vitest';
import { type Load, shortOf } from './load.js';

const writes: Load = {
  name: 'TANDEM_CLUSTER_WRITES',
  of: 'documents',
  wanted: 1_000,
  count: 2_700,
  seconds: 3,
};

describe('what a machine takes of a load that is asked for', () => {
  it('is enough from nine tenths on', () => {
    expect(shortOf([writes])).toEqual([]);
    expect(shortOf([{ ...writes, count: 2_699 }])).toHaveLength(1);
  });

  it('is told with what was asked for, what came, what would do, and what can be done', () => {
    const searches = { ...writes, name: 'TANDEM_CLUSTER_SEARCHES', of: 'searches', wanted: 100, count: 0 };
    const [first, second] = shortOf([{ ...writes, count: 541 }, searches]);
    expect(first).toContain('TANDEM_CLUSTER_WRITES=1000: the machine took 180 documents a second');
    expect(first).toContain('900 are wanted');
    expect(first).toContain('ask for 180 or less');
    expect(second).toContain('TANDEM_CLUSTER_SEARCHES=100: the machine took 0 searches a second');
  });

  it('is enough, whatever it is, where nothing is asked for', () => {
    expect(shortOf([{ ...writes, wanted: undefined, count: 0 }])).toEqual([]);
  });
});
