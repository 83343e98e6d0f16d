import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { typingErrors } from '../../bench/corrections/typing-errors.js';
import { seededRandom } from '../../src/math/random.js';
import { editCount } from '../lexical/edit-count.js';

describe('typing errors', () => {
  it.each(Object.entries(typingErrors))('make what is close to the word: %s', (name, make) => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'e', 's', 't'), minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(word, fc.nat(), (meant, seed) => {
        expect(editCount(make(meant, seededRandom(seed)), meant)).toBeLessThanOrEqual(name === 'two errors' ? 3 : 1);
      }),
    );
  });

  it('are those that their names say', () => {
    const random = seededRandom(1);
    expect(typingErrors['missing double']('wireless', random)).toBe('wireles');
    expect(typingErrors.swapped('abb', random)).toBe('abb');
    expect(typingErrors.doubled('ab', random)).toBe('abb');
    expect(typingErrors.vowel('bat', random)).toMatch(/^b[eiou]t$/);
    expect(typingErrors['first letter']('car', random)).not.toBe('car');
    expect(typingErrors['two errors']('short', random)).toBe('short');
  });
});
