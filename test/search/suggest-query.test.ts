import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { suggestQuery as suggest } from '../../src/search/suggest-query.js';
import { times, wordsOf } from './words.js';

type Words = ReturnType<typeof wordsOf>;
const suggestQuery = (from: Words, text: string): string | undefined =>
  suggest(from, text, from.index.prepare({ text }).mended());

const words = wordsOf([
  ...times(4, 'Kitchen Faucets in Chrome'),
  ...times(3, 'Bathroom vanity'),
  'Two bathroom vanities',
  ...times(5, 'Deck over paint'),
  'Notebook dv7-1211ea',
]);

describe('suggestQuery', () => {
  it('writes corrected words as documents write them, and leaves the others as they were typed', () => {
    expect(suggestQuery(words, 'Kitchen  FAUCITS, chrome!')).toBe('Kitchen  faucets, chrome!');
    expect(suggestQuery(words, 'kithcen faucits')).toBe('kitchen faucets');
  });

  it('takes the way to write a term that is nearest to what was typed', () => {
    // vanity is more common, but two edits or more away
    expect(suggestQuery(words, 'vaniteis')).toBe('vanities');
    expect(suggestQuery(words, 'vanitiy')).toBe('vanity');
  });

  it('parts a word that documents write as two', () => {
    expect(suggestQuery(words, 'the DeckPaint')).toBe('the deck paint');
  });

  it.each(['kitchen faucet', 'the', '', 'deck over', 'qqqqqqqqqq', 'dv7-1211ea', 'dv71211ea'])(
    'has nothing to say to %j',
    text => {
      expect(suggestQuery(words, text)).toBeUndefined();
    },
  );

  it('leaves nothing to mend: the suggestion is not mended again', () => {
    const typed = fc.array(fc.constantFrom('kithcen', 'faucitt', 'deckpaint', 'vaniteis', 'chrome', 'ß', ' ', '"'), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(typed, parts => {
        const suggestion = suggestQuery(words, parts.join(' '));
        if (suggestion !== undefined) expect(suggestQuery(words, suggestion)).toBeUndefined();
      }),
    );
  });

  it('follows writes', () => {
    const fresh = wordsOf(times(3, 'kitchen faucet'));
    expect(suggestQuery(fresh, 'hammmer')).toBeUndefined();
    for (const id of ['x', 'y', 'z']) fresh.put({ id, title: 'claw hammer' });
    expect(suggestQuery(fresh, 'hammmer')).toBe('hammer');
    for (const id of ['x', 'y', 'z']) fresh.index.remove(id);
    expect(suggestQuery(fresh, 'hammmer')).toBeUndefined();
  });
});
