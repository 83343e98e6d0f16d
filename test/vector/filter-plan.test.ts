import { expect, it } from 'vitest';
import { planAmong } from '../../src/vector/filter-plan.js';

it('walks more broadly where a filter goes against the query, and no more broadly where it accepts nearly all', () => {
  const against = planAmong(100, 0.3, 0.09);
  const along = planAmong(100, 0.3, 0.11);
  expect(against.breadth).toBeGreaterThan(along.breadth);
  expect(against.ways).toBeGreaterThan(along.ways);
  expect(along.breadth).toBeGreaterThan(100);
  expect(planAmong(100, 0.95, 0.95).breadth).toBe(100);
});
