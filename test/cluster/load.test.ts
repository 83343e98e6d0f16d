import { describe, expect, it } from 'vitest';
import { countedFailures, type Load, shortOf } from './load.js';

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

  it('is told with what was asked for, what came, what is wanted, and what can be done', () => {
    const searches = { ...writes, name: 'TANDEM_CLUSTER_SEARCHES', of: 'searches', wanted: 100, count: 0 };
    const [first, second] = shortOf([{ ...writes, count: 541 }, searches]);
    expect(first).toContain('TANDEM_CLUSTER_WRITES=1000 is more than this machine takes: 180 documents a second');
    expect(first).toContain('900 are wanted');
    expect(first).toContain('Ask for less');
    expect(second).toContain('TANDEM_CLUSTER_SEARCHES=100 is more than this machine takes: 0 searches a second');
  });

  it('is enough, whatever it is, where nothing is asked for', () => {
    expect(shortOf([{ ...writes, wanted: undefined, count: 0 }])).toEqual([]);
  });
});

it('failures of a load are told once each, with how often, the most frequent first', () => {
  const failures = ['search: refused', 'search: timed out', 'write: refused', 'search: timed out'];
  expect(countedFailures(failures)).toEqual([
    '2 times search: timed out',
    '1 times search: refused',
    '1 times write: refused',
  ]);
  expect(countedFailures([])).toEqual([]);
});
