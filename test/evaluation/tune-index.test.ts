import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerable, tellingQueries, tuneIndex } from '../../src/evaluation/tune-index.js';
import { buildIndex } from '../../src/search/build-index.js';
import type { EmbeddedIndex } from '../../src/search/embedded-backend.js';
import { openIndex } from '../../src/search/open-index.js';
import { indexing, letterModel, makeDocuments } from '../search/fixture.js';

const documents = makeDocuments(200);
let folder: string;
let index: EmbeddedIndex;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-tune-'));
  await buildIndex({ documents, embedder: letterModel(), indexing: indexing(), out: join(folder, 'index') });
  index = await openIndex(join(folder, 'index'), { embedder: letterModel() });
});
afterAll(async () => {
  await index.close();
  await rm(folder, { recursive: true });
});

/** Each of n documents is asked for by its title, or by its title written backwards: the letters are the same, no word is. */
const asked = (n: number, write: (title: string) => string, gains: Record<string, number> = {}) => ({
  queries: documents.slice(0, n).map(({ id, title }) => ({ id: `q-${id}`, text: write(title) })),
  qrels: new Map(documents.slice(0, n).map(({ id }) => [`q-${id}`, new Map(Object.entries({ ...gains, [id]: 2 }))])),
});
const backwards = (title: string): string => [...title].reverse().join('');

describe('tuneIndex', () => {
  it('says what both sides and the hybrid come to, on how many queries', async () => {
    const tuned = await tuneIndex(index, { ...asked(60, title => title), on: 'judged', kind: 'pairs' });
    expect(tuned).toMatchObject({ on: 'judged', kind: 'pairs', usual: 0.3, queries: 60, rule: 'plain' });
    // a title finds its own document by its words
    expect(tuned.tokens).toBeGreaterThan(0.95);
    expect(tuned.curve).toHaveLength(21);
    expect(tuned.score).toBe(tuned.curve.find(({ weight }) => weight === tuned.weight)?.score);
    const best = Math.max(...tuned.curve.map(({ score }) => score));
    expect(tuned.curve.find(({ weight }) => weight === tuned.best)?.score).toBe(best);
  });

  it('takes a weight above the usual one where vectors alone find what is asked for', async () => {
    const { weight, tokens, vectors, score } = await tuneIndex(index, {
      ...asked(60, title => `${backwards(title)} ${documents[0].title}`),
      on: 'validation',
      kind: 'documents',
    });
    expect(vectors).toBeGreaterThan(tokens);
    expect(weight).toBeGreaterThan(0.1);
    expect(score).toBeGreaterThan(tokens);
  });

  it('lets the condensed lists have their say where one side finds what nobody judged', async () => {
    // what vectors find for a query that is one word is judged nowhere; tokens' documents are, as not relevant
    const words = ['hammer', 'drill', 'saw', 'ladder', 'lamp', 'shelf'];
    const queries = words.map(text => ({ id: text, text }));
    const qrels = new Map<string, Map<string, number>>();
    for (const { id, text } of queries) {
      const { token } = await index.retrieve({ text, k: 10, mode: 'token' });
      qrels.set(id, new Map(token.slice(0, 10).map((candidate, i) => [candidate.id, i === 0 ? 1 : 0])));
    }
    const tuned = await tuneIndex(index, { queries, qrels, on: 'judged', kind: 'nothing' });
    expect(tuned.judged.tokens).toBe(1);
    expect(tuned.judged.vectors).toBeLessThan(0.9);
    expect(tuned.rule).toBe('half-condensed');
    for (const { score, condensed } of tuned.curve) expect(condensed).toBeGreaterThanOrEqual(score);
  });

  it('takes what is usual where the queries were drawn from the documents, whatever they say', async () => {
    const tuned = await tuneIndex(index, { ...asked(60, title => title), on: 'known-item', kind: 'nothing' });
    expect(tuned.vectors / tuned.tokens).toBeGreaterThan(0.5);
    expect(tuned).toMatchObject({ rule: 'usual', weight: 0.2, on: 'known-item' });
    expect(tuned).not.toHaveProperty('best');
  });

  it('refuses queries that nobody has judged', async () => {
    const { queries } = asked(3, title => title);
    const tuning = { queries, qrels: new Map(), on: 'judged', kind: 'pairs' } as const;
    await expect(tuneIndex(index, tuning)).rejects.toMatchObject({ code: 'evaluation/no-queries' });
  });
});

describe('judged queries of an index', () => {
  const has = (id: string): boolean => ['a', 'b'].includes(id);
  const queries = ['q1', 'q2', 'q3', 'q4'].map(id => ({ id, text: id }));
  const qrels = new Map([
    [
      'q1',
      new Map([
        ['a', 1],
        ['gone', 2],
      ]),
    ],
    [
      'q2',
      new Map([
        ['gone', 1],
        ['b', 0],
      ]),
    ],
    ['q3', new Map([['b', 0]])],
  ]);

  it('tell something where one of its documents is relevant', () => {
    expect(tellingQueries({ queries, qrels }, has)).toBe(1);
    expect(tellingQueries({ queries, qrels }, () => true)).toBe(2);
  });

  it('are those that it can answer, with the judgements of its documents', () => {
    const { queries: left, qrels: within } = answerable({ queries, qrels }, has);
    expect(left).toEqual([queries[0]]);
    expect(within.get('q1')).toEqual(new Map([['a', 1]]));
  });
});
