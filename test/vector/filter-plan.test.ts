import { expect, it } from 'vitest';
import { planAmong, planApproach } from '../../src/vector/filter-plan.js';

it('walks with more ways where a filter goes against the query, and the more broadly the less it accepts', () => {
  const against = planAmong(100, 0.3, 0.09);
  const along = planAmong(100, 0.3, 0.11);
  expect(against.breadth).toBeGreaterThan(along.breadth);
  expect(against.ways).toBeGreaterThan(along.ways);
  expect(along.breadth).toBe(100);
  expect(planAmong(100, 0.5, 0).breadth).toBe(100);
  expect(planAmong(100, 0.25, 0).breadth).toBe(200);
  expect(planAmong(100, 0.01, 0).breadth).toBe(200);
});

it('walks among all first: so broadly that enough of them may be found, where a filter accepts nearly all', () => {
  // a tenth more than 100 of which eight in ten may be found
  expect(planApproach(100, 0.8)).toBe(138);
  expect(planApproach(100, 1)).toBe(111);
  expect(planApproach(100, 0.79)).toBeLessThan(100);
});
