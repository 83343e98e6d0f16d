import { describe, expect, it } from 'vitest';
import { createTokenIndex, type TokenIndex } from '../../../src/lexical/token-index.js';
import { type Random, seededRandom } from '../../../src/math/random.js';
import type { Query, ScoreFunction } from '../../../src/query/query.js';
import { drawWord } from '../random-corpus.js';
import { naiveAttributes } from './naive-attributes.js';

const size = 6000;
const draw = (random: Random, most: number): string =>
  Array.from({ length: random.below(most) }, () => drawWord(random)).join(' ');

/** Some thousand documents in several segments, with removals: enough for blocks that are passed over. */
function makeIndex(): TokenIndex {
  const random = seededRandom(5);
  const documents = new Map<string, { id: string; title: string; description: string; stock: number }>();
  const index = createTokenIndex(
    { bm25: { k1: 0.9, b: 0.4 }, fieldWeights: { title: 1, description: 0.4 }, language: 'und' },
    numbersFirst(documents),
  );
  for (let i = 0; i < size; i++) {
    const id = String((i * 7919) % size);
    const row = { id, title: draw(random, 7), description: draw(random, 30), stock: random.below(100) };
    documents.set(id, row);
    index.add(row);
    if (i % 1700 === 1600) index.flush();
    if (random.next() < 0.1) index.remove(String(random.below(size)));
  }
  return index;
}

/** Attributes that are read once a segment. */
function numbersFirst(documents: Parameters<typeof naiveAttributes>[0]): ReturnType<typeof naiveAttributes> {
  const naive = naiveAttributes(documents);
  const known = new Map<object, ReturnType<typeof naive.of>>();
  return {
    of: segment => {
      const found = known.get(segment) ?? remembered(naive.of(segment));
      known.set(segment, found);
      return found;
    },
  };
  function remembered(columns: ReturnType<typeof naive.of>): ReturnType<typeof naive.of> {
    const sets = new Map<string, ReturnType<typeof columns.matching>>();
    const stock = columns.numbers('stock');
    const values = new Map<number, number>();
    const read = (doc: number): number => {
      const value = values.get(doc) ?? stock?.least(doc) ?? Number.NaN;
      values.set(doc, value);
      return value;
    };
    const kept = { least: read, greatest: read, values: (doc: number) => [read(doc)] };
    return {
      ...columns,
      numbers: () => kept,
      matching: clause => {
        const bits = sets.get(JSON.stringify(clause)) ?? columns.matching(clause);
        sets.set(JSON.stringify(clause), bits);
        return bits;
      },
    };
  }
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
      expect(index.search({ ...asked, query })).toEqual(index.search({ ...asked, query: walked(query) }));
    }
  });

  it('are also those of prefixes and fuzzy words', () => {
    for (const text of ['w', 'w1', 'w2', 'w59']) {
      for (const query of [{ prefix: { text } }, { fuzzy: { text, edits: 1 } }] satisfies Query[]) {
        expect(index.search({ query, k: 20 })).toEqual(index.search({ query: walked(query), k: 20 }));
      }
    }
  });

  it('are the text that a person types', () => {
    for (const text of ['w0', 'w1 w2 w2 w30', 'unknown', '']) {
      expect(index.search({ text, k: 20 })).toEqual(index.search({ query: { bag: { text } }, k: 20 }));
    }
  });
});

describe('a sorted segment', () => {
  it('is left as soon as nothing that follows can come before what was found', () => {
    const documents = new Map(
      Array.from({ length: 100 }, (_, i) => [String(i), { id: String(i), title: 'hat', stock: i >> 2 }] as const),
    );
    const key = { field: 'stock', order: 'ascending' } as const;
    const asked = new Set<number>();
    const naive = naiveAttributes(documents, key);
    const index = createTokenIndex(
      { bm25: { k1: 1, b: 0 }, fieldWeights: { title: 1 }, language: 'und' },
      {
        ...naive,
        of: segment => {
          const columns = naive.of(segment);
          const numbers = columns.numbers('stock');
          return {
            ...columns,
            numbers: () => numbers && { ...numbers, least: doc => numbers.least(doc + 0 * asked.add(doc).size) },
          };
        },
      },
    );
    for (const document of documents.values()) index.add(document);
    index.flush();
    index.remove('1');
    const query: Query = { bag: { text: 'hat' } };
    // 0, 2 and 3 share the first place; of 4 to 7, equal too, the ids decide; 8 is behind them all
    const ids = (k: number): string[] => index.search({ query, k, sort: [key] }).map(hit => hit.id);
    expect(ids(4)).toEqual(['0', '2', '3', '4']);
    expect(Math.max(...asked)).toBe(8);
    expect(index.search({ query, k: 2, sort: [{ ...key, order: 'descending' }] }).map(hit => hit.id)).toEqual([
      '96',
      '97',
    ]);
  });
});
