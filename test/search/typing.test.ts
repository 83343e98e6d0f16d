import { describe, expect, it } from 'vitest';
import { createTokenIndex } from '../../src/lexical/token-index.js';
import { readRequest } from '../../src/search/read-request.js';
import { indexing } from './fixture.js';

const index = createTokenIndex({ ...indexing(), attributeWeight: 0 });
index.add({ id: 'hose', title: 'garden hose' });

const typed = (text: string): string[] =>
  index
    .prepare(readRequest({ text, typing: true }, index, false).question)
    .search({ k: 10 })
    .map(({ id }) => id);

describe('a text that is being typed', () => {
  it('is found by what its last word begins', () => expect(typed('garden ho')).toEqual(['hose']));

  it('of any length is an answer, as it is when it is not being typed', () => {
    // two terms for each pair: more than one query may have
    expect(typed('1x'.repeat(2048))).toEqual([]);
    expect(typed(`${'1x'.repeat(2000)} garden ho`)).toEqual(['hose']);
  });
});
