import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildClusterIndex } from '../../serving/backends/opensearch/build.js';
import { followClusterIndex } from '../../serving/backends/opensearch/follow.js';
import {
  addClusterGeneration,
  bringUp,
  clusterGenerations,
  dropClusterGeneration,
  previousClusterGeneration,
  switchClusterGeneration,
  withCluster,
} from '../../serving/backends/opensearch/generations.js';
import { openClusterIndex } from '../../serving/backends/opensearch/open.js';
import { createServer } from '../../src/api/index.js';
import type { DocumentRow } from '../../src/config/rows.js';
import { lastJson, runTandem } from '../cli/run-tandem.js';
import { indexing, makeDocuments } from '../search/fixture.js';
import { halfModel, type TestModel } from '../search/two-models.js';
import { jsonLines, trainSmallModel } from '../small-model.js';
import { dropIndexes, newIndexName, nodeUrl } from './cluster.js';

const urls = [nodeUrl(1)];
const names: string[] = [];
afterAll(() => dropIndexes(names));

const [first, second] = [halfModel('first'), halfModel('second')];
const models = new Map([first, second].map(model => [model.modelId, model]));

/** The same model, and how many documents it has embedded. */
function counting(model: TestModel) {
  let embedded = 0;
  return {
    ...model,
    embedded: () => embedded,
    embedDocuments: async (rows: readonly DocumentRow[]) => {
      embedded += rows.length;
      return model.embedDocuments(rows);
    },
  };
}

async function newIndex(count = 40) {
  const index = newIndexName();
  names.push(index);
  const place = { urls, index };
  const documents = makeDocuments(count);
  await buildClusterIndex({ ...place, documents, embedder: first, indexing: indexing(), shards: 2, replicas: 0 });
  const within = <T>(work: Parameters<typeof withCluster<T>>[1]): Promise<T> => withCluster(place, work);
  const add = (embedder: TestModel) =>
    within((cluster, of) => addClusterGeneration(cluster, of, { embedder, fusionWeight: 0.5 }));
  const switchTo = (number: number, embedder?: TestModel) =>
    within((cluster, of) => switchClusterGeneration(cluster, of, number, { embedder }));
  const list = () => within(clusterGenerations);
  const open = (embedder: TestModel) => openClusterIndex({ ...place, embedder });
  return { place, documents, within, add, switchTo, list, open };
}

const title = (id: string, text: string) => ({ put: { id, title: text } });
/** Of a query that is the title of a document the cosine to it is 1 where both are of one model, and 0 where they are not. */
const nearest = async (index: Awaited<ReturnType<typeof openClusterIndex>>, text: string) =>
  (await index.search({ text, mode: 'vector', k: 1 })).hits.map(({ id, score }) => [id, Math.round(score)]);

