import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { queryPattern } from '../../src/curation/query-pattern.js';

/** The same by a regular expression. */
const oracle = (pattern: string): RegExp =>
  new RegExp(
    `^${Array.from(pattern, sign => (sign === '*' ? '.*' : sign === '?' ? '.' : sign.replace(/[.+^${}()|[\]\\]/g, '\\$&'))).join('')}$`,
    's',
  );

describe('queryPattern', () => {
  it('fits what a regular expression of the same signs fits', () => {
    const signs = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '*', '?', '.'), maxLength: 12 });
    const texts = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '.'), maxLength: 12 });
    fc.assert(
      fc.property(signs, texts, (pattern, text) => {
        expect(queryPattern(pattern).fits(text)).toBe(oracle(pattern).test(text));
      }),
      { numRuns: 5_000 },
    );
  });

  it('asks for a word that every text that fits has', () => {
    expect(queryPattern('iphone * case').word).toBe('iphone');
    expect(queryPattern('iph* case').word).toBe('case');
    expect(queryPattern('*hose*').word).toBeUndefined();
  });

  it('needs no more steps than signs times units', () => {
    // a matcher that goes back to every * would take longer than the world has stood
    expect(queryPattern(`${'a*'.repeat(60)}b`).fits('a'.repeat(512))).toBe(false);
  });
});
