import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServer } from '../../src/api/index.js';
import { writeRanker } from '../../src/ranking/learned/ranker-file.js';
import { lastJson, runTandem } from '../cli/run-tandem.js';
import { dearFirst } from '../ranker-fixture.js';
import { dropIndexes, newIndexName, nodeUrl } from './cluster.js';

const model = fileURLToPath(new URL('../fixtures/model/2', import.meta.url));
const index = newIndexName();
const there = ['--backend', 'opensearch', '--url', nodeUrl(1)];
let folder: string;
const rows = [
  { id: '1', title: 'red garden hose', price: 12 },
  { id: '2', title: 'green hose clamp', price: 3 },
  { id: '3', title: 'garden chair', price: 55 },
];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-cluster-'));
  await writeFile(join(folder, 'documents.jsonl'), rows.map(row => JSON.stringify(row)).join('\n'));
  await writeFile(join(folder, 'queries.jsonl'), `${JSON.stringify({ id: 'q', text: 'garden hose' })}\n`);
  await writeFile(join(folder, 'qrels.trec'), 'q 0 1 1\n');
});
afterAll(async () => {
  await dropIndexes([index]);
  await rm(folder, { recursive: true, force: true });
});
const at = (name: string): string => join(folder, name);

describe('commands over a cluster', () => {
  it('index, search, run and evaluate', async () => {
    const made = [
      'index',
      '--documents',
      at('documents.jsonl'),
      '--out',
      index,
      '--model',
      model,
      '--replicas',
      '0',
      ...there,
    ];
    const json = async (words: readonly string[]) => lastJson(await runTandem([...words, '--json']));
    expect(await json(made)).toMatchObject({ index, generation: 1, documents: 3, duplicates: 0 });
    expect(await runTandem(made)).toMatchObject({ exit: 2, error: expect.stringContaining('files/exists') });
    expect(await json([...made, '--force'])).toMatchObject({ generation: 2, documents: 3 });
    expect(await json(['search', '--index', index, ...there, 'garden', 'hose'])).toMatchObject({
      mode: 'token',
      hits: [{ id: '1' }, {}, {}],
    });
    expect(await json(['search', '--index', index, ...there, '--model', model, 'garden', 'hose'])).toMatchObject({
      mode: 'hybrid',
    });
    const asked = ['--index', index, ...there, '--queries', at('queries.jsonl')];
    expect(await json(['run', ...asked, '--out', at('run.trec')])).toMatchObject({ queries: 1 });
    expect(await json(['evaluate', ...asked, '--qrels', at('qrels.trec')])).toMatchObject({
      metrics: { token: { 'nDCG@10': 1 } },
    });
  });

  it('rank set', async () => {
    await writeRanker(at('ranker.json'), dearFirst());
    const set = (...words: readonly string[]) => runTandem(['rank', 'set', '--index', index, ...there, ...words]);
    const search = async () => {
      const words = ['search', '--index', index, ...there, '--model', model, '--explain', '--json', 'garden', 'chair'];
      const { hits } = lastJson(await runTandem(words)) as { hits: readonly { parts: { ranker?: object } }[] };
      return hits[0].parts;
    };
    expect(await search()).not.toHaveProperty('ranker');
    expect(lastJson(await set('--ranker', at('ranker.json'), '--json'))).toEqual({
      folder: index,
      ranker: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(await search()).toHaveProperty('ranker');
    const evaluate = (...words: readonly string[]) =>
      runTandem([
        ...['rank', 'evaluate', '--index', index, ...there, '--queries', at('queries.jsonl')],
        ...['--qrels', at('qrels.trec'), ...words, '--json'],
      ]);
    const { metrics } = lastJson(await evaluate('--model', model));
    expect(Object.keys(metrics)).toEqual(['ranker', 'hybrid', 'rrf', 'vector', 'token']);
    expect((await evaluate()).error).toContain('--model is missing');
    await set('--remove');
    expect((await evaluate('--model', model)).error).toContain('ranker/not-found');
    expect(await search()).not.toHaveProperty('ranker');
    expect((await set('--ranker', at('none.json'))).error).toContain('ranker/not-found');
  });

  it('tune', async () => {
    const tune = async (...words: readonly string[]) => runTandem(['tune', '--index', index, ...there, ...words]);
    expect(lastJson(await tune('--weight', '0.25', '--json'))).toEqual({
      ...{ folder: index, fusionWeight: 0.25, before: expect.any(Number) },
    });
    const generations = await runTandem(['generation', 'list', '--index', index, ...there, '--json']);
    expect(lastJson(generations).generations.at(-1)).toMatchObject({ active: true, fusionWeight: 0.25 });
    const found = lastJson(await tune('--model', model, '--json'));
    expect(found).toMatchObject({ before: 0.25, fusionWeight: expect.any(Number) });
    expect((await tune()).error).toContain('--model is missing');
  });

  it('say what they lack', async () => {
    const search = ['search', 'hose', '--index'];
    expect((await runTandem([...search, index, '--backend', 'opensearch'])).error).toContain('--url is missing');
    expect((await runTandem([...search, index, '--url', nodeUrl(1)])).error).toContain('--backend opensearch');
    expect((await runTandem([...search, 'nowhere', ...there])).error).toContain('index/not-found');
    expect(
      (await runTandem([...search, index, '--backend', 'opensearch', '--url', 'http://127.0.0.1:1'])).error,
    ).toContain('cluster/unreachable');
  });

  it('serve, before there is a cluster too', async () => {
    const server = await createServer({
      index,
      backend: 'opensearch',
      url: [nodeUrl(1)],
      model,
      port: 0,
      writable: true,
    });
    const ask = async (path: string, method = 'GET', body?: object) => {
      const reply = await fetch(new URL(path, server.url), {
        method,
        ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      return { status: reply.status, json: (await reply.json()) as Record<string, unknown> };
    };
    try {
      expect(await ask('health/ready')).toMatchObject({ status: 200, json: { ready: true, documents: 3 } });
      expect((await ask('search', 'POST', { text: 'garden hose' })).json).toMatchObject({ mode: 'hybrid' });
      expect((await ask('documents/4', 'PUT', { id: '4', title: 'violet umbrella' })).status).toBe(200);
      expect((await ask('search', 'POST', { text: 'umbrella', mode: 'token' })).json).toMatchObject({
        hits: [{ id: '4' }],
      });
      const bulk = await fetch(new URL('documents/bulk', server.url), {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson' },
        body: '{"put":{"id":"5","title":"amber parasol"}}\n{"patch":{"id":"6","price":3}}\n',
      });
      expect(
        (await bulk.text())
          .trimEnd()
          .split('\n')
          .map(line => JSON.parse(line)),
      ).toMatchObject([
        { line: 1, id: '5', sequence: expect.stringMatching(/^\d+\.\d+$/) },
        { line: 2, code: 'request/not-found' },
        { done: true, written: 1, failed: 1 },
      ]);
    } finally {
      await server.close();
    }
    const lost = await createServer({ index, backend: 'opensearch', url: ['http://127.0.0.1:1'], port: 0 });
    try {
      for (const [path, method] of [
        ['health/ready', 'GET'],
        ['search', 'POST'],
      ]) {
        const reply = await fetch(new URL(path, lost.url), {
          method,
          ...(method === 'POST' && { body: '{"text":"hose"}', headers: { 'content-type': 'application/json' } }),
        });
        expect(reply.status).toBe(503);
        // where the cluster lies is for the log
        expect(await reply.text()).not.toContain('127.0.0.1');
      }
    } finally {
      await lost.close();
    }
  });
});
