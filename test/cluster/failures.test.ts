import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { buildClusterIndex } from '../../serving/backends/opensearch/build.js';
import { openCluster } from '../../serving/backends/opensearch/cluster.js';
import { followClusterIndex } from '../../serving/backends/opensearch/follow.js';
import { openClusterIndex } from '../../serving/backends/opensearch/open.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { lastJson, runTandem } from '../cli/run-tandem.js';
import { indexing, letterModel, makeDocuments } from '../search/fixture.js';
import { jsonLines } from '../small-model.js';
import { dropIndexes, newIndexName, nodeUrl } from './cluster.js';

const urls = [nodeUrl(1)];
const names: string[] = [];
const cluster = openCluster({ urls });
afterAll(async () => {
  await dropIndexes(names);
  await cluster.close();
});

const embedder = letterModel();
async function newIndex() {
  const index = newIndexName();
  names.push(index);
  const build = (count = 40, replace = false) =>
    buildClusterIndex({
      ...{ urls, index, replace, documents: makeDocuments(count), embedder, indexing: indexing(), replicas: 0 },
    });
  await build();
  return { index, build };
}
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: TandemError) => error.code,
  );

/** Stands between: forwards bytes, or takes them and is silent. */
async function proxyTo(port: number) {
  const sockets = new Set<Socket>();
  let [stalled, requests] = [false, 0];
  const server = createServer(near => {
    const far = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ]) {
      sockets.add(from);
      from.on('data', bytes => {
        if (from === near) requests++;
        if (!stalled) to.write(bytes);
      });
      from.on('error', () => undefined).on('close', () => to.destroy());
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    stall: () => {
      stalled = true;
    },
    /** what waits on the old connections never comes */
    resume: () => {
      stalled = false;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

describe('a network between server and cluster that forwards nothing any more', () => {
  it('holds up what is under way for its time, and nothing that comes behind it', async () => {
    const { index } = await newIndex();
    const proxy = await proxyTo(Number(new URL(urls[0]).port));
    const served = followClusterIndex({ urls: [proxy.url], index, embedder, timeoutMs: 1_000, keptMs: 60_000 });
    const search = () => codeOf(served.search({ text: 'red hammer' }));
    expect(await search()).toBe('done');
    proxy.stall();
    const before = proxy.requests();
    const first = await Promise.all(Array.from({ length: 20 }, search));
    expect(new Set(first)).toEqual(new Set(['cluster/unreachable']));
    const asked = proxy.requests() - before;
    // 20 searches, each tried twice, and what looks after the alias; their requests may come in several pieces
    const behind = await Promise.all(Array.from({ length: 500 }, search));
    expect(new Set(behind)).toEqual(new Set(['cluster/unreachable']));
    expect(proxy.requests() - before - asked).toBeLessThan(10);
    expect((await served.status()).fault).toMatchObject({ code: 'cluster/unreachable' });
    proxy.resume();
    while ((await search()) !== 'done') await sleep(50);
    proxy.close();
    await served.close();
  });
});

/** Says how much must be free on a disk. The cluster looks at its disks every ten seconds. */
const demandFree = (size: string | null): Promise<unknown> =>
  cluster.ask('PUT', '/_cluster/settings', {
    transient: {
      ...Object.fromEntries(
        ['low', 'high', 'flood_stage'].map(mark => [`cluster.routing.allocation.disk.watermark.${mark}`, size]),
      ),
      'cluster.routing.allocation.disk.threshold_enabled': size === null ? null : true,
      'cluster.info.update.interval': size === null ? null : '10s',
    },
  });

const isLong = process.env.TANDEM_CLUSTER_LONG === '1';
if (!isLong) console.log('TANDEM_CLUSTER_LONG is not 1: no disk is full');

describe.skipIf(!isLong)('a cluster whose disks are full', () => {
  it('takes no write, says so, and searches on; the index stays what it was', async () => {
    const { index, build } = await newIndex();
    const opened = await openClusterIndex({ urls, index, embedder });
    const write = (id: string) => codeOf(opened.write([{ put: { id, title: 'violet umbrella' } }]));
    try {
      await demandFree('900000gb');
      let written = 0;
      while ((await write(`before-${written}`)) === 'done') {
        written++;
        await sleep(500);
      }
      expect(await write('behind')).toBe('cluster/disk-full');
      expect(await codeOf(opened.setSynonyms(['hose, pipe']))).toBe('cluster/disk-full');
      while ((await codeOf(build(10, true))) !== 'cluster/disk-full') await sleep(500);
      expect(await opened.get('behind')).toBeUndefined();
      const { total, hits } = await opened.search({ text: 'umbrella', mode: 'token', total: true });
      expect([total, hits.length]).toEqual([written, Math.min(10, written)]);
      const generations = await cluster.ask('GET', `/${index}.generation-*`);
      expect(Object.keys(generations as object)).toHaveLength(1);
      await demandFree('1mb');
      while ((await write('again')) !== 'done') await sleep(500);
      while ((await codeOf(build(10, true))) !== 'done') await sleep(500);
    } finally {
      await demandFree(null);
      await cluster.ask('PUT', '/_cluster/settings', { persistent: { 'cluster.blocks.create_index': null } });
      await opened.close();
    }
  }, 300_000);
});

describe('an index that is not what it should be', () => {
  it('of another layout is refused by its number', async () => {
    const { index } = await newIndex();
    const generation = `/${index}.generation-1`;
    const { [generation.slice(1)]: found } = await cluster.ask<
      Record<string, { mappings: { _meta: Record<string, unknown> } }>
    >('GET', generation);
    await cluster.ask('PUT', `${generation}/_mapping`, { _meta: { ...found.mappings._meta, format: 99 } });
    const opened = openClusterIndex({ urls, index, embedder });
    await expect(opened).rejects.toMatchObject({
      code: 'cluster/other-version',
      message: expect.stringContaining('layout 99'),
    });
    const { error } = await runTandem([
      ...['search', '--backend', 'opensearch', '--url', urls[0], '--index', index, 'hammer'],
    ]);
    expect(error).toContain('cluster/other-version');
  });

  it('takes nothing of a document that its mapping cannot take, and of others all', async () => {
    const { index } = await newIndex();
    const opened = await openClusterIndex({ urls, index, embedder });
    // each attribute that is a place takes a field of the mapping, of which a cluster takes a thousand
    const changes = Array.from({ length: 6 }, (_, i) => {
      const places = Array.from({ length: 200 }, (__, j): [string, object] => [`place${i}x${j}`, { lat: 47, lon: 8 }]);
      return { put: { id: `p${i}`, title: 'violet umbrella', ...Object.fromEntries(places) } };
    });
    const results = await opened.writeEach([...changes, { put: { id: 'last', title: 'violet umbrella' } }]);
    const failed = results.filter(result => result instanceof TandemError);
    expect(failed.length).toBeGreaterThan(0);
    for (const { code } of failed) expect(code).toBe('cluster/mapping-conflict');
    expect(results.at(-1)).not.toBeInstanceOf(TandemError);
    const { hits } = await opened.search({ text: 'umbrella', mode: 'token' });
    expect(hits).toHaveLength(results.length - failed.length);
    await opened.close();
  });
});

const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

const onlyFirst = JSON.stringify([{ terms: { field: 'id', values: ['d0'] } }]);

describe('kill -9 of tandem index', () => {
  it('leaves the name where it led, or nowhere, and the next one makes it whole', async () => {
    const index = newIndexName();
    names.push(index);
    const folder = await mkdtemp(join(tmpdir(), 'tandem-killed-'));
    const there = ['--backend', 'opensearch', '--url', urls[0]];
    const words = [
      'index',
      '--documents',
      join(folder, 'documents.jsonl'),
      '--out',
      index,
      '--replicas',
      '0',
      ...there,
    ];
    const killed = async (...more: readonly string[]): Promise<void> => {
      const before = await generations();
      const child = spawn(process.execPath, [main, ...words, ...more], { stdio: 'ignore' });
      while ((await generations()).every(name => before.includes(name))) await sleep(5);
      child.kill('SIGKILL');
      await once(child, 'exit');
    };
    const generations = async (): Promise<string[]> =>
      Object.keys(
        await cluster.ask<object>('GET', `/${index}.generation-*`, undefined, { query: { allow_no_indices: true } }),
      );
    const title = async (): Promise<string> => {
      const { out, error } = await runTandem([
        ...['search', '--index', index, ...there, 'hammer', '--filter', onlyFirst, '--json'],
      ]);
      return error.includes('tandem: ') ? error : lastJson({ out }).hits[0].document.title;
    };
    const documents = (title0: string) => jsonLines([{ id: 'd0', title: title0 }, ...makeDocuments(20_000).slice(1)]);
    await writeFile(join(folder, 'documents.jsonl'), documents('first hammer'));
    await killed();
    expect(await title()).toMatch(/index\/not-found.*one was begun and is not whole/s);
    expect((await runTandem([...words, '--json'])).exit).toBe(0);
    expect(await title()).toBe('first hammer');
    await writeFile(join(folder, 'documents.jsonl'), documents('second hammer'));
    await killed('--force');
    expect(await title()).toBe('first hammer');
    expect((await runTandem([...words, '--force', '--json'])).exit).toBe(0);
    expect(await title()).toBe('second hammer');
    expect(await generations()).toHaveLength(1);
    await rm(folder, { recursive: true, force: true });
  });
});
