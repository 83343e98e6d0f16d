import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../src/ranking/candidate.js';
import { buildIndex } from '../../src/search/build-index.js';
import { type CursorCache, type CursorPage, createCursorCache, mostRanked } from '../../src/search/cursors.js';
import { openWritableIndex } from '../../src/search/writable-index.js';
import { indexing, makeDocuments } from './fixture.js';

const ranking = (n: number): Candidate[] => Array.from({ length: n }, (_, i) => ({ id: `d${i}`, score: n - i }));
const idsOf = ({ ranked }: CursorPage): string[] => ranked.map(({ id }) => id);
const expired = { code: 'search/cursor-expired', status: 410 };
const thrownBy = (action: () => unknown): unknown => {
  try {
    return action();
  } catch (error) {
    return error;
  }
};

/** Pages from a cursor to the end. */
function readAll(cache: CursorCache, cursor: string, k: number, accept?: (id: string) => boolean): string[][] {
  const pages: string[][] = [];
  for (let next: string | undefined = cursor; next !== undefined; ) {
    const page = cache.page(next, k, accept);
    pages.push(idsOf(page));
    next = page.next;
  }
  return pages;
}

describe('createCursorCache', () => {
  it('gives the ranking page by page, with its scores, and no cursor behind the last page', () => {
    const cache = createCursorCache();
    const cursor = cache.open(ranking(7));
    const first = cache.page(cursor, 3);
    expect(first.ranked).toEqual([
      { id: 'd0', score: 7 },
      { id: 'd1', score: 6 },
      { id: 'd2', score: 5 },
    ]);
    const second = cache.page(first.next!, 3);
    expect(idsOf(second)).toEqual(['d3', 'd4', 'd5']);
    expect(cache.page(second.next!, 3)).toEqual({ ranked: [{ id: 'd6', score: 1 }] });
    expect(cache.page(cursor, 3)).toEqual(first);
    expect(readAll(cache, cursor, 7)).toHaveLength(1);
  });

  it('has one empty page of an empty ranking', () => {
    const cache = createCursorCache();
    expect(cache.page(cache.open([]), 5)).toEqual({ ranked: [] });
  });

  it('passes over what was deleted and fills the page from those behind; a cursor whose rest is gone is not given', () => {
    const cache = createCursorCache();
    const first = cache.page(cache.open(ranking(6)), 2);
    expect(idsOf(first)).toEqual(['d0', 'd1']);
    const gone = new Set(['d0', 'd2', 'd5']); // d0 was on the first page: its going moves nothing
    expect(cache.page(first.next!, 2, id => !gone.has(id))).toEqual({
      ranked: [
        { id: 'd3', score: 3 },
        { id: 'd4', score: 2 },
      ],
    });
  });

  it('repeats and loses nothing, whatever is deleted between pages', () => {
    const steps = fc.array(fc.record({ k: fc.integer({ min: 1, max: 5 }), remove: fc.array(fc.nat(39)) }), {
      minLength: 40,
      maxLength: 40,
    });
    fc.assert(
      fc.property(steps, script => {
        const cache = createCursorCache();
        const gone = new Set<string>();
        const seen: string[] = [];
        let next: string | undefined = cache.open(ranking(40));
        for (const { k, remove } of script) {
          if (next === undefined) break;
          const page: CursorPage = cache.page(next, k, id => !gone.has(id));
          expect(idsOf(page).some(id => gone.has(id))).toBe(false);
          expect(page.next === undefined || page.ranked.length === k).toBe(true);
          seen.push(...idsOf(page));
          for (const i of remove) gone.add(`d${i}`);
          next = page.next;
        }
        expect(next).toBeUndefined();
        const places = seen.map(id => Number(id.slice(1)));
        expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
        for (const { id } of ranking(40)) expect(seen.includes(id) || gone.has(id)).toBe(true);
      }),
    );
  });

  it('keeps a bounded part of a ranking, as it was when it was opened', () => {
    const cache = createCursorCache();
    const ranked = ranking(mostRanked + 5);
    const cursor = cache.open(ranked);
    ranked[0] = { id: 'other', score: 0 };
    const pages = readAll(cache, cursor, 400);
    expect(pages.map(page => page.length)).toEqual([400, 400, 200]);
    expect(pages[0][0]).toBe('d0');
  });

  it('refuses cursors that it did not give, and a k below 1', () => {
    const cache = createCursorCache();
    const cursor = cache.open(ranking(3));
    const token = cursor.split('.')[0];
    for (const bad of ['', 'x', token, `${token}.`, `${token}.4`, `${token}.-1`, `${token}.1e0`, `${'A'.repeat(22)}.0`])
      expect(thrownBy(() => cache.page(bad, 1))).toMatchObject(expired);
    for (const k of [0, 1.5, Number.NaN])
      expect(thrownBy(() => cache.page(cursor, k))).toMatchObject({ code: 'request/invalid' });
    expect(cache.open(ranking(3))).not.toBe(cursor);
  });

  it('forgets a ranking that was not read for its time, counted from the last reading', () => {
    let time = 1;
    const cache = createCursorCache({ idleMs: 1_000, now: () => time });
    const cursor = cache.open(ranking(3));
    for (let i = 0; i < 3; i++) {
      time += 900;
      expect(cache.page(cursor, 1).ranked).toHaveLength(1);
    }
    time += 1_001;
    expect(thrownBy(() => cache.page(cursor, 1))).toMatchObject(expired);
  });

  it('refuses what finds no room, and takes away nothing that was given, until its time is over', () => {
    let time = 1;
    // a ranking of 10 takes 256 bytes, 10 * 8 for its scores and 59 for {"ids":["d0",...]}, so 395: two fit, three do not
    expect(JSON.stringify({ ids: ranking(10).map(({ id }) => id) })).toHaveLength(59);
    const cache = createCursorCache({ maxBytes: 1_100, idleMs: 1_000, now: () => time });
    const given = [cache.open(ranking(10)), cache.open(ranking(10))];
    const overloaded = { code: 'server/overloaded', status: 503 };
    for (let i = 0; i < 100; i++) {
      expect(thrownBy(() => cache.open(ranking(10)))).toMatchObject(overloaded);
      expect(thrownBy(() => cache.checkRoom())).toBeUndefined();
      for (const cursor of given) expect(cache.page(cursor, 1).ranked).toHaveLength(1);
    }
    time += 600;
    cache.page(given[0], 1);
    time += 600;
    const third = cache.open(ranking(10));
    for (const cursor of [given[0], third]) expect(readAll(cache, cursor, 3)).toHaveLength(4);
    expect(thrownBy(() => cache.page(given[1], 1))).toMatchObject(expired);
    cache.open(ranking(1));
    expect(thrownBy(() => cache.checkRoom())).toMatchObject(overloaded);
  });

  it('keeps scores and groups as they were', () => {
    const cache = createCursorCache();
    const ranked = [
      { id: 'ü"\\', score: 0.1 + 0.2, group: { value: 'x', count: 2 } },
      { id: 'b', score: Number.MIN_VALUE },
      { id: 'c', score: -1 / 3, group: { value: 7 } },
    ];
    const cursor = cache.open(ranked);
    expect(cache.page(cursor, 3).ranked).toEqual(ranked);
    expect(cache.page(`${cursor.split('.')[0]}.1`, 3).ranked).toEqual(ranked.slice(1));
  });
});