describe('generations of an index of a cluster', () => {
  it('are added beside the one that is searched, and switched to, back and forth, with what is written meanwhile', async () => {
    const { within, add, switchTo, list, open } = await newIndex();
    const own = await open(first);
    const embedder = counting(second);
    expect(await add(embedder)).toBe(2);
    expect(embedder.embedded()).toBe(40);
    expect(await list()).toMatchObject([
      { number: 1, active: true, ready: true, embedded: 40, behind: 0 },
      { number: 2, active: false, ready: true, embedded: 40, behind: 0, fusionWeight: 0.5 },
    ]);
    await own.write([title('d0', 'violet umbrella'), title('new', 'amber parasol'), { delete: 'd1' }]);
    expect((await list())[1]).toMatchObject({ behind: 3 });
    expect(await switchTo(2, embedder)).toBe(1);
    expect(embedder.embedded()).toBe(42);
    const there = await open(second);
    expect(await there.count()).toBe(40);
    expect(await there.get('d1')).toBeUndefined();
    expect(await nearest(there, 'violet umbrella')).toEqual([['d0', 1]]);
    expect(await nearest(there, 'amber parasol')).toEqual([['new', 1]]);
    expect(await list()).toMatchObject([
      { active: false, previous: true, behind: 0 },
      { active: true, previous: false },
    ]);
    // what knows the one before writes to it no more
    await expect(own.write([title('lost', 'lost')])).rejects.toMatchObject({ code: 'index/not-found' });
    await there.write([title('later', 'copper kettle'), title('d2', 'silver kettle'), { delete: 'new' }]);
    expect(await within(previousClusterGeneration)).toBe(1);
    const back = counting(first);
    expect(await switchTo(1, back)).toBe(2);
    expect(back.embedded()).toBe(2);
    const again = await open(first);
    expect(await again.get('new')).toBeUndefined();
    expect(await nearest(again, 'copper kettle')).toEqual([['later', 1]]);
    await again.write([title('d2', 'golden kettle')]);
    const forth = counting(second);
    await switchTo(2, forth);
    expect(forth.embedded()).toBe(1);
    const last = await open(second);
    expect(await nearest(last, 'golden kettle')).toEqual([['d2', 1]]);
    expect(await last.count()).toBe(40);
    for (const index of [own, there, again, last]) await index.close();
  });

  it('are gone on with where they were begun', async () => {
    const { add, list, documents } = await newIndex(600);
    let calls = 0;
    const failing: TestModel = {
      ...second,
      embedDocuments: async rows => {
        if (++calls > 1) throw new Error('ended');
        return second.embedDocuments(rows);
      },
    };
    await expect(add(failing)).rejects.toThrow('ended');
    expect((await list())[1]).toMatchObject({ number: 2, ready: false });
    const embedder = counting(second);
    expect(await add(embedder)).toBe(2);
    expect(embedder.embedded()).toBe(documents.length - 256);
    expect((await list())[1]).toMatchObject({ ready: true, embedded: documents.length });
    await expect(add(second)).rejects.toMatchObject({ code: 'generation/exists' });
  });

  it('lose no write that is acknowledged while they are switched', async () => {
    const { place, add, switchTo, within } = await newIndex();
    await add(second);
    const openModel = async (modelId: string) => models.get(modelId) as TestModel;
    const served = followClusterIndex({ ...place, openModel });
    let [ended, written] = [false, 0];
    const failures: unknown[] = [];
    const writing = (async () => {
      for (; !ended; written++)
        await served.write([title(`w${written}`, `umbrella ${written}`)]).catch(error => failures.push(error));
    })();
    for (const [number, model] of [
      [2, second],
      [1, first],
      [2, second],
    ] as const) {
      const before = written;
      while (written < before + 3) await new Promise(resolve => setTimeout(resolve, 20));
      await switchTo(number, model);
    }
    ended = true;
    await writing;
    expect(failures).toEqual([]);
    const { total } = await served.search({ text: 'umbrella', mode: 'token', total: true, k: 1 });
    expect(total).toBe(written);
    expect(served.generation()).toBe(`${place.index}.generation-2`);
    // and each generation, brought up, holds the same
    await within((cluster, of) => bringUp(cluster, of, 1, { embedder: first }));
    expect(await within(clusterGenerations)).toMatchObject([{ embedded: 40 + written }, { documents: 40 + written }]);
    await served.close();
  });

  it('go on with the model that they have where the other one was not given', async () => {
    const { place, add, switchTo } = await newIndex();
    await add(second);
    const served = followClusterIndex({ ...place, embedder: first });
    await served.search({ text: 'red hammer' });
    await switchTo(2, second);
    await expect(served.write([title('x', 'umbrella')])).rejects.toMatchObject({ code: 'index/model-mismatch' });
    expect((await served.search({ text: 'red hammer' })).hits).toHaveLength(10);
    await served.close();
  });

  it('are told from others that have come by the same name', async () => {
    const { place, documents, within } = await newIndex();
    const openModel = async (modelId: string) => models.get(modelId) as TestModel;
    const served = followClusterIndex({ ...place, openModel });
    const text = documents[0].title;
    const best = async () =>
      (await served.search({ text, mode: 'vector', k: 1 })).hits.map(hit => Math.round(hit.score));
    expect(await best()).toEqual([1]);
    await within((cluster, of) => cluster.ask('DELETE', `/${of.generations}`));
    await buildClusterIndex({ ...place, documents, embedder: second, indexing: indexing(), shards: 2, replicas: 0 });
    expect((await within(clusterGenerations)).map(({ number }) => number)).toEqual([1]);
    // it looks after the name beside searches; what the query is to documents of the other model is 0
    for (let tried = 0; tried < 100 && (await best())[0] !== 1; tried++)
      await new Promise(done => setTimeout(done, 100));
    expect(await best()).toEqual([1]);
    await served.close();
  });

  it('stay as they are where a switch cannot be made', async () => {
    const { add, switchTo, within, open, list } = await newIndex();
    await expect(switchTo(2)).rejects.toMatchObject({ code: 'generation/unknown' });
    await expect(within(previousClusterGeneration)).rejects.toMatchObject({ code: 'generation/no-previous' });
    await add(second);
    const index = await open(first);
    await index.write([title('new', 'amber parasol')]);
    await expect(switchTo(2)).rejects.toMatchObject({ code: 'index/model-mismatch' });
    await expect(switchTo(2, first)).rejects.toMatchObject({ code: 'index/model-mismatch' });
    // nothing of it is left that would hold writes up
    await index.write([title('newer', 'amber parasol')]);
    await expect(within((cluster, of) => dropClusterGeneration(cluster, of, 1))).rejects.toMatchObject({
      code: 'generation/active',
    });
    await within((cluster, of) => dropClusterGeneration(cluster, of, 2));
    expect(await list()).toMatchObject([{ number: 1, active: true }]);
    await index.close();
  });

  it('take up writes again where a switch was ended in its last moment', async () => {
    const { add, switchTo, within, open, place } = await newIndex();
    await add(second);
    const index = await open(first);
    // what kill -9 leaves in that moment
    await within(cluster => cluster.ask('PUT', `/${place.index}.generation-1/_block/write`));
    const waiting = index.write([title('new', 'amber parasol')]);
    await switchTo(1);
    await waiting;
    expect(await index.get('new')).toMatchObject({ title: 'amber parasol' });
    await within(cluster => cluster.ask('PUT', `/${place.index}.generation-1/_block/write`));
    await switchTo(2, second);
    const there = await open(second);
    expect(await there.get('new')).toMatchObject({ title: 'amber parasol' });
    for (const each of [index, there]) await each.close();
  });

  it('are switched back to where a switch was ended when the name led to the other one already', async () => {
    const { add, switchTo, within, open, place } = await newIndex();
    await add(second);
    await switchTo(2, second);
    await within(cluster => cluster.ask('PUT', `/${place.index}.generation-1/_block/write`));
    const there = await open(second);
    await there.write([title('new', 'amber parasol')]);
    await switchTo(1, first);
    const again = await open(first);
    await again.write([title('newer', 'violet parasol')]);
    expect(await again.get('new')).toMatchObject({ title: 'amber parasol' });
    for (const index of [there, again]) await index.close();
  });

  it('tell of what was written right behind a switch that the one before lacks it', async () => {
    const { add, within, open, list } = await newIndex();
    await add(second);
    await within((cluster, of) => {
      const ask: typeof cluster.ask = async (method, path, ...more) => {
        const reply = await cluster.ask(method, path, ...more);
        if (path === '/_aliases') {
          const there = await open(second);
          await there.write([title('new', 'amber parasol')]);
          await there.close();
        }
        return reply as never;
      };
      return switchClusterGeneration({ ...cluster, ask }, of, 2, { embedder: second });
    });
    expect(await list()).toMatchObject([{ number: 1, behind: 1 }, { number: 2 }]);
  });
});

