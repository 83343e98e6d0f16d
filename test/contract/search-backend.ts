import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DocumentRow } from '../../src/config/rows.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import type { IndexWriter, SearchBackend } from '../../src/search/backend.js';
import type { SearchRequest } from '../../src/search/request.js';

export type WritableBackend = Omit<SearchBackend & IndexWriter, 'filteredReader' | 'filteredWriter'>;

/** What is tested: a backend over these documents, with a model that counts letters or without one. */
export type OpenBackend = (documents: readonly DocumentRow[], withModel: boolean) => Promise<WritableBackend>;

const documents: readonly DocumentRow[] = [
  { id: 'a', title: 'red garden hose', price: 12, brand: 'Bolt', description: 'fifty feet of rubber' },
  { id: 'b', title: 'green garden hose', price: 30, brand: 'Bolt' },
  { id: 'c', title: 'garden chair', price: 55, brand: 'Oak' },
  { id: 'd', title: 'red lamp', price: 20, specs: { watts: 60 } },
  { id: 'e', title: 'Kaffeemaschine für Büros', language: 'de', price: 99 },
  { id: 'f/ü_100%', title: 'hose clamp', price: 3, brand: 'Bolt' },
];

const codeOf = async (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'no error',
    error => (error instanceof TandemError ? error.code : String(error)),
  );

