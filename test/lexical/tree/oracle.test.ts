import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DocumentRow } from '../../../src/config/rows.js';
import type { Explanation } from '../../../src/lexical/explain.js';
import { createTokenIndex, type TokenIndex, type TokenIndexOptions } from '../../../src/lexical/token-index.js';
import { explainTokens, searchTokens } from '../ask.js';
import { naiveTree, type TreeQuestion } from './naive-tree.js';
import { clause, fieldsOfDocument, query, scoreFunction, sortKeys } from './random-trees.js';

const options: TokenIndexOptions = {
  bm25: { k1: 0.9, b: 0.4 },
  fieldWeights: { title: 1, description: 0.4, tags: 0.7 },
  // without a stemmer; `a` is a stop word
  language: 'sk',
};
const id = fc.integer({ min: 0, max: 25 }).map(String);
const action = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('add' as const), id, ...fieldsOfDocument }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove' as const), id }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'flush' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'compact' as const }) },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

const question: fc.Arbitrary<TreeQuestion> = fc.record({
  query,
  k: fc.constantFrom(1, 2, 5, 100),
  filter: fc.oneof(fc.constant(undefined), fc.constant(undefined), fc.array(clause, { maxLength: 2 })),
  functions: fc.oneof(fc.constant(undefined), fc.constant(undefined), fc.array(scoreFunction, { maxLength: 2 })),
  sort: fc.oneof(fc.constant(undefined), fc.constant(undefined), sortKeys),
  accept: fc.constantFrom(undefined, undefined, (each: string) => Number(each) % 3 !== 1),
  fieldWeights: fc.constantFrom(undefined, undefined, { title: 2, tags: 0 }),
});

async function play(actions: readonly Action[]): Promise<{ index: TokenIndex; documents: Map<string, DocumentRow> }> {
  const documents = new Map<string, DocumentRow>();
  const index = createTokenIndex(options);
  for (const step of actions) {
    if (step.kind === 'flush') index.flush();
    else if (step.kind === 'compact') await index.compact();
    else if (step.kind === 'remove') {
      index.remove(step.id);
      documents.delete(step.id);
    } else {
      const { kind: _, ...row } = step;
      documents.set(step.id, row);
      index.add(row);
    }
  }
  return { index, documents };
}

/** Every sum is that of its parts, all the way down; so is the product with the score functions. */
function expectAddsUp({ value, description, details }: Explanation): void {
  if (/sum of the (terms|fields|clauses)|sum of the should/.test(description) && !description.startsWith('term ')) {
    expect(details.reduce((sum, part) => sum + part.value, 0)).toBe(value);
  }
  if (description.startsWith('score times')) {
    expect(details.reduce((product, part) => product * part.value, 1)).toBe(value);
  }
  if (/^(term|phrase) "/.test(description)) {
    const parts = new Map(
      details.map(part => [part.description.replace(/^idf.*|.*of the idf.*/, 'idf').split(',')[0], part.value]),
    );
    const frequency = parts.get('frequency') ?? Number.NaN;
    const weight = [...parts].reduce(
      (product, [name, part]) => (/^(k1|frequency)/.test(name) ? product : product * part),
      1,
    );
    expect((weight * frequency) / ((parts.get('k1') ?? Number.NaN) + frequency)).toBe(value);
  }
  details.forEach(expectAddsUp);
}

describe('a tree of queries', () => {
  it('finds, scores, orders and explains as the documents themselves say, to the last bit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { maxLength: 60 }),
        fc.array(question, { minLength: 1, maxLength: 8 }),
        async (actions, questions) => {
          const { index, documents } = await play(actions);
          for (const asked of questions) {
            const { hits, matching } = naiveTree(documents, options, asked);
            expect(searchTokens(index, asked)).toEqual(hits.slice(0, asked.k));
            const found = index.prepare(asked).matching();
            expect(found.count).toBe(matching.size);
            for (const each of documents.keys()) expect(found.has(each)).toBe(matching.has(each));
            for (const hit of hits) {
              const explained = explainTokens(index, asked, hit.id);
              expect(explained?.value).toBe(hit.score);
              if (explained) expectAddsUp(explained);
            }
          }
        },
      ),
      { numRuns: 250 },
    );
  });

  it('answers the same, byte for byte, however the index is cut', async () => {
    const cut = fc.array(fc.record({ at: fc.nat(60), kind: fc.constantFrom('flush' as const, 'compact' as const) }), {
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { maxLength: 60 }),
        cut,
        fc.array(question, { minLength: 1, maxLength: 8 }),
        async (actions, cuts, questions) => {
          const writes = actions.filter(({ kind }) => kind === 'add' || kind === 'remove');
          const pieces = writes.flatMap((write, i) => [
            write,
            ...cuts.filter(({ at }) => at === i).map(({ kind }) => ({ kind })),
          ]);
          const [whole, many] = [await play(writes), await play(pieces)];
          for (const asked of questions)
            expect(searchTokens(many.index, asked)).toEqual(searchTokens(whole.index, asked));
        },
      ),
      { numRuns: 150 },
    );
  });
});
