import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { killTree } from '../../bench/serving/process-tree.js';
import { loadModel, type Model } from '../../models/runtime/load-model.js';
import type { DocumentRow } from '../../src/config/rows.js';
import { seededRandom } from '../../src/math/random.js';
import { openIndex } from '../../src/search/open-index.js';
import { innerProduct } from '../../src/vector/cosine.js';
import { lastJson, runTandem } from '../cli/run-tandem.js';
import { type Service, startService, until } from '../cli/serve-process.js';
import { jsonLines, smallDocuments, trainSmallModel } from '../small-model.js';
import { type Embedded, isOneOf, startLoad, truthOf, type Written } from './generation-load.js';

const kills = Number(process.env.CHAOS_KILLS ?? 10);
const seed = Number(process.env.CHAOS_SEED ?? Date.now() % 2 ** 31);
const count = Number(process.env.CHAOS_DOCUMENTS ?? 20_000);
const rates = { searchesPerSecond: 200, writesPerSecond: 50 };
/** Documents that nobody writes to: what a model says of them is known. */
const standing = count / 2;

const random = seededRandom(seed);
/** Asks again where a service that is overloaded turns it away, as it says. */
const asJson = async (service: Service, method: string, path: string, body?: unknown) => {
  const answer = await until(
    () => service.send(method, path, body),
    ({ status }) => status !== 503,
  );
  expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body as Record<string, unknown>;
};

async function embeddedBy(model: Model, queries: readonly string[], rows: readonly DocumentRow[]): Promise<Embedded> {
  const documents = new Float32Array(rows.length * model.width);
  for (let at = 0; at < rows.length; at += 256)
    documents.set(await model.embedDocuments(rows.slice(at, at + 256)), at * model.width);
  return {
    width: model.width,
    queries: await model.embedQueries(queries.map(text => ({ text }))),
    documents,
  };
}

/** The process that adds a generation for a service. */
async function adderOf({ process: { pid } }: Service): Promise<number | undefined> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,ppid=,args=']);
  const line = stdout
    .split('\n')
    .find(each => each.includes(' generation add ') && each.trim().split(/\s+/)[1] === String(pid));
  return line === undefined ? undefined : Number(line.trim().split(/\s+/)[0]);
}

/** Waits for some moment of the adding. @returns what it is at */
async function momentOfAdding(service: Service): Promise<string> {
  await until(
    () => adderOf(service),
    found => found !== undefined,
  );
  const told = async (): Promise<string> =>
    ((await asJson(service, 'GET', '/generations')).addition as { text: string }).text;
  // one in five is killed while it starts; the others when they have begun to work
  if (random.below(5) > 0) await until(told, text => /^(embedding|catching up|indexing)/.test(text));
  await delay(random.below(random.below(3) === 0 ? 3_000 : 500));
  return told();
}

async function killAdder(service: Service): Promise<void> {
  const pid = await adderOf(service);
  if (pid === undefined) return; // it was done
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended meanwhile
  }
}

/** Each document is what was acknowledged of it, or what was sent later, and its embedding is what the model of the generation makes of it. */
async function expectWhole(
  folder: string,
  generation: number,
  model: Model,
  at: readonly DocumentRow[],
  written: Written,
): Promise<number> {
  const index = await openIndex(folder, { embedder: model, generation });
  try {
    const there = new Map<string, DocumentRow>();
    for (const id of index.ids()) {
      const document = await index.get(id);
      if (document !== undefined) there.set(id, document);
    }
    for (const document of at) expect(there.get(document.id)).toEqual(document);
    for (const id of written.states.keys())
      expect(
        isOneOf(there.get(id), written, id),
        `${id}: ${JSON.stringify([there.get(id), written.states.get(id)])}`,
      ).toBe(true);
    expect(there.size).toBe(at.length + [...written.states.keys()].filter(id => there.has(id)).length);
    const rows = [...there.values()];
    const { documents, width } = await embeddedBy(model, [], rows);
    for (const [row, { id }] of rows.entries())
      expect(innerProduct(index.embedding(id) ?? new Float32Array(width), documents, row), id).toBeCloseTo(1, 4);
    const found = index.nearest(documents.subarray(0, width), rows.length + 1).map(({ id }) => id);
    expect(found.sort()).toEqual(rows.map(({ id }) => id).sort());
    return rows.length;
  } finally {
    await index.close();
  }
}

