import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addTypingError, letterCount } from '../../data/typing-error.js';
import type { Random } from '../../src/math/random.js';
import { seededRandom } from '../../src/math/random.js';

/** A random source whose `below` answers are given. */
function scripted(...answers: number[]): Random {
  const next = (): number => {
    throw new Error('not expected');
  };
  return { next, normal: next, below: () => answers.shift() ?? next(), state: () => [0, 0, 0, 0] };
}

describe('addTypingError', () => {
  // the first answer chooses the place (1 + answer), the second the kind
  it('swaps, drops, doubles and replaces', () => {
    expect(addTypingError('door', scripted(0, 0))).toBe('door');
    expect(addTypingError('knob', scripted(0, 0))).toBe('konb');
    expect(addTypingError('knob', scripted(2, 0))).toBe('knbo');
    expect(addTypingError('knob', scripted(1, 1))).toBe('knb');
    expect(addTypingError('knob', scripted(1, 2))).toBe('knoob');
    expect(addTypingError('knob', scripted(2, 3, 1))).toBe('knon');
  });

  it('keeps the first character, whole characters, and the length within one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'é', '𝒳', '猫', 'ल'), { minLength: 4, maxLength: 12 }),
        fc.nat(),
        (letters, seed) => {
          const result = Array.from(addTypingError(letters.join(''), seededRandom(seed)));
          expect(result[0]).toBe(letters[0]);
          expect(Math.abs(result.length - letters.length)).toBeLessThanOrEqual(1);
          for (const letter of result) expect(letters).toContain(letter);
        },
      ),
    );
  });
});

describe('letterCount', () => {
  it('counts letters, not digits or marks', () => {
    expect(letterCount('9x15')).toBe(1);
    expect(letterCount('naïve')).toBe(5);
    expect(letterCount('बि')).toBe(1);
  });
});
