import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IndexAttribute } from '../../src/search/index-attributes.js';
import { json, ofA, ofB, openTenants } from './tenants.js';

let tenants: Awaited<ReturnType<typeof openTenants>>;
beforeAll(async () => {
  tenants = await openTenants();
});
afterAll(() => tenants.close());
const ask: typeof tenants.ask = (...asked) => tenants.ask(...asked);

describe('what a key with a filter does', () => {
  const put = (of: string, body: object) => ask(json(`/documents/${of}`, body, 'PUT'));
  const coded = (reply: { statusCode: number; json: () => { code?: string } }) => [reply.statusCode, reply.json().code];

  it('writes what passes the filter, and nothing else', async () => {
    expect((await put('a-new', { title: 'steel ruler', tenant: 'a' })).statusCode).toBe(200);
    expect((await ask(json('/search', { text: 'ruler', mode: 'token' }))).json().hits[0].id).toBe('a-new');
    expect(coded(await put('a-other', { title: 'steel ruler' }))).toEqual([403, 'key/outside-filter']);
    expect(coded(await put('a-other', { title: 'steel ruler', tenant: 'b' }))).toEqual([403, 'key/outside-filter']);
    expect(coded(await put('b-01', { title: 'steel ruler', tenant: 'a' }))).toEqual([409, 'key/id-taken']);
    expect(coded(await ask(json('/documents/b-01', { price: 1 }, 'PATCH')))).toEqual([404, 'request/not-found']);
    expect(coded(await ask(json('/documents/a-new', { tenant: 'b' }, 'PATCH')))).toEqual([403, 'key/outside-filter']);
    const removed = await ask({ method: 'DELETE', url: '/documents/b-01' });
    expect([removed.statusCode, removed.json().found]).toEqual([200, false]);
    expect((await ask({ method: 'DELETE', url: '/documents/a-new' })).json().found).toBe(true);
    expect(tenants.index.ids().filter(of => of === 'a-new' || of === 'a-other')).toEqual([]);
    expect(await tenants.index.get('b-01')).toEqual(ofB[1]);
  });

  it('is told the attributes of its own documents alone', async () => {
    const told = async (key?: 'all'): Promise<readonly IndexAttribute[]> =>
      (await ask({ method: 'GET', url: '/page/settings' }, key)).json().attributes;
    const named = (attributes: readonly IndexAttribute[], of: string) => attributes.find(({ name }) => name === of);
    const [own, all] = [await told(), await told('all')];
    // oak and elm, and not the brand of others
    expect(named(own, 'brand')).toEqual({ name: 'brand', kind: 'text', documents: ofA.length, values: 2 });
    expect(named(all, 'brand')).toMatchObject({ documents: ofA.length + ofB.length });
    expect(JSON.stringify(own)).not.toContain('umbrafield');
    expect(JSON.stringify(all)).toContain('umbrafield');
  });

  it('names no picture that it does not see', async () => {
    const withImages = (...images: string[]) => put('a-pictured', { title: 'x', tenant: 'a', images });
    expect((await withImages('a/one.webp', 'data:image/png;base64,AAAA')).statusCode).toBe(200);
    for (const path of ['b/two.webp', 'a/../b/two.webp', 'one.webp', 'a', 'a\\..\\b\\two.webp'])
      expect(coded(await withImages(path))).toEqual([403, 'key/outside-filter']);
    const images = ['b/two.webp'];
    expect(coded(await ask(json('/documents/a-pictured', { images }, 'PATCH')))).toEqual([403, 'key/outside-filter']);
    const lines = [{ put: { id: 'a-bulk', title: 'x', tenant: 'a', images } }, { patch: { id: 'a-pictured', images } }];
    const payload = lines.map(each => `${JSON.stringify(each)}\n`).join('');
    await ask({ method: 'POST', url: '/documents/bulk', payload, type: 'application/x-ndjson' });
    expect(await tenants.index.get('a-bulk')).toBeUndefined();
    expect((await tenants.index.get('a-pictured'))?.images).toEqual(['a/one.webp', 'data:image/png;base64,AAAA']);
    await ask({ method: 'DELETE', url: '/documents/a-pictured' });
  });

  it('pages through its own rankings alone', async () => {
    const request = json('/search', { text: 'hammer', k: 2, pages: true, mode: 'token' });
    const { cursor } = (await ask(request)).json();
    expect((await ask(json('/search/next', { cursor, k: 2 }))).statusCode).toBe(200);
    expect(coded(await ask(json('/search/next', { cursor, k: 2 }), 'all'))).toEqual([410, 'search/cursor-expired']);
  });

  it('likens to its own documents alone, and deletes by a filter among them', async () => {
    const like = (...to: string[]) => ask(json('/search', { similar: { to }, mode: 'token' }));
    expect((await like('a-0')).json().hits.length).toBeGreaterThan(0);
    const [hidden, none] = [await like('b-00'), await like('none')];
    expect(hidden.json().message.replaceAll('b-00', 'none')).toBe(none.json().message);
    expect(coded(hidden)).toEqual([400, 'request/invalid']);
    const unlike = (...not: string[]) => ask(json('/search', { similar: { to: ['a-0'], not }, mode: 'token' }));
    expect(coded(await unlike('b-00'))).toEqual([400, 'request/invalid']);
    expect((await unlike('b-00')).json().message.replaceAll('b-00', 'none')).toBe(
      (await unlike('none')).json().message,
    );
    const everything = { filter: [{ exists: { field: 'tenant' } }], dryRun: true };
    const counted = async (key: 'a' | 'all') => (await ask(json('/documents/delete', everything), key)).json().matched;
    expect([await counted('a'), await counted('all')]).toEqual([ofA.length, ofA.length + ofB.length]);
    expect(coded(await ask(json('/documents/delete', { filter: [] })))).toEqual([400, 'request/invalid']);
  });

  it('is shown nothing that rules of curation pin for others', async () => {
    const hits = async (key: 'a' | 'all') => {
      const { statusCode, body } = await ask(json('/search', { text: 'hammer', total: true }), key);
      expect(statusCode).toBe(200);
      return JSON.parse(body);
    };
    const before = await hits('a');
    const rules = [{ id: 'promote', pin: ['b-00', 'a-1'], boost: { ids: ['b-01'] }, bury: { ids: ['b-02'] } }];
    expect((await ask(json('/rules', { rules }, 'PUT'), 'all')).statusCode).toBe(200);
    expect((await hits('all')).hits[0].id).toBe('b-00');
    const found = await hits('a');
    expect(found.hits.filter(({ id: of }: { id: string }) => of.startsWith('b-'))).toEqual([]);
    expect(found.hits.map(({ id: of }: { id: string }) => of)).toContain('a-1');
    expect(found.total).toBeLessThanOrEqual(before.total + 1);
    const explained = await ask(json('/explain', { id: 'b-00', text: 'hammer' }));
    expect(coded(explained)).toEqual([404, 'request/not-found']);
    expect((await ask(json('/rules', { rules: [] }, 'PUT'), 'all')).statusCode).toBe(200);
  });

  it('completes from its own titles, and is corrected to its own words', async () => {
    const completions = async (typed: string, key: 'a' | 'all' = 'a') =>
      (await ask({ method: 'GET', url: `/suggest?text=${encodeURIComponent(typed)}` }, key)).json().completions;
    expect((await completions('hamm')).map((each: { text: string }) => each.text)).toContain('hammer');
    expect((await completions('steel ha'))[0]).toMatchObject({ kind: 'word', text: 'steel hammer' });
    expect(await completions('quokk')).toEqual([]);
    expect(await completions('quokk', 'all')).not.toEqual([]);
    const suggestion = async (typed: string, key: 'a' | 'all' = 'a') =>
      (await ask(json('/search', { text: typed, mode: 'token' }), key)).json().suggestion;
    expect(await suggestion('hamer')).toBe('hammer');
    expect(await suggestion('quokkanat', 'all')).toBe('quokkanut');
    expect(await suggestion('quokkanat')).toBeUndefined();
  });
});
