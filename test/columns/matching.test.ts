import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DocumentRow } from '../../src/config/rows.js';
import { matchFilter } from '../../src/lexical/accepted.js';
import { createTokenIndex, loadTokenIndex, type TokenIndex } from '../../src/lexical/token-index.js';
import { hasBit } from '../../src/math/bit-set.js';
import { seededRandom } from '../../src/math/random.js';
import type { FilterClause } from '../../src/query/filter.js';
import { acceptedBy, searchTokens } from '../lexical/ask.js';
import { clauseHolds } from './naive-filter.js';
import { pick, randomClause, randomDocument } from './random-documents.js';
import { ready } from './ready.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tandem-columns-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const options = { bm25: { k1: 0.9, b: 0.4 }, fieldWeights: { title: 1 }, language: 'en' };

/** Documents that come, are replaced and go, in an index cut at random. @returns it with what it should hold */
async function randomIndex(seed: number): Promise<{ index: TokenIndex; documents: Map<string, DocumentRow> }> {
  const random = seededRandom(seed);
  const sort = pick(random, [
    null,
    { field: pick(random, ['a', 'b', 'id']), order: pick(random, ['ascending', 'descending'] as const) },
  ]);
  let index = createTokenIndex({ ...options, sort });
  const documents = new Map<string, DocumentRow>();
  const size = 1 + random.below(120);
  for (let i = 0; i < size; i++) {
    const id = `d${random.below(size)}`;
    if (random.next() < 0.15) expect(index.remove(id)).toBe(documents.delete(id));
    else {
      const document = randomDocument(random, id);
      documents.set(id, document);
      index.add(document);
    }
    if (random.next() < 0.05) index.flush();
    if (random.next() < 0.02) await index.compact();
    if (random.next() < 0.02) {
      await index.save(join(root, String(seed)));
      index = await loadTokenIndex(join(root, String(seed)));
    }
  }
  return { index, documents };
}

const idsOf = (index: TokenIndex, clause: FilterClause): string[] => [...acceptedBy(index, [clause]).ids()].sort();

describe('a clause over columns', () => {
  it('holds for the same documents as the plain definition, however the index is cut', async () => {
    let found = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const { index, documents } = await randomIndex(seed);
      const random = seededRandom(1000 + seed);
      for (let i = 0; i < 40; i++) {
        const clause = randomClause(random);
        const wanted = [...documents.values()].filter(document => clauseHolds(clause, document)).map(({ id }) => id);
        expect(idsOf(index, clause), `seed ${seed}: ${JSON.stringify(clause)}`).toEqual(wanted.sort());
        expect(acceptedBy(index, [clause]).count).toBe(wanted.length);
        for (const id of i % 8 === 0 ? [...documents.keys(), 'nobody'] : []) {
          expect(acceptedBy(index, [clause]).has(id)).toBe(wanted.includes(id));
        }
        found += wanted.length;
      }
    }
    expect(found).toBeGreaterThan(2_000);
  });

  it('is answered from what was kept as it was the first time', async () => {
    const { index } = await randomIndex(7);
    const random = seededRandom(8);
    index.flush();
    const [segment] = index.segments();
    for (let i = 0; i < 100; i++) {
      const [clause] = ready([randomClause(random)]);
      const first = segment.columns.matching(clause);
      expect(segment.columns.matching({ ...clause })).toBe(first);
      expect(Array.from(first, word => word.toString(2))).toEqual(
        Array.from(segment.columns.matching(clause), word => word.toString(2)),
      );
    }
  });

  it('never sets a bit behind the last document', async () => {
    const { index } = await randomIndex(11);
    for (const { columns, documentCount } of index.segments()) {
      const bits = columns.matching({ not: { exists: { field: 'nowhere' } } });
      for (let doc = 0; doc < bits.length * 32; doc++) expect(hasBit(bits, doc)).toBe(doc < documentCount);
    }
  });

  it('of several all must hold, and none holds for all', async () => {
    const { index, documents } = await randomIndex(5);
    expect(acceptedBy(index, []).count).toBe(documents.size);
    const random = seededRandom(6);
    for (let i = 0; i < 50; i++) {
      const filter = [randomClause(random), randomClause(random), randomClause(random)];
      const wanted = [...documents.values()].filter(document => filter.every(clause => clauseHolds(clause, document)));
      expect([...acceptedBy(index, filter).ids()].sort()).toEqual(wanted.map(({ id }) => id).sort());
      expect(matchFilter(index.segments(), ready(filter))).toHaveLength(index.segments().length);
    }
  });

  it('is answered anew after every write, flush and merge', async () => {
    const index = createTokenIndex(options);
    const filter: FilterClause[] = [{ terms: { field: 'brand', values: ['bolt'] } }];
    const answer = () => [
      acceptedBy(index, filter).count,
      [...acceptedBy(index, filter).ids()],
      acceptedBy(index, filter).has('a'),
    ];
    index.add({ id: 'a', title: 'x', brand: 'bolt' });
    expect(answer()).toEqual([1, ['a'], true]);
    index.add({ id: 'b', title: 'x', brand: 'bolt' });
    expect(answer()).toEqual([2, ['a', 'b'], true]);
    index.flush();
    index.add({ id: 'a', title: 'x', brand: 'cob' });
    const before = acceptedBy(index, filter);
    expect(answer()).toEqual([1, ['b'], false]);
    index.remove('b');
    expect([...before.ids()]).toEqual([]);
    expect(answer()).toEqual([0, [], false]);
    await index.compact();
    expect(answer()).toEqual([0, [], false]);
  });

  it('knows one moment as now', () => {
    const index = createTokenIndex(options);
    index.add({ id: 'a', title: 'lamp', added: '2024-02-28' });
    index.add({ id: 'b', title: 'lamp', added: '2024-03-01' });
    const filter: FilterClause[] = [{ range: { field: 'added', max: 'now' } }];
    const found = (now: number) => searchTokens(index, { text: 'lamp', k: 9, filter, now }).map(({ id }) => id);
    expect([...acceptedBy(index, filter, { now: Date.UTC(2024, 1, 29) }).ids()]).toEqual(['a']);
    expect([found(Date.UTC(2024, 1, 27)), found(Date.UTC(2024, 1, 28)), found(Date.UTC(2024, 2, 1))]).toEqual([
      [],
      ['a'],
      ['a', 'b'],
    ]);
    expect(acceptedBy(index, filter).count).toBe(2);
    for (const bad of [
      [{ range: { field: 'added', max: 'soon' } }],
      [{ terms: { field: 'title', values: ['lamp'] } }],
    ]) {
      expect(() => acceptedBy(index, bad)).toThrow(expect.objectContaining({ code: 'search/bad-filter' }));
      expect(() => searchTokens(index, { text: 'lamp', k: 9, filter: bad })).toThrow(
        expect.objectContaining({ code: 'search/bad-filter' }),
      );
    }
  });
});