it(`generations come and go under load, through ${kills} kills of the adding`, async () => {
  console.log(`CHAOS_KILLS=${kills} CHAOS_SEED=${seed} CHAOS_DOCUMENTS=${count}`);
  const folder = await mkdtemp(join(tmpdir(), 'tandem-generations-chaos-'));
  const at = (name: string): string => join(folder, name);
  await trainSmallModel(at('small'));
  await trainSmallModel(at('wide'), { embeddingWidth: 24 });
  const documents = smallDocuments(count, seededRandom(seed + 1));
  await writeFile(at('documents.jsonl'), jsonLines(documents));
  const made = await runTandem([
    'index',
    '--model',
    at('small/model'),
    '--documents',
    at('documents.jsonl'),
    '--out',
    at('index'),
  ]);
  expect(made.exit, made.error).toBe(0);
  const models = [await loadModel(at('small/model')), await loadModel(at('wide/model'))] as const;
  const unchanged = documents.slice(0, standing);
  const queries = [...new Set(unchanged.slice(0, 400).map(({ title }) => title.split(' ').slice(0, 2).join(' ')))];
  const truth = truthOf(queries, unchanged, [
    await embeddedBy(models[0], queries, unchanged),
    await embeddedBy(models[1], queries, unchanged),
  ]);

  const start = (): Promise<Service> => startService(['--index', at('index'), '--writable']);
  let service = await start();
  let isDying = false;
  const load = startLoad({
    standing: () => service,
    isDying: () => isDying,
    truth,
    changed: documents.slice(standing),
    ...rates,
    seed,
  });
  load.expectModel(0);
  const killedAt: string[] = [];
  const add = () => asJson(service, 'POST', '/generations', { model: at('wide/model') });
  for (let kill = 0; kill < kills; kill++) {
    await add();
    const whole = kill % 3 === 2;
    const text = await momentOfAdding(service);
    killedAt.push(text);
    if (whole) {
      isDying = true;
      await killTree(service.process.pid ?? -1);
      service = await start();
      isDying = false;
    } else await killAdder(service);
    const state = async () =>
      ((await asJson(service, 'GET', '/generations')).addition as { state: string } | undefined)?.state;
    await until(state, each => each !== 'running');
  }
  console.log(JSON.stringify(killedAt));
  await add();
  const addition = async () =>
    (await asJson(service, 'GET', '/generations')).addition as { state: string; text: string };
  expect(await until(addition, ({ state }) => state !== 'running', 300)).toMatchObject({ state: 'done' });

  const compared = await asJson(service, 'POST', '/generations/1/compare', {
    queries: queries.slice(0, 50).map((text, i) => ({ id: `q${i}`, text })),
  });
  expect(compared).toMatchObject({ first: 0, second: 1, queries: 50 });
  for (const [path, model] of [
    ['/generations/1/switch', 1],
    ['/generations/rollback', 0],
    ['/generations/rollback', 1],
  ] as const) {
    load.expectModel(undefined);
    await asJson(service, 'POST', path);
    load.expectModel(model);
    await delay(3_000);
  }
  const tally = await load.stop();
  const { states, ...figures } = tally;
  console.log(JSON.stringify({ ...figures, faults: figures.faults.length }));
  expect(figures.faults.slice(0, 5)).toEqual([]);
  expect(Math.min(...figures.answersOf)).toBeGreaterThan(100);
  expect(await service.end()).toBe(0);

  const there = await expectWhole(at('index'), 1, models[1], unchanged, tally);
  const back = await runTandem(['generation', 'rollback', '--index', at('index'), '--json']);
  expect(lastJson(back)).toMatchObject({ generation: 0 });
  expect(await expectWhole(at('index'), 0, models[0], unchanged, tally)).toBe(there);
  const checked = await runTandem(['check', '--index', at('index'), '--json']);
  expect(lastJson(checked)).toMatchObject({ documents: there, problems: [] });
  for (const model of models) await model.close();
  await rm(folder, { recursive: true }); // kept when something failed, to be looked at
});
