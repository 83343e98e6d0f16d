import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { smallDocuments, trainSmallModel } from '../small-model.js';
import { lastJson, runTandem } from './run-tandem.js';
import { type Service, startService } from './serve-process.js';

let folder: string;
const services: Service[] = [];
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-served-generations-'));
  await trainSmallModel(at('small'));
  await trainSmallModel(at('wide'), { embeddingWidth: 24 });
  for (const out of ['written-1', 'written-2', 'followed'])
    await runTandem([
      'index',
      '--model',
      at('small/model'),
      '--documents',
      at('small/documents.jsonl'),
      '--out',
      at(out),
    ]);
}, 120_000);
afterEach(async () => {
  for (const service of services.splice(0)) {
    const ended = service.process.exitCode !== null || service.process.signalCode !== null;
    if (!ended) await service.end('SIGKILL');
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function serve(index: string, ...more: string[]): Promise<Service> {
  const service = await startService(['--index', at(index), ...more]);
  services.push(service);
  return service;
}
interface Info {
  readonly number: number;
  readonly active: boolean;
  readonly ready: boolean;
}
async function state(service: Service) {
  const { status, body } = await service.send('GET', '/generations');
  expect(status).toBe(200);
  return body as { generations: Info[]; addition?: { state: string; text: string } };
}
const widthOf = async (service: Service): Promise<number> =>
  ((await service.send('POST', '/embed/query', { text: 'red' })).body as { width: number }).width;

/** Asks and writes until it is told to stop; nothing fails, and what was acknowledged is found at once. */
function work(service: Service) {
  let over = false;
  let written = 0;
  const asking = (async () => {
    while (!over) {
      const { status, body } = await service.send('POST', '/search', { text: 'red hammer', k: 3 });
      expect([status, (body as { hits: unknown[] }).hits.length]).toEqual([200, 3]);
      await delay(2);
    }
  })();
  const writing = (async () => {
    while (!over) {
      const id = `new${written++}`;
      expect((await service.send('PUT', `/documents/${id}`, { title: `zebra ${id}` })).status).toBe(200);
      const found = await service.send('POST', '/search', { text: `zebra ${id}`, k: 1, mode: 'token' });
      expect(found.body).toMatchObject({ hits: [{ id }] });
      await delay(10);
    }
  })();
  return async (): Promise<number> => {
    over = true;
    await Promise.all([asking, writing]);
    return written;
  };
}

describe('a service that writes', { timeout: 300_000 }, () => {
  it.each(['1', '2'])(
    'adds, compares, switches, goes back and drops while it is asked and written to, by %s processes',
    async workers => {
      const index = `written-${workers}`;
      const service = await serve(index, '--writable', '--workers', workers);
      const stop = work(service);
      expect(await widthOf(service)).toBe(16);
      const begun = await service.send('POST', '/generations', { model: at('wide/model') });
      expect([begun.status, begun.body]).toEqual([202, { addition: expect.objectContaining({ state: 'running' }) }]);
      const again = await service.send('POST', '/generations', { model: at('wide/model') });
      expect([again.status, again.body]).toEqual([409, expect.objectContaining({ code: 'generation/busy' })]);
      await expect
        .poll(async () => (await state(service)).addition, { timeout: 60_000 })
        .toMatchObject({ state: 'done' });
      expect((await state(service)).generations).toMatchObject([
        { number: 0, active: true },
        { number: 1, active: false, ready: true },
      ]);
      const queries = smallDocuments(5).map(({ id, title }) => ({ id, text: title }));
      const compare = () => service.send('POST', '/generations/1/compare', { queries, qrels: { d0: { d0: 1 } } });
      const [compared, second] = await Promise.all([compare(), compare()]);
      expect([second.status, second.body]).toEqual([409, expect.objectContaining({ code: 'generation/busy' })]);
      expect([compared.status, compared.body]).toEqual([
        200,
        expect.objectContaining({ first: 0, second: 1, queries: 5 }),
      ]);
      expect((compared.body as { metrics: object }).metrics).toHaveProperty('generation 1');
      for (const [path, active] of [
        ['/generations/1/switch', 1],
        ['/generations/rollback', 0],
        ['/generations/rollback', 1],
      ] as const) {
        expect((await service.send('POST', path)).body).toEqual({ generation: active, before: 1 - active });
        await expect.poll(() => widthOf(service), { timeout: 20_000 }).toBe(active === 1 ? 24 : 16);
      }
      const written = await stop();
      expect(written).toBeGreaterThan(5);
      for (const [path, code] of [
        ['/generations/0', undefined],
        ['/generations/0', 'generation/unknown'],
        ['/generations/1', 'generation/active'],
      ] as const) {
        const { body } = await service.send('DELETE', path);
        expect(body).toMatchObject(code === undefined ? { generation: 0 } : { code });
      }
      expect((await service.send('POST', '/generations/rollback')).body).toMatchObject({
        code: 'generation/no-previous',
      });
      expect((await service.send('POST', '/generations', { model: at('nowhere') })).body).toMatchObject({
        code: 'data/not-found',
      });
      expect((await service.send('POST', '/generations', { model: at('wide/model') })).body).toMatchObject({
        code: 'generation/exists',
      });
      expect(await service.end()).toBe(0);
      const checked = await runTandem(['check', '--index', at(index), '--json']);
      expect(lastJson(checked)).toMatchObject({ documents: 120 + written, problems: [] });
    },
  );
});

describe('a service that follows', { timeout: 300_000 }, () => {
  it('takes up what the command line switches to, without an error', async () => {
    const service = await serve('followed');
    const words = ['--index', at('followed'), '--json'];
    expect((await service.send('GET', '/generations')).status).toBe(403);
    expect((await runTandem(['generation', 'add', '--model', at('wide/model'), ...words])).exit).toBe(0);
    for (const [command, width] of [
      ['switch', 24],
      ['rollback', 16],
    ] as const) {
      let over = false;
      const asking = (async () => {
        while (!over) {
          expect((await service.send('POST', '/search', { text: 'red hammer', k: 3 })).status).toBe(200);
          await delay(2);
        }
      })();
      expect((await runTandem(['generation', command, ...words])).exit).toBe(0);
      await expect.poll(() => widthOf(service), { timeout: 20_000 }).toBe(width);
      over = true;
      await asking;
    }
    expect(service.log.filter(({ level }) => level >= 50)).toEqual([]);
  });
});