it('pages through an index while documents are put and deleted', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-cursors-'));
  await buildIndex({ documents: makeDocuments(60), indexing: indexing(), out: join(folder, 'index') });
  const index = await openWritableIndex(join(folder, 'index'));
  const ask = { text: 'hammer drill saw red', k: 1_000, mode: 'token' } as const;
  const before = (await index.search(ask)).hits.map(({ id }) => id);
  const cache = createCursorCache();
  const deleted: string[] = [];
  const seen: string[] = [];
  let next: string | undefined = cache.open((await index.search(ask)).hits);
  for (let i = 0; next !== undefined; i++) {
    const present = new Set(index.ids());
    const page: CursorPage = cache.page(next, 5, id => present.has(id));
    seen.push(...idsOf(page));
    deleted.push(before[(7 * i + 9) % before.length]);
    // the better hit that arrives would push every later page down by one
    await index.write([{ put: { id: `new${i}`, title: ask.text } }, { delete: deleted[deleted.length - 1] }]);
    next = page.next;
  }
  await index.close();
  await rm(folder, { recursive: true });
  expect(seen).toEqual([...new Set(seen)]);
  expect(seen.filter(id => id.startsWith('new'))).toEqual([]);
  expect(before.filter(id => !seen.includes(id)).every(id => deleted.includes(id))).toBe(true);
  expect(seen).toEqual(before.filter(id => seen.includes(id)));
});

describe('rankings that another server takes over', () => {
  const ranked = [
    { id: 'a', score: 0.1 + 0.2 },
    { id: 'b', score: 1e-9, group: { value: 'x', count: 3 } },
    { id: 'ü"\n', score: -1 / 3 },
  ];

  it('give the same pages there, to the last bit, under the same cursors and views', () => {
    const [here, there] = [createCursorCache(), createCursorCache()];
    const cursor = here.open(ranked, 'tenant');
    const packed = here.packed(cursor);
    expect([here.has(cursor), there.has(cursor), there.packed(cursor)]).toEqual([true, false, undefined]);
    there.take(cursor, packed!);
    const { next } = here.page(cursor, 2, undefined, 'tenant');
    for (const at of [cursor, next!])
      expect(there.page(at, 2, undefined, 'tenant')).toEqual(here.page(at, 2, undefined, 'tenant'));
    expect(() => there.page(cursor, 2)).toThrow('expired');
  });

  it('do not take the place of what is known, and need room', () => {
    const [here, there] = [createCursorCache(), createCursorCache({ maxBytes: 300 })];
    const cursor = here.open(ranked);
    here.take(cursor, Buffer.from('{"view":"","scores":[],"labels":"{\\"ids\\":[]}"}'));
    expect(here.page(cursor, 3).ranked).toHaveLength(3);
    expect(() => there.take(cursor, here.packed(cursor)!)).toThrow('kept for paging');
    expect(here.packed('no cursor')).toBeUndefined();
  });
});
