import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { type BuildClusterOptions, buildClusterIndex } from '../../serving/backends/opensearch/build.js';
import { openCluster } from '../../serving/backends/opensearch/cluster.js';
import { indexNames } from '../../serving/backends/opensearch/names.js';
import { openClusterIndex } from '../../serving/backends/opensearch/open.js';
import { listClusterGenerations } from '../../serving/backends/opensearch/read-meta.js';
import type { DocumentRow } from '../../src/config/rows.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { indexing } from '../search/fixture.js';
import { dropIndexes, newIndexName, nodeUrl } from './cluster.js';

const urls = [nodeUrl(1)];
const names: string[] = [];
const cluster = openCluster({ urls });
afterAll(async () => {
  await dropIndexes(names);
  await cluster.close();
});

function newIndex() {
  const index = newIndexName();
  names.push(index);
  const build = (title: string, options: Partial<BuildClusterOptions> = {}) =>
    buildClusterIndex({
      ...{ urls, index, indexing: indexing(), replicas: 0, replace: true },
      documents: [{ id: 'a', title }],
      ...options,
    });
  const generations = async () =>
    (await listClusterGenerations(cluster, indexNames(index))).map(({ number, active }) => ({ number, active }));
  const title = async () => {
    const opened = await openClusterIndex({ urls, index });
    const found = await opened.get('a');
    await opened.close();
    return found?.title;
  };
  return { index, build, generations, title };
}

/** Documents behind which something else happens before the index is whole. */
async function* documentsAnd(title: string, meanwhile: () => Promise<unknown>): AsyncGenerator<DocumentRow> {
  yield { id: 'a', title };
  await meanwhile();
}

/** The index is whole when it is finished, and its name leads elsewhere still. */
const finishing = (meanwhile: () => Promise<unknown>): Partial<BuildClusterOptions> => ({
  finish: async () => {
    await meanwhile();
    return { fusionWeight: 0 };
  },
});

const metaOf = async (index: string): Promise<Record<string, unknown>> => {
  const found = await cluster.ask<Record<string, { mappings: { _meta: Record<string, unknown> } }>>('GET', `/${index}`);
  return found[index].mappings._meta;
};

/** What another one does who makes an index of the same name: one more generation, without documents, becomes the active one. */
async function makeActive(index: string, number: number): Promise<void> {
  const at = indexNames(index);
  const all = await listClusterGenerations(cluster, at);
  const made = at.generation(number);
  await cluster.ask('PUT', `/${made}`, { mappings: { _meta: { ...(await metaOf(all[0].index)), whole: true } } });
  await cluster.ask('POST', '/_aliases', {
    actions: [
      { remove: { index: at.generations, alias: at.alias } },
      { add: { index: made, alias: at.alias } },
      { add: { index: made, alias: `${made}.active` } },
    ],
  });
}

/** A door to the cluster at which some requests come to grief. */
async function standBefore(fate: (asked: IncomingMessage) => 'pass' | 'refuse' | 'lose the answer') {
  const server = createServer((asked, reply) => {
    const what = fate(asked);
    if (what === 'refuse') {
      asked.resume();
      reply.writeHead(400, { 'content-type': 'application/json' });
      reply.end('{"error":{"type":"snapshot_in_progress_exception","reason":"it is being kept"},"status":400}');
      return;
    }
    const passed = request(`${urls[0]}${asked.url}`, { method: asked.method, headers: asked.headers }, answer => {
      if (what === 'lose the answer') reply.destroy();
      else answer.pipe(reply.writeHead(answer.statusCode ?? 500, answer.headers));
    });
    asked.pipe(passed);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}`, close };
}

describe('two that make an index of one name', () => {
  it('the one that begins later takes the unfinished one of the other away, who is told', async () => {
    const { build, generations, title } = newIndex();
    const first = build('first', { documents: documentsAnd('first', () => build('second')) });
    await expect(first).rejects.toMatchObject({ code: 'index/not-found' });
    expect(await title()).toBe('second');
    expect(await generations()).toEqual([{ number: 2, active: true }]);
  });

  it('leave one that is active, whoever is done last', async () => {
    const { index, build, generations, title } = newIndex();
    await build('before');
    await build(
      'last',
      finishing(() => makeActive(index, 7)),
    );
    expect(await title()).toBe('last');
    expect((await generations()).filter(({ active }) => active)).toEqual([{ number: 2, active: true }]);
  });

  it('keep the one that was done first where none may be replaced', async () => {
    const { index, build, generations } = newIndex();
    const late = build('late', { replace: false, ...finishing(() => makeActive(index, 7)) });
    await expect(late).rejects.toMatchObject({ code: 'files/exists' });
    expect(await generations()).toEqual([{ number: 7, active: true }]);
  });
});

describe('what a kill, or a failure, leaves', () => {
  it('is taken away by the next one to be made, also where it is whole', async () => {
    const { index, build, generations } = newIndex();
    await build('first');
    const at = indexNames(index);
    const meta = await metaOf(at.generation(1));
    await cluster.ask('PUT', `/${at.generation(3)}`, { mappings: { _meta: meta } });
    await cluster.ask('PUT', `/${at.generation(4)}`, { mappings: { _meta: { ...meta, whole: false } } });
    await build('second');
    expect(await generations()).toEqual([{ number: 5, active: true }]);
  });

  it('is never what the name leads to', async () => {
    const { build, generations, title } = newIndex();
    await build('first');
    // a generation of which a snapshot is made cannot be taken away
    const busy = await standBefore(({ method }) => (method === 'DELETE' ? 'refuse' : 'pass'));
    await build('second', { urls: [busy.url] });
    expect(await title()).toBe('second');
    await build('third');
    expect(await generations()).toEqual([{ number: 3, active: true }]);
    const deaf = await standBefore(({ url }) => (url === '/_aliases' ? 'lose the answer' : 'pass'));
    await expect(build('fourth', { urls: [deaf.url] })).rejects.toMatchObject({ code: 'cluster/unreachable' });
    expect(await title()).toBe('fourth');
    for (const { close } of [busy, deaf]) close();
  });

  it('is what it was where the documents fail', async () => {
    const { build, generations, title } = newIndex();
    await build('first');
    const fail = () => Promise.reject(new TandemError('data/malformed-row', 'no row'));
    await expect(build('second', { documents: documentsAnd('second', fail) })).rejects.toThrow('no row');
    expect(await title()).toBe('first');
    expect(await generations()).toEqual([{ number: 1, active: true }]);
  });

  it('is none of an index whose name begins like it', async () => {
    const { index, build, generations } = newIndex();
    const like = `${index}.generation-9`;
    await buildClusterIndex({
      ...{ urls, index: like, indexing: indexing(), replicas: 0 },
      documents: [{ id: 'a', title: 'other' }],
    });
    await build('own');
    expect(await generations()).toEqual([{ number: 1, active: true }]);
    const other = await openClusterIndex({ urls, index: like });
    expect(await other.get('a')).toMatchObject({ title: 'other' });
    await other.close();
  });
});