/** Every backend, wherever it keeps its documents and however it is reached, behaves so. */
export function describeSearchBackend(name: string, open: OpenBackend): void {
  describe(`a backend, ${name}`, () => {
    const opened: WritableBackend[] = [];
    const openNew = async (rows = documents, withModel = true): Promise<WritableBackend> => {
      const backend = await open(rows, withModel);
      opened.push(backend);
      return backend;
    };
    let backend: WritableBackend;
    beforeAll(async () => {
      backend = await openNew();
    });
    afterAll(() => Promise.all(opened.map(each => each.close())));
    const idsOf = async (request: SearchRequest, of = backend): Promise<string[]> =>
      (await of.search(request)).hits.map(({ id }) => id);

    describe('searching', () => {
      it('finds documents by their words, best first, whole', async () => {
        const { hits, mode, took } = await backend.search({ text: 'red hose', mode: 'token' });
        expect(mode).toBe('token');
        expect(hits[0].id).toBe('a');
        expect(hits[0].document).toEqual(documents[0]);
        expect(new Set(hits.map(({ id }) => id))).toEqual(new Set(['a', 'b', 'd', 'f/ü_100%']));
        expect(hits.every(({ score }, i) => i === 0 || score <= hits[i - 1].score)).toBe(true);
        expect(took.total).toBeGreaterThanOrEqual(0);
      });

      it('answers hybrid by default where there are vectors, otherwise by tokens', async () => {
        expect((await backend.search({ text: 'garden' })).mode).toBe('hybrid');
        expect((await backend.status()).modes).toEqual(['hybrid', 'vector', 'token']);
        const without = await openNew(documents, false);
        expect((await without.search({ text: 'garden' })).mode).toBe('token');
        expect((await without.status()).modes).toEqual(['token']);
        for (const mode of ['hybrid', 'vector'] as const)
          expect(await codeOf(without.search({ text: 'garden', mode }))).toBe('index/no-vectors');
      });

      it('finds by vectors what no word leads to, and ranks every document once', async () => {
        expect((await backend.search({ text: 'gardn hoes', mode: 'vector', k: 2 })).hits).toHaveLength(2);
        const ids = await idsOf({ text: 'red hose', mode: 'hybrid', k: 100 });
        expect(new Set(ids).size).toBe(documents.length);
        expect(ids).toHaveLength(documents.length);
      });

      it('gives the beginning of a longer answer for a shorter one, and in pages the whole', async () => {
        for (const mode of ['hybrid', 'vector', 'token'] as const) {
          const whole = await idsOf({ text: 'red garden hose', mode, k: 100 });
          expect(await idsOf({ text: 'red garden hose', mode, k: 2 })).toEqual(whole.slice(0, 2));
          const first = await backend.search({ text: 'red garden hose', mode, k: 2, pages: true });
          const paged = first.hits.map(({ id }) => id);
          for (let { cursor } = first; cursor !== undefined; ) {
            const page = await backend.next(cursor, 2);
            paged.push(...page.hits.map(({ id }) => id));
            cursor = page.cursor;
          }
          expect(paged).toEqual(whole);
        }
        expect(await codeOf(backend.next('nobody.0', 2))).toBe('search/cursor-expired');
      });

      it('obeys filters on every side, and sorts', async () => {
        const filter = [{ range: { field: 'price', max: 20 } }];
        for (const mode of ['hybrid', 'vector', 'token'] as const)
          for (const id of await idsOf({ text: 'red hose', mode, k: 100, filter }))
            expect(documents.find(each => each.id === id)?.price).toBeLessThanOrEqual(20);
        const sort = [{ field: 'price', order: 'descending' }] as const;
        expect(await idsOf({ filter: [{ exists: { field: 'brand' } }], sort })).toEqual(['c', 'b', 'a', 'f/ü_100%']);
      });

      it('counts, and reads operators and trees', async () => {
        const { total, facets } = await backend.search({
          text: 'hose',
          mode: 'token',
          total: true,
          facets: [{ field: 'brand' }],
        });
        expect(total).toBe(3);
        expect(facets).toEqual([{ field: 'brand', values: [{ value: 'Bolt', count: 3 }], documents: 3 }]);
        const query = { phrase: { text: 'garden hose' } };
        expect(new Set(await idsOf({ query, mode: 'token' }))).toEqual(new Set(['a', 'b']));
        expect(await idsOf({ text: 'hose -red -clamp', syntax: 'query', mode: 'token' })).toEqual(['b']);
      });

      it('shows what matches, and what each side gave', async () => {
        const { hits } = await backend.search({
          text: 'rubber hose',
          highlight: {},
          explain: true,
          mode: 'hybrid',
          k: 3,
        });
        const [{ highlights, parts }] = hits;
        expect(highlights?.map(({ field }) => field)).toContain('description');
        expect(parts?.token).toBeGreaterThan(0);
        expect(parts?.vector).toBeLessThanOrEqual(1);
        expect(parts?.tokenRank).toBe(1);
      });

      it('explains the score of the token side', async () => {
        const [{ id, score }] = (await backend.search({ text: 'red hose', mode: 'token' })).hits;
        const explained = await backend.explain({ text: 'red hose' }, id);
        expect(explained?.value).toBe(score);
        expect((await backend.explain({ text: 'xyzzy' }, id))?.value).toBe(0);
        expect(await backend.explain({ text: 'red hose' }, 'nowhere')).toBeUndefined();
      });

      it.each<[string, object]>([
        ['an empty request', {}],
        ['no hits', { text: 'x', k: 0 }],
        ['an unknown field', { text: 'x', colour: 'red' }],
        ['an unknown mode', { text: 'x', mode: 'magic' }],
        ['a function that is none', { text: 'x', functions: [{ saturation: { field: 'price', pivot: -1 } }] }],
        ['an order that is none', { text: 'x', sort: [{ field: 'price', order: 'up' }] }],
        ['a clause that is none', { text: 'x', filter: [{ nothing: {} }] }],
        ['a range upside down', { text: 'x', filter: [{ range: { field: 'price', min: 2, max: 1 } }] }],
      ])('refuses %s', async (_, request) => {
        expect(await codeOf(backend.search(request as SearchRequest))).toBe('request/invalid');
      });

      it('warns of a field that no document has', async () => {
        const { warnings } = await backend.search({ text: 'hose', filter: [{ exists: { field: 'pric' } }] });
        expect(warnings?.[0]).toContain('price');
      });
    });

    describe('a stretch of the hits', () => {
      it('is what stands behind so many of them, in every mode and sorted', async () => {
        const sort = [{ field: 'price', order: 'ascending' }] as const;
        for (const asked of [
          { mode: 'hybrid' },
          { mode: 'vector' },
          { mode: 'token' },
          { mode: 'token', sort },
        ] as const) {
          const whole = await idsOf({ text: 'red garden hose', k: 100, ...asked });
          for (const [from, k] of [
            [0, 2],
            [1, 2],
            [2, 100],
            [50, 3],
          ])
            expect(await idsOf({ text: 'red garden hose', from, k, ...asked })).toEqual(whole.slice(from, from + k));
        }
        expect(await codeOf(backend.search({ text: 'hose', from: 991 }))).toBe('request/invalid');
        expect(await codeOf(backend.search({ text: 'hose', from: 1, pages: true }))).toBe('request/invalid');
      });

      it('leaves counts as they are, and numbers have a least and a greatest', async () => {
        const { total, facets } = await backend.search({
          text: 'hose',
          mode: 'token',
          from: 2,
          total: true,
          facets: [
            { field: 'price', size: 1, stats: true },
            { field: 'brand', stats: true },
            { field: 'price', ranges: [{ to: 10 }], stats: true },
          ],
        });
        expect(total).toBe(3);
        expect(facets?.map(({ stats }) => stats)).toEqual([{ min: 3, max: 30 }, undefined, { min: 3, max: 30 }]);
      });
    });

    describe('texts', () => {
      it('are analysed in the language that is named, or that of the index', async () => {
        const terms = async (text: string, language?: string) => {
          const analysis = await backend.analyze(text, language);
          return [analysis.language, ...(analysis.steps.at(-1)?.tokens ?? []).map(({ term }) => term)];
        };
        expect(await terms('Garden hoses')).toEqual(['en', 'garden', 'hose']);
        expect((await terms('Büros', 'de'))[0]).toBe('de');
        expect(await codeOf(backend.analyze('x', '!'))).toMatch(/^(text\/bad-language|request\/invalid)$/);
      });

      it('are completed', async () => {
        const completions = await backend.complete({ text: 'gard', k: 3 });
        expect(completions[0]).toMatchObject({ text: 'garden', kind: 'word' });
        expect(await codeOf(backend.complete({ text: 'gard', k: 0 }))).toBe('request/invalid');
      });
    });

    describe('reading and writing documents', () => {
      it('gives each as it was written', async () => {
        for (const document of documents) expect(await backend.get(document.id)).toEqual(document);
        expect(await backend.get('nowhere')).toBeUndefined();
        expect(await backend.count()).toBe(documents.length);
        expect((await backend.status()).fault).toBeUndefined();
      });

      it('finds what is acknowledged, on every side, and nothing of what was before', async () => {
        const own = await openNew();
        const nearness = async () =>
          (await own.search({ text: 'violet umbrella', mode: 'vector', k: 100 })).hits.find(({ id }) => id === 'a')
            ?.score;
        const before = await nearness();
        const receipt = await own.write([{ put: { id: 'a', title: 'violet umbrella', price: 7 } }]);
        expect(receipt).toBeDefined();
        for (const mode of ['hybrid', 'token'] as const)
          expect((await idsOf({ text: 'violet umbrella', mode, k: 1 }, own))[0]).toBe('a');
        expect(await nearness()).not.toBe(before);
        expect(await idsOf({ text: 'rubber', mode: 'token' }, own)).toEqual([]);
        await own.write([{ patch: { id: 'a', price: 8, brand: null } }]);
        expect(await own.get('a')).toEqual({ id: 'a', title: 'violet umbrella', price: 8 });
        await own.write([{ delete: 'a' }]);
        expect([await own.get('a'), await own.count()]).toEqual([undefined, documents.length - 1]);
        expect(await idsOf({ text: 'violet', mode: 'token' }, own)).toEqual([]);
      });

      it('makes the changes that can be made, in their order, and says why others cannot', async () => {
        const own = await openNew();
        const outcomes = await own.writeEach([
          { put: { id: 'x', title: 'first' } },
          { patch: { id: 'x', title: 'second' } },
          { patch: { id: 'nowhere', price: 1 } },
          { delete: 'b' },
        ]);
        const codes = outcomes.map(each => (each instanceof TandemError ? each.code : 'written'));
        expect(codes).toEqual(['written', 'written', 'request/not-found', 'written']);
        expect(await own.get('x')).toEqual({ id: 'x', title: 'second' });
        expect(await own.get('b')).toBeUndefined();
      });

      it('refuses a document that is none, and changes nothing', async () => {
        const own = await openNew();
        const bad = { id: 'z', title: 1 } as unknown as DocumentRow;
        expect(await codeOf(own.write([{ put: bad }]))).toMatch(/^(data\/malformed-row|request\/invalid)$/);
        expect(await codeOf(own.write([{ patch: { id: 'nowhere', price: 1 } }]))).toBe('request/not-found');
        expect([await own.get('z'), await own.count()]).toEqual([undefined, documents.length]);
      });

      it('deletes what meets a filter, all of it or nothing', async () => {
        const own = await openNew();
        const filter = [{ terms: { field: 'brand', values: ['Bolt'] } }, { range: { field: 'price', max: 20 } }];
        expect(await own.deleteMatching(filter, { dryRun: true })).toEqual({ matched: 2, deleted: 0 });
        expect(await codeOf(own.deleteMatching(filter, { most: 1 }))).toBe('request/too-many-documents');
        expect(await codeOf(own.deleteMatching([]))).toBe('request/invalid');
        expect(await codeOf(own.deleteMatching(filter, { most: 100_001 }))).toBe('request/invalid');
        expect(await own.count()).toBe(documents.length);
        const { receipt, ...deletion } = await own.deleteMatching(filter, { most: 2 });
        expect(deletion).toEqual({ matched: 2, deleted: 2 });
        expect(receipt).toBeDefined();
        expect([await own.get('a'), await own.get('f/ü_100%'), await own.count()]).toEqual([undefined, undefined, 4]);
        expect(await idsOf({ text: 'hose', mode: 'token' }, own)).toEqual(['b']);
        expect(await own.deleteMatching(filter)).toMatchObject({ matched: 0, deleted: 0 });
      });

      it('asks by other synonyms from the acknowledgement on', async () => {
        const own = await openNew();
        expect(await own.synonyms()).toEqual([]);
        expect(await idsOf({ text: 'lantern', mode: 'token' }, own)).toEqual([]);
        await own.setSynonyms(['# of the shop', '', 'lantern, lamp', 'seat => chair']);
        expect(await own.synonyms()).toEqual(['lantern, lamp', 'seat => chair']);
        expect(await idsOf({ text: 'lantern', mode: 'token' }, own)).toEqual(['d']);
        expect(await idsOf({ text: 'seat', mode: 'token' }, own)).toEqual(['c']);
        expect(await codeOf(own.setSynonyms(['alone']))).toBe('text/bad-synonyms');
        expect(await idsOf({ text: 'lantern', mode: 'token' }, own)).toEqual(['d']);
        await own.setSynonyms([]);
        expect([await own.synonyms(), await idsOf({ text: 'lantern', mode: 'token' }, own)]).toEqual([[], []]);
      });

      it('curates by rules from the acknowledgement on, and refuses all where one is wrong', async () => {
        const own = await openNew();
        expect(await own.rules()).toEqual([]);
        const asked = { text: 'red hose', mode: 'token', total: true } as const;
        const before = await own.search(asked);
        await own.setRules([{ id: 'chair', when: { phrase: 'hoses' }, pin: ['c'], hide: { ids: ['a'] } }]);
        expect((await own.rules()).map(({ id }) => id)).toEqual(['chair']);
        const { hits, total, rules } = await own.search(asked);
        expect(hits.map(({ id }) => id)).toEqual(['c', ...before.hits.map(({ id }) => id).filter(id => id !== 'a')]);
        expect(total).toBe(before.total);
        expect(rules).toEqual([{ id: 'chair', actions: ['hide', 'pin'] }]);
        expect((await own.search({ ...asked, rules: false })).hits).toEqual(before.hits);
        expect((await own.explain({ text: asked.text, mode: 'token' }, 'a'))?.rules).toEqual([
          { id: 'chair', actions: ['hide'] },
        ]);
        expect(
          await codeOf(
            own.setRules([
              { id: 'x', pin: ['a'] },
              { id: 'x', pin: ['b'] },
            ]),
          ),
        ).toBe('rules/invalid');
        expect((await own.rules()).map(({ id }) => id)).toEqual(['chair']);
        await own.setRules([]);
        const { took: _, ...after } = await own.search(asked);
        const { took: __, ...plain } = before;
        expect(after).toEqual(plain);
      });

      it('proposes no title of a document that a rule hides, and in its place one that is shown', async () => {
        const own = await openNew(
          ['1', '2', '3'].map(id => ({ id, title: id === '3' ? 'Violet wardrobe' : 'Violet kettle' })),
        );
        const titles = async () =>
          (await own.complete({ text: 'violet', k: 9 })).flatMap(({ kind, id }) => (kind === 'title' ? [id] : []));
        const [shown, ...others] = await titles();
        expect(others).toHaveLength(1);
        const kettle = shown === '3' ? others[0] : shown;
        await own.setRules([{ id: 'x', hide: { ids: [String(kettle)] } }]);
        expect((await titles()).sort()).toEqual([kettle === '1' ? '2' : '1', '3']);
        await own.setRules([{ id: 'x', hide: { filter: [{ range: { field: 'price', min: 5 } }] } }]);
        await own.write([{ put: { id: '3', title: 'Violet wardrobe', price: 9 } }]);
        expect(await titles()).toEqual([kettle]);
        await own.setRules([{ id: 'x', when: { exact: 'something else' }, hide: { ids: ['1', '2', '3'] } }]);
        expect(await titles()).toHaveLength(2);
      });

      it('keeps words whole from the acknowledgement on', async () => {
        const own = await openNew([{ id: 'net', title: 'asp .NET book' }, ...documents]);
        expect(await own.dictionary()).toEqual([]);
        const { documents: changed } = await own.setDictionary([{ text: '.NET', term: 'dotnet' }]);
        expect(changed).toBe(1);
        expect(await own.dictionary()).toEqual([{ text: '.NET', term: 'dotnet' }]);
        expect(await idsOf({ tokens: ['dotnet'], mode: 'token' }, own)).toEqual(['net']);
        expect(await codeOf(own.setDictionary([{ text: '' }]))).toMatch(/^(dictionary\/bad-word|request\/invalid)$/);
      });
    });
  });
}
