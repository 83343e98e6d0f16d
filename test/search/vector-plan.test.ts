import { describe, expect, it } from 'vitest';
import { chooseVectorPlan } from '../../src/search/vector-plan.js';

describe('chooseVectorPlan', () => {
  it('crosses where accepted = breadth * size / accepted / 2: sqrt(200 * 12000 / 2) = 1095.4', () => {
    expect(chooseVectorPlan(200, 12_000, 1_095)).toBe('scan');
    expect(chooseVectorPlan(200, 12_000, 1_096)).toBe('graph');
  });

  it('scans nothing and little, and never scans what is most of the index', () => {
    expect(chooseVectorPlan(100, 1_000_000, 0)).toBe('scan');
    expect(chooseVectorPlan(1000, 600, 299)).toBe('scan');
    expect(chooseVectorPlan(1000, 600, 300)).toBe('graph'); // no more than all 600 nodes are visited
  });
});
