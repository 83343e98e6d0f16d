import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkRules, type RuleInput } from '../../src/curation/rule.js';
import type { Hit, SearchResponse } from '../../src/search/backend.js';
import { buildIndex } from '../../src/search/build-index.js';
import { curate } from '../../src/search/curate.js';
import { followIndex } from '../../src/search/follow-index.js';
import type { SearchRequest } from '../../src/search/request.js';
import { restoreSnapshot, takeSnapshot } from '../../src/search/snapshot.js';
import { openWritableIndex, type WritableIndex } from '../../src/search/writable-index.js';
import { indexing, letterModel, makeDocuments } from './fixture.js';

const documents = makeDocuments(80);
let folder: string;
let index: WritableIndex;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-curate-'));
  const embedder = letterModel();
  await buildIndex({ documents, embedder, indexing: indexing({ fusionWeight: 0.3 }), out: join(folder, 'index') });
  index = await openWritableIndex(join(folder, 'index'), { embedder });
});
afterAll(async () => {
  await index.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => index.setRules([]));

type Asked = Partial<SearchRequest>;
const ask = (request: Asked = {}) => index.search({ text: 'red hammer', k: 10, ...request });
const idsOf = ({ hits }: Pick<SearchResponse, 'hits'>): string[] => hits.map(({ id }) => id);
const ids = async (request?: Asked): Promise<string[]> => idsOf(await ask(request));
const curated = (...rules: readonly Omit<RuleInput, 'id'>[]) =>
  index.setRules(rules.map((rule, i) => ({ id: `r${i}`, ...rule })));
const modes = ['hybrid', 'vector', 'token'] as const;
/** The whole ranking, page by page. */
async function paged(request: Asked, size: number): Promise<string[]> {
  const first = await ask({ ...request, k: size, pages: true });
  const found = idsOf(first);
  for (let { cursor } = first; cursor !== undefined; ) {
    const page = await index.next(cursor, size);
    found.push(...idsOf(page));
    cursor = page.cursor;
  }
  return found;
}

it('proposes no title of a document that is hidden from the text as it stands', async () => {
  const titled = async (): Promise<readonly (string | undefined)[]> =>
    (await index.complete({ text: 're', k: 50 })).filter(({ kind }) => kind === 'title').map(({ id }) => id);
  const before = await titled();
  expect(before.length).toBeGreaterThan(1);
  const [first] = before.map(String);
  await curated({ hide: { ids: [first] } }, { when: { exact: 'something else' }, hide: { ids: before.map(String) } });
  expect(await titled()).not.toContain(first);
  expect((await titled()).length).toBeGreaterThan(0);
});

describe('a pinned document', () => {
  it.each(modes)('stands at its place, once, on whatever page, in mode %s', async mode => {
    const before = await ids({ mode, k: 100 });
    const [seventh, outsider] = [before[6], documents.find(({ id }) => !before.includes(id))?.id ?? before[20]];
    await curated({
      when: { exact: 'red hammer' },
      pin: [
        { id: seventh, position: 2 },
        { id: outsider, position: 4 },
      ],
    });
    const others = before.filter(id => id !== seventh && id !== outsider);
    const expected = [others[0], seventh, others[1], outsider, ...others.slice(2)];
    expect(await ids({ mode, k: 100 })).toEqual(expected);
    for (const k of [1, 2, 3, 5, 10]) expect(await ids({ mode, k })).toEqual(expected.slice(0, k));
    for (const from of [1, 2, 5]) expect(await ids({ mode, from, k: 3 })).toEqual(expected.slice(from, from + 3));
    for (const size of [1, 3, 50]) expect(await paged({ mode }, size)).toEqual(expected);
  });

  it('counts in the total and in facets, also where no word leads to it', async () => {
    const plain = { mode: 'token', total: true, facets: [{ field: 'brand' }], k: 100 } as const;
    const before = await ask(plain);
    const outside = documents.find(({ id }) => !idsOf(before).includes(id));
    const inside = idsOf(before)[3];
    await curated({ pin: [inside] });
    expect((await ask(plain)).total).toBe(before.total);
    await curated({ pin: [inside, outside?.id ?? ''] });
    const after = await ask(plain);
    expect(after.total).toBe((before.total ?? 0) + 1);
    expect(after.hits).toHaveLength(after.total ?? 0);
    const counts = (of: SearchResponse) =>
      Object.fromEntries((of.facets?.[0].values ?? []).map(({ value, count }) => [value, count]));
    const brand = String(outside?.brand);
    expect(counts(after)).toEqual({ ...counts(before), [brand]: (counts(before)[brand] ?? 0) + 1 });
  });

  it('obeys the filter of the request, is not shown where it is not there, and stands last where there are fewer hits', async () => {
    const filter = [{ terms: { field: 'brand', values: ['brand 1'] } }];
    const [own, foreign] = [1, 2].map(n => documents.find(({ brand }) => brand === `brand ${n}`)?.id ?? '');
    await curated({ pin: [foreign, 'nobody', { id: own, position: 900 }] });
    const found = await ids({ filter, k: 100, mode: 'token' });
    expect(found).not.toContain(foreign);
    expect(found.at(-1)).toBe(own);
    await index.delete([]);
    expect((await ask({ filter })).rules).toEqual([{ id: 'r0', actions: ['pin'] }]);
    await curated({ pin: [foreign] });
    expect((await ask({ filter })).rules).toEqual([{ id: 'r0', actions: [] }]);
  });

  it('takes the next free place where another stands, and the first of two rules has it', async () => {
    const [a, b, c] = (await ids()).slice(5, 8);
    await curated({ pin: [a, b] }, { pin: [c, { id: a, position: 3 }] });
    expect((await ids()).slice(0, 3)).toEqual([a, b, c]);
  });

  it('counts in its group', async () => {
    const groupBy = { field: 'brand' };
    const before = await ids({ groupBy, k: 100 });
    const brandOf = (id: string) => documents.find(each => each.id === id)?.brand;
    const other = documents.find(({ id, brand }) => brand === brandOf(before[2]) && id !== before[2])?.id ?? '';
    await curated({ pin: [other] });
    const after = await ids({ groupBy, k: 100 });
    expect(after).toEqual([other, ...before.filter(id => id !== before[2])]);
  });
});

describe('a pinned document in groups', () => {
  const groupBy = { field: 'brand' };
  const brandOf = (id: string) => documents.find(each => each.id === id)?.brand;

  it('takes the place of its group, and moves no other pin', async () => {
    const before = await ids({ groupBy, k: 100 });
    const last = before[before.length - 1];
    const sibling = documents.find(({ id }) => id !== before[0] && brandOf(id) === brandOf(before[0]))?.id as string;
    await curated({
      when: { exact: 'red hammer' },
      pin: [
        { id: sibling, position: 1 },
        { id: last, position: 3 },
      ],
    });
    const others = before.slice(1, -1);
    expect(await ids({ groupBy, k: 100 })).toEqual([sibling, others[0], last, ...others.slice(1)]);
  });

  it('stands there in place of a better one of its group', async () => {
    const before = await ids({ groupBy, k: 100 });
    const sibling = documents.find(({ id }) => id !== before[0] && brandOf(id) === brandOf(before[0]))?.id as string;
    await curated({ when: { exact: 'red hammer' }, pin: [{ id: sibling, position: 2 }] });
    expect(await ids({ groupBy, k: 100 })).toEqual([before[1], sibling, ...before.slice(2)]);
  });

  it('is counted in its group, also where no word finds it', async () => {
    await curated({ when: { exact: 'zzzz' }, pin: ['d3'] });
    const found = await ask({ text: 'zzzz', mode: 'token', groupBy, facets: [{ field: 'brand' }], total: true });
    expect(found.hits.map(({ id, group }) => [id, group?.count])).toEqual([['d3', 1]]);
    expect(found.total).toBe(1);
  });
});

describe('counts beside a pin', () => {
  it.each([
    ['without mending', { text: 'redd hamer', spelling: false }],
    ['of other weights', { fieldWeights: { title: 0, attributes: 0, description: 0 } }],
  ])('are those of the search, %s', async (_what, request) => {
    const asked = { ...request, mode: 'token', total: true } as const;
    const { total = 0, hits } = await ask(asked);
    expect([total, hits]).toEqual([0, []]);
    await curated({ pin: ['d0'] });
    expect((await ask(asked)).total).toBe(1);
  });
});

describe('a hidden document', () => {
  it.each(modes)('is neither found nor counted, in mode %s', async mode => {
    const asked = { mode, k: 100, total: true, facets: [{ field: 'brand' }] } as const;
    const before = await ask(asked);
    const [gone] = idsOf(before);
    const filter = [{ terms: { field: 'brand', values: ['brand 1'] } }, { range: { field: 'price', max: 50 } }];
    const meets = ({ document: { brand, price = 0 } }: Hit): boolean => brand === 'brand 1' && price <= 50;
    const kept = await ask({
      ...asked,
      filter: [{ not: { terms: { field: 'id', values: [gone] } } }, { any: filter.map(clause => ({ not: clause })) }],
    });
    await curated({ hide: { ids: [gone], filter } });
    const after = await ask(asked);
    expect(new Set(idsOf(after))).toEqual(
      new Set(idsOf({ hits: before.hits.filter(hit => hit.id !== gone && !meets(hit)) })),
    );
    expect([idsOf(after), after.total, after.facets]).toEqual([idsOf(kept), kept.total, kept.facets]);
    if (mode === 'token') expect(after.total).toBe(after.hits.length);
    expect(
      (await ask({ ...asked, sort: [{ field: 'price', order: 'ascending' }], mode: 'token' })).hits.map(({ id }) => id),
    ).not.toContain(gone);
  });
});

describe('boost and bury', () => {
  it('leave a search from the lowest score on in its order', async () => {
    const sort = [{ field: '_score', order: 'ascending' }] as const;
    const before = await ids({ mode: 'token', sort, k: 30 });
    await curated({ boost: { ids: [before[3]], by: 50 } });
    expect(await ids({ mode: 'token', sort, k: 30 })).toEqual(before);
  });

  it.each(modes)('move what they name and keep the order of all else, in mode %s', async mode => {
    const before = await ids({ mode, k: 100 });
    const filter = [{ terms: { field: 'brand', values: ['brand 1'] } }];
    const isNamed = (id: string) => documents.find(each => each.id === id)?.brand === 'brand 1';
    const [named, others] = [before.filter(isNamed), before.filter(id => !isNamed(id))];
    await curated({ boost: { filter, by: 1000 } });
    expect(await ids({ mode, k: 100 })).toEqual([...named, ...others]);
    await curated({ bury: { filter, by: 0 } });
    expect((await ids({ mode, k: 100 })).slice(0, others.length)).toEqual(others);
    await curated({ boost: { ids: [before[9]] } });
    const after = await ids({ mode, k: 100 });
    expect(after.indexOf(before[9])).toBeLessThan(9);
    expect(after.filter(id => id !== before[9])).toEqual(before.filter(id => id !== before[9]));
    for (const k of [1, 4]) expect(await ids({ mode, k })).toEqual(after.slice(0, k));
    expect(await paged({ mode }, 7)).toEqual(after);
  });

  it('leave a sorted search in its order', async () => {
    const sorted: Asked = { sort: [{ field: 'price', order: 'ascending' }], mode: 'token' };
    const before = await ids(sorted);
    await curated({ boost: { ids: [before[5]], by: 900 }, pin: [before[7]] });
    const after = await ask(sorted);
    expect(idsOf(after)).toEqual(before);
    expect(after.rules).toEqual([{ id: 'r0', actions: [] }]);
  });
});

describe('replace and redirect', () => {
  it('search for another text, and say where the person is to go', async () => {
    const before = await ids({ text: 'blue lamp' });
    await curated({ when: { phrase: 'luminaire' }, replace: 'blue lamp', redirect: 'https://shop.example/lamps' });
    const answer = await ask({ text: 'a luminaire' });
    expect(idsOf(answer)).toEqual(before);
    expect(answer.redirect).toBe('https://shop.example/lamps');
    expect(answer.rules).toEqual([{ id: 'r0', actions: ['replace', 'redirect'], text: 'blue lamp' }]);
    const explained = await index.explain({ text: 'a luminaire', mode: 'token' }, before[0]);
    expect(explained?.value).toBeGreaterThan(0);
    expect(explained?.rules).toEqual([{ id: 'r0', actions: ['replace'], text: 'blue lamp' }]);
  });
});

describe('two rules that want what one can have', () => {
  it('leave it to the first, and see what was typed', async () => {
    await curated(
      { when: { exact: 'luminaire' }, replace: 'blue lamp', redirect: '/lamps' },
      { when: { exact: 'luminaire' }, replace: 'red hammer', redirect: '/hammers' },
      { when: { exact: 'blue lamp' }, hide: { filter: [{ exists: { field: 'title' } }] } },
    );
    const answer = await ask({ text: 'luminaire' });
    expect(answer.hits.length).toBeGreaterThan(0);
    expect(answer.redirect).toBe('/lamps');
    expect(answer.rules).toEqual([
      { id: 'r0', actions: ['replace', 'redirect'], text: 'blue lamp' },
      { id: 'r1', actions: [] },
    ]);
  });

  it('replace what is being typed by a text that is whole', async () => {
    const request = { text: 'luminaire', mode: 'token', k: 100, total: true } as const;
    await curated({ when: { exact: 'luminaire' }, replace: 'ham' });
    const { total } = await ask(request);
    expect((await ask({ ...request, typing: true })).total).toBe(total);
  });

  it('show nothing that one of them hides, though the other pins it', async () => {
    const [first, second] = await ids();
    await curated({ pin: [second] }, { hide: { ids: [second] } });
    const answer = await ask();
    expect([answer.hits[0].id, idsOf(answer).includes(second)]).toEqual([first, false]);
    expect(answer.rules?.map(({ actions }) => actions)).toEqual([[], ['hide']]);
  });
});

describe('scores that are not above 0', () => {
  it('are raised by a boost and lowered by bury too, also the lowest', async () => {
    const ranked = ['a', 'b', 'c'].map((id, i) => ({ id, score: -i }));
    const moved = async (rule: Omit<RuleInput, 'id'>) => {
      const match = async () => checkRules([{ id: 'r', ...rule }]).map(each => ({ rule: each }));
      const curation = await curate({} as never, { match, ready: async () => undefined }, { text: 'x' });
      return (await curation?.move(ranked))?.map(({ id }) => id).join('');
    };
    expect(await moved({ boost: { ids: ['c'], by: 1000 } })).toBe('cab');
    expect(await moved({ boost: { ids: ['b'], by: 3 } })).toBe('bac');
    expect(await moved({ bury: { ids: ['a'] } })).toBe('bac');
  });
});

describe('rules that hold', () => {
  it('are told with what they did, and to which hit', async () => {
    const [first, second, third] = await ids();
    await curated(
      { when: { near: { examples: ['red hamer'], cosine: 0.9 } }, pin: [third], bury: { ids: [first] } },
      { when: { exact: 'other' }, pin: [first] },
    );
    const { rules, hits } = await ask({ explain: true });
    expect(rules).toEqual([{ id: 'r0', actions: ['bury', 'pin'], cosine: expect.closeTo(1, 1) }]);
    expect([hits[0].id, hits[1].id]).toEqual([third, second]);
    expect(hits[0].parts?.rules).toEqual([{ id: 'r0', action: 'pin', position: 1 }]);
    expect(hits[1].parts?.rules).toBeUndefined();
    const explained = await index.explain({ text: 'red hammer' }, first);
    expect(explained?.rules).toMatchObject([{ id: 'r0', actions: ['bury'] }]);
  });

  it('can be left out by a request', async () => {
    const before = await ask();
    await curated({ hide: { ids: [before.hits[0].id] } });
    const { took: _, ...without } = await ask({ rules: false });
    const { took: __, ...plain } = before;
    expect(without).toEqual(plain);
  });
});

describe('rules of an index', () => {
  it('leave no trace once they are taken out', async () => {
    const before = await ask({ explain: true, total: true, facets: [{ field: 'brand' }] });
    const [, second] = idsOf(before);
    await curated({ pin: [second], hide: { ids: ['d1'] }, boost: { ids: ['d2'] } });
    expect(await ids()).not.toEqual(idsOf(before));
    await index.setRules([]);
    const { took: _, ...after } = await ask({ explain: true, total: true, facets: [{ field: 'brand' }] });
    const { took: __, ...plain } = before;
    expect(after).toEqual(plain);
    expect(await index.rules()).toEqual([]);
  });

  it('are refused whole where one is wrong', async () => {
    await curated({ pin: ['d1'] });
    const before = await index.rules();
    await expect(curated({ pin: ['d2'] }, { hide: {} })).rejects.toMatchObject({ code: 'rules/invalid' });
    expect(await index.rules()).toEqual(before);
  });

  it('that are altered on disk are told when the index is opened, as documents are', async () => {
    const place = join(folder, 'altered');
    await buildIndex({ documents, indexing: indexing(), out: place });
    const writer = await openWritableIndex(place);
    await writer.setRules([{ id: 'a-rule-of-ours', pin: ['d1'] }]);
    await writer.close();
    const path = join(place, 'documents', 'data.mdb');
    const bytes = await readFile(path);
    for (let at = bytes.indexOf('a-rule-of-ours'); at >= 0; at = bytes.indexOf('a-rule-of-ours', at + 1))
      bytes[at] = 98;
    await writeFile(path, bytes);
    await expect(openWritableIndex(place)).rejects.toMatchObject({ code: 'index/documents-damaged' });
  });

  it('are in its snapshots', async () => {
    const [place, taken, restored] = ['source', 'taken', 'restored'].map(name => join(folder, name));
    await buildIndex({ documents, indexing: indexing(), out: place });
    const writer = await openWritableIndex(place);
    await writer.setRules([{ id: 'a', pin: ['d7'] }]);
    await takeSnapshot(place, taken);
    await writer.setRules([]);
    await writer.close();
    await restoreSnapshot(taken, restored);
    const back = await openWritableIndex(restored);
    expect((await back.rules()).map(({ id }) => id)).toEqual(['a']);
    expect(idsOf(await back.search({ text: 'red hammer' }))[0]).toBe('d7');
    await back.close();
  });

  it('are followed by readers, and are there when the index is opened again', async () => {
    const place = join(folder, 'followed');
    const embedder = letterModel();
    await buildIndex({ documents, embedder, indexing: indexing(), out: place });
    let writer = await openWritableIndex(place, { embedder });
    const openCompanions = async () => ({ embedder: letterModel(), close: async () => undefined });
    const reader = await followIndex(place, { openCompanions, everyMs: 0 });
    const found = async (of: Pick<WritableIndex, 'search'>) => idsOf(await of.search({ text: 'red hammer' }));
    const before = await found(reader);
    const receipt = await writer.setRules([
      { id: 'a', when: { near: { examples: ['red hammer'], cosine: 0.99 } }, pin: [before[8]] },
    ]);
    await reader.caughtUp(Number(receipt));
    expect((await found(reader))[0]).toBe(before[8]);
    await reader.caughtUp(Number(await writer.put([{ id: 'new', title: 'violet umbrella' }])));
    expect((await found(reader))[0]).toBe(before[8]);
    await reader.close();
    await writer.close();
    writer = await openWritableIndex(place, { embedder });
    expect((await found(writer))[0]).toBe(before[8]);
    expect((await writer.rules()).map(({ id }) => id)).toEqual(['a']);
    await writer.close();
  });
});
