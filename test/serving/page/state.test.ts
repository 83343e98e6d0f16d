import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bounded,
  emptyState,
  formatState,
  isRefined,
  type PageState,
  parseState,
  toggled,
} from '../../../serving/page/state.js';

const words = fc.string({ minLength: 1, maxLength: 12 });
const names = fc.string({ minLength: 1, maxLength: 8 });
const states: fc.Arbitrary<PageState> = fc.record(
  {
    text: fc.string(),
    page: fc.nat(41),
    sort: fc.constantFrom('', 'price:asc', 'specs.weight:desc'),
    chosen: fc.dictionary(names, fc.uniqueArray(words, { minLength: 1, maxLength: 4 }), { noNullPrototype: true }),
    ranges: fc.dictionary(names, fc.record({ min: words, max: words }), { noNullPrototype: true }),
    mode: fc.constantFrom('hybrid', 'vector', 'token'),
    place: fc.constantFrom('', 'DE', 'CH fr'),
    inside: fc.boolean(),
  },
  { requiredKeys: ['text', 'page', 'sort', 'chosen', 'ranges', 'place', 'inside'] },
);

describe('the address of a state', () => {
  it('holds all of it', () => {
    fc.assert(fc.property(states, state => void expect(parseState(`?${formatState(state)}`)).toEqual(state)));
  });

  it('is short: what is not asked for does not stand in it', () => {
    expect(formatState(emptyState)).toBe('');
    expect(
      formatState({ ...emptyState, text: 'hose', page: 1, chosen: { brand: ['HP'] }, ranges: { price: { max: '9' } } }),
    ).toBe('q=hose&is.brand=HP&to.price=9&page=2');
  });

  it('may be written by anybody', () => {
    expect(parseState('?page=-3&mode=all&inside=yes&is.=x')).toEqual(emptyState);
    expect(parseState('?page=1.5')).toEqual(emptyState);
  });
});

describe('changes of a state', () => {
  it('go to the first page, and twice the same is none', () => {
    const state = { ...emptyState, page: 3 };
    const chosen = toggled(state, 'brand', 'HP');
    expect(chosen).toEqual({ ...emptyState, chosen: { brand: ['HP'] } });
    expect(toggled(chosen, 'brand', 'HP')).toEqual(emptyState);
    expect(bounded(bounded(state, 'price', { min: '1' }), 'price', { min: '' })).toEqual(emptyState);
    expect([isRefined(chosen), isRefined(state)]).toEqual([true, false]);
  });
});
