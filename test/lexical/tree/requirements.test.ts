import { describe, expect, it } from 'vitest';
import { requirements } from '../../../src/lexical/tree/requirements.js';
import type { Query } from '../../../src/query/query.js';

const bag: Query = { bag: { text: 'red hat' } };
const phrase: Query = { phrase: { text: 'red hat' } };
const filter: Query = { filter: { exists: { field: 'price' } } };

describe('requirements', () => {
  it('are what must hold however a document was found', () => {
    expect(
      requirements({ bool: { must: [phrase], should: [bag], mustNot: [filter], minimumShould: 1, boost: 2 } }),
    ).toEqual({
      bool: { must: [phrase], mustNot: [filter] },
    });
    expect(requirements({ bool: { should: [bag], mustNot: [phrase] } })).toEqual({
      bool: { must: [], mustNot: [phrase] },
    });
    const all: Query = { bag: { text: 'red hat', operator: 'all' } };
    for (const query of [phrase, filter, all]) expect(requirements(query)).toEqual(query);
  });

  it('are not the words that vectors stand for', () => {
    for (const query of [
      bag,
      { prefix: { text: 'r' } },
      { fuzzy: { text: 'r' } },
      { all: {} },
      { bool: { should: [bag, phrase] } },
    ]) {
      expect(requirements(query)).toBeUndefined();
    }
  });
});
