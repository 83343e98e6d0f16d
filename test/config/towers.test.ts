import { describe, expect, it } from 'vitest';
import { towersSchema } from '../../src/config/towers.js';

describe('fusion none', () => {
  const accepts = (towers: object): boolean => towersSchema.safeParse({ fusion: 'none', ...towers }).success;

  it('takes one text channel in each tower', () => {
    expect(accepts({ query: ['text'], document: ['title'] })).toBe(true);
    expect(accepts({ query: ['text'], document: ['description'] })).toBe(true);
  });

  it.each([
    {},
    { query: ['text'] },
    { query: ['word'], document: ['title'] },
    { query: ['text', 'word'], document: ['title'] },
    { query: ['text'], document: ['title', 'description'] },
  ])('refuses %j', towers => {
    expect(accepts(towers)).toBe(false);
  });
});
