import { describe, expect, it } from 'vitest';
import { createTermFinder } from '../../src/text/term-finder.js';

describe('the term finder', () => {
  it.each([
    ['und', 'Crème BRÛLÉE, 9x15!', ['creme', 'brulee', '9', '15']],
    ['en', 'rugs of 9 ft. x 15ft', ['rug', '9', 'foot', '15', 'foot']],
    ['de', 'die Häuser', ['haus']],
    // stop words alone
    ['en', 'the of', ['the', 'of']],
    ['en', ' ?! ', []],
    ['en', '🍕', []],
    ['en', 'pizza 🍕 night', ['pizza', 'night']],
    ['en', "O'Reilly node.js TVs", ["o'reilli", 'node.j', 'tvs']],
  ])('in %s: %s', (language, text, terms) => {
    expect(createTermFinder(language)(text)).toEqual(terms);
  });

  it('refuses what is no language', () => {
    expect(() => createTermFinder('no such')).toThrow(expect.objectContaining({ code: 'text/bad-language' }));
  });
});
