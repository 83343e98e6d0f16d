import { describe, expect, it, vi } from 'vitest';
import { createTokenIndex, type TokenIndex } from '../../../src/lexical/token-index.js';
import { type Random, seededRandom } from '../../../src/math/random.js';
import type { Query, ScoreFunction } from '../../../src/query/query.js';
import { searchTokens } from '../ask.js';
import { drawWord } from '../random-corpus.js';

const size = 6000;
const draw = (random: Random, most: number): string =>
  Array.from({ length: random.below(most) }, () => drawWord(random)).join(' ');

/** Some thousand documents in several segments, with removals: enough for blocks that are passed over. */
function makeIndex(): TokenIndex {
  const random = seededRandom(5);
  const index = createTokenIndex({
    bm25: { k1: 0.9, b: 0.4 },
    fieldWeights: { title: 1, description: 0.4 },
    language: 'und',
  });
  for (let i = 0; i < size; i++) {
    const id = String((i * 7919) % size);
    index.add({ id, title: draw(random, 7), description: draw(random, 30), stock: random.below(100) });
    if (i % 1700 === 1600) index.flush();
    if (random.next() < 0.1) index.remove(String(random.below(size)));
  }
  return index;
}

/** The same question in a form that is walked through, document by document: beside a clause that nothing matches. */
const walked = (query: Query): Query => ({
  bool: { must: [{ bool: { should: [query, { bag: { text: 'unknown' } }] } }] },
});

describe('terms alone', () => {
  const index = makeIndex();
  index.flush();

  it('are found by pruning as by walking, with conditions, exclusions, score functions and filters', () => {
    const random = seededRandom(9);
    const functions: ScoreFunction[] = [
      { decay: { field: 'stock', shape: 'gauss', origin: 50, scale: 10, weight: 2 } },
      { saturation: { field: 'stock', pivot: 30 } },
    ];
    for (let i = 0; i < 120; i++) {
      const bag: Query = { bag: { text: draw(random, 6), boost: 1 + random.below(3) } };
      const condition: Query = { filter: { range: { field: 'stock', min: random.below(100) } } };
      const excluded: Query = { phrase: { text: draw(random, 3), slop: 1 } };
      const form = random.below(4);
      const query: Query =
        form === 0
          ? bag
          : form === 1
            ? { bool: { must: [bag, condition] } }
            : form === 2
              ? { bool: { should: [bag], mustNot: [excluded] } }
              : {
                  bool: {
                    must: [{ bool: { should: [bag], boost: 2 } }, { bool: { should: [condition] } }],
                    mustNot: [excluded],
                  },
                };
      const asked = {
        k: [1, 10, 100][random.below(3)],
        ...(random.next() < 0.5 && { functions }),
        ...(random.next() < 0.3 && { filter: [{ range: { field: 'stock', max: 60 } }] }),
        ...(random.next() < 0.3 && { accept: (id: string) => Number(id) % 3 === 1 }),
      };
      expect(searchTokens(index, { ...asked, query })).toEqual(searchTokens(index, { ...asked, query: walked(query) }));
    }
  });

  it('are also those of prefixes and fuzzy words', () => {
    for (const text of ['w', 'w1', 'w2', 'w59']) {
      for (const query of [{ prefix: { text } }, { fuzzy: { text, edits: 1 } }] satisfies Query[]) {
        expect(searchTokens(index, { query, k: 20 })).toEqual(searchTokens(index, { query: walked(query), k: 20 }));
      }
    }
  });

  it('are the text that a person types', () => {
    for (const text of ['w0', 'w1 w2 w2 w30', 'unknown', '']) {
      expect(searchTokens(index, { text, k: 20 })).toEqual(searchTokens(index, { query: { bag: { text } }, k: 20 }));
    }
  });
});

describe('a sorted segment', () => {
  it('is left as soon as nothing that follows can come before what was found', () => {
    const key = { field: 'stock', order: 'ascending' } as const;
    const index = createTokenIndex({ bm25: { k1: 1, b: 0 }, fieldWeights: { title: 1 }, language: 'und', sort: key });
    for (let i = 0; i < 100; i++) index.add({ id: String(i), title: 'hat', stock: i >> 2 });
    index.flush();
    index.remove('1');
    const asked = vi.spyOn(index.segments()[0], 'isLive');
    const query: Query = { bag: { text: 'hat' } };
    // 0, 2 and 3 share the first place; 4 to 7, equal too, lie by their ids: 5 is behind all four
    const ids = (k: number): string[] => searchTokens(index, { query, k, sort: [key] }).map(hit => hit.id);
    expect(ids(4)).toEqual(['0', '2', '3', '4']);
    expect(Math.max(...asked.mock.calls.map(([doc]) => doc))).toBe(5);
    expect(searchTokens(index, { query, k: 2, sort: [{ ...key, order: 'descending' }] }).map(hit => hit.id)).toEqual([
      '96',
      '97',
    ]);
  });
});