describe('tandem generation over a cluster', () => {
  let folder: string;
  const at = (name: string): string => join(folder, name);
  const index = newIndexName();
  const there = ['--backend', 'opensearch', '--url', urls[0], '--index', index];
  const generation = async (command: string, ...words: string[]) => {
    const { out, error, exit } = await runTandem(['generation', command, ...there, ...words, '--json']);
    return exit === 0 ? lastJson({ out }) : { error };
  };
  beforeAll(async () => {
    names.push(index);
    folder = await mkdtemp(join(tmpdir(), 'tandem-generation-'));
    const { documents } = await trainSmallModel(at('small'));
    await trainSmallModel(at('wide'), { embeddingWidth: 24 });
    const queries = documents.slice(0, 20).map(({ id, title: text }) => ({ id: `q-${id}`, text }));
    await writeFile(at('queries.jsonl'), jsonLines(queries));
    await writeFile(at('qrels.trec'), queries.map(({ id }) => `${id} 0 ${id.slice(2)} 1\n`).join(''));
    const made = ['--documents', at('small/documents.jsonl'), '--model', at('small/model'), '--replicas', '0'];
    const place = ['--backend', 'opensearch', '--url', urls[0], '--out', index];
    expect((await runTandem(['index', ...made, ...place])).error).not.toContain('tandem: ');
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('adds, compares, switches, goes back and drops', async () => {
    expect(await generation('add', '--model', at('wide/model'))).toMatchObject({
      generation: { number: 2, width: 24, active: false, ready: true, embedded: 120, behind: 0 },
    });
    const asked = ['--queries', at('queries.jsonl'), '--qrels', at('qrels.trec')];
    const modelsOf = ['--model', at('wide/model'), '--with-model', at('small/model')];
    expect(await generation('compare', ...asked, ...modelsOf, '--mode', 'vector')).toMatchObject({
      ...{ first: 1, second: 2, queries: 20 },
      metrics: { 'generation 1': {}, 'generation 2': {} },
    });
    const [model, nextModel] = [at('small/model'), at('wide/model')];
    const server = await createServer({ index, backend: 'opensearch', url: urls, model, nextModel, port: 0 });
    const ask = async (path: string, body: object) => {
      const headers = { 'content-type': 'application/json' };
      const reply = await fetch(new URL(path, server.url), { method: 'POST', body: JSON.stringify(body), headers });
      return { status: reply.status, json: (await reply.json()) as Record<string, unknown> };
    };
    const width = async () => (await ask('embed/query', { text: 'red hammer' })).json.width;
    const search = () => ask('search', { text: 'red hammer', mode: 'vector' });
    expect((await search()).status).toBe(200);
    expect(await width()).not.toBe(24);
    expect(await generation('switch', '--model', at('wide/model'))).toMatchObject({ generation: 2, before: 1 });
    // it looks after the name beside searches
    while ((await width()) !== 24) {
      expect((await search()).status).toBe(200);
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    expect((await search()).status).toBe(200);
    await server.close();
    expect(await generation('list')).toMatchObject({ generations: [{ previous: true }, { active: true }] });
    expect(await generation('rollback')).toMatchObject({ generation: 1, before: 2 });
    expect(await generation('drop', '--generation', '2')).toMatchObject({ generation: 2 });
    expect(await generation('rollback')).toEqual({ error: expect.stringContaining('generation/no-previous') });
  });
});
