import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { trainSmallModel } from '../small-model.js';
import { runTandem } from './run-tandem.js';
import { type Service, startService, until } from './serve-process.js';

let folder: string;
let documents: string;
const models: string[] = [];
const services: Service[] = [];
let places = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-served-'));
  const small = await trainSmallModel(join(folder, 'small'));
  const wide = await trainSmallModel(join(folder, 'wide'), { embeddingWidth: 24 });
  models.push(small.model, wide.model);
  documents = join(folder, 'small', 'documents.jsonl');
});
afterEach(async () => {
  for (const service of services.splice(0)) {
    const ended = service.process.exitCode !== null || service.process.signalCode !== null;
    if (!ended) await service.end('SIGKILL');
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const place = (): string => join(folder, `index-${places++}`);

/** Makes an index as a person would. @param model  0 or 1; none: token index alone */
async function index(out: string, model?: number, ...more: string[]): Promise<string> {
  const words = ['index', '--documents', documents, '--out', out, '--set', 'indexing.fusionWeight=0.5', ...more];
  const { exit, error } = await runTandem(model === undefined ? words : [...words, '--model', models[model]]);
  return exit === 0 ? 'made' : error;
}

async function serve(path: string, ...more: string[]): Promise<Service> {
  const service = await startService(['--index', path, ...more]);
  services.push(service);
  return service;
}

const search = (service: Service, mode?: string) =>
  service.send('POST', '/search', { text: 'red hammer', ...(mode !== undefined && { mode }) });
const modelOf = async (service: Service): Promise<unknown> => {
  const { status, body } = await service.send('POST', '/embed/query', { text: 'red' });
  return status === 200 ? (body as { width: number }).width : status;
};
const put = (service: Service, id: string) => service.send('PUT', `/documents/${id}`, { title: `zebra ${id}` });
const ready = (service: Service) => service.send('GET', '/health/ready');
const metric = async (service: Service, name: string): Promise<string | undefined> =>
  String((await service.send('GET', '/metrics')).body)
    .split('\n')
    .find(line => line.startsWith(name));

describe('a service that follows an index', { timeout: 300_000 }, () => {
  it('takes up an index that was made again with another model, without one, and with one again', async () => {
    const path = place();
    expect(await index(path, 0)).toBe('made');
    const service = await serve(path);
    expect([await modelOf(service), (await search(service)).body]).toMatchObject([16, { mode: 'hybrid' }]);
    expect(await metric(service, 'tandem_ready')).toBe('tandem_ready 1');

    expect(await index(path, 1, '--force')).toBe('made');
    // the switch falls between two requests: none fails
    const statuses = new Set<number>();
    const ask = async () => {
      statuses.add((await search(service)).status);
      statuses.add((await search(service, 'vector')).status);
      return modelOf(service);
    };
    expect(await until(ask, width => width === 24)).toBe(24);
    expect([...statuses]).toEqual([200]);
    const told = (await ready(service)).body as { modelId: string };
    expect(told).toMatchObject({ ready: true, documents: 120 });
    expect(await metric(service, 'tandem_model_info')).toBe(`tandem_model_info{model="${told.modelId}"} 1`);

    expect(await index(path, undefined, '--force')).toBe('made');
    expect(await until(ask, status => status === 409)).toBe(409);
    expect((await search(service)).body).toMatchObject({ mode: 'token' });
    expect((await service.send('GET', '/page/settings')).body).toMatchObject({ modes: ['token'] });
    expect((await ready(service)).body).toMatchObject({ ready: true, modelId: null });

    expect(await index(path, 0, '--force')).toBe('made');
    expect(
      await until(
        () => modelOf(service),
        width => width === 16,
      ),
    ).toBe(16);
    expect((await service.send('GET', '/page/settings')).body).toMatchObject({ modes: ['hybrid', 'vector', 'token'] });
    expect(service.log.filter(({ level }) => level >= 50)).toEqual([]);
    expect(await service.end()).toBe(0);
  });

  it('takes pictures, places and language over with it', async () => {
    const [path, pictures, french] = [place(), join(folder, 'pictures'), join(folder, 'french.jsonl')];
    await mkdir(pictures, { recursive: true });
    await writeFile(join(pictures, 'a b.webp'), 'RIFF');
    await writeFile(french, '{"id":"a","title":"marteau rouge","country":"FR","language":"fr"}\n');
    expect(await index(path)).toBe('made');
    const service = await serve(path);
    expect((await service.send('GET', '/pictures/a%20b.webp')).status).toBe(404);
    const words = ['index', '--documents', french, '--out', path, '--force', '--pictures', pictures];
    expect((await runTandem([...words, '--set', 'indexing.language=fr'])).exit).toBe(0);
    const settings = () => service.send('GET', '/page/settings');
    const { body } = await until(settings, answer => (answer.body as { documents: number }).documents === 1);
    expect(body).toMatchObject({ documents: 1, modes: ['token'], places: [{ country: 'FR', language: 'fr' }] });
    expect(body).toMatchObject({ attributes: expect.arrayContaining([expect.objectContaining({ name: 'country' })]) });
    expect((await service.send('GET', '/pictures/a%20b.webp')).body).toBe('RIFF');
    expect((await service.send('POST', '/analyze', { text: 'marteaux' })).body).toMatchObject({ language: 'fr' });
  });

  it('goes on with what it has where the new one cannot be opened, says so, logs it once, and takes up the next', async () => {
    const [path, broken] = [place(), place()];
    expect(await index(path, 0)).toBe('made');
    expect(await index(broken, 1)).toBe('made');
    await truncate(join(broken, 'model', 'query.onnx'), 100);
    const service = await serve(path);
    const [before] = [(await search(service)).body];
    await rename(path, `${path}-away`);
    await rename(broken, path);
    const answer = await until(
      () => ready(service),
      ({ status }) => status !== 200,
    );
    expect(answer).toMatchObject({
      status: 503,
      body: { code: 'server/not-ready', details: { reason: 'model/damaged' } },
    });
    expect(JSON.stringify(answer.body)).not.toContain(folder);
    expect(await metric(service, 'tandem_ready')).toBe('tandem_ready 0');
    for (let i = 0; i < 30; i++) {
      const { status, body } = await search(service);
      expect([status, (body as { hits: unknown }).hits]).toEqual([200, (before as { hits: unknown }).hits]);
      await ready(service);
      await until(
        async () => i,
        () => true,
      );
    }
    expect(service.log.filter(({ level }) => level >= 50)).toHaveLength(1);

    expect(await index(path, 1, '--force')).toBe('made');
    expect(
      (
        await until(
          () => ready(service),
          ({ status }) => status === 200,
        )
      ).status,
    ).toBe(200);
    expect(await modelOf(service)).toBe(24);
  });

  it('says when the folder is gone, and goes on when it is back', async () => {
    const path = place();
    expect(await index(path, 0)).toBe('made');
    const service = await serve(path);
    await rename(path, `${path}-away`);
    const { body } = await until(
      () => ready(service),
      ({ status }) => status === 503,
    );
    expect(body).toMatchObject({ details: { reason: 'index/not-found' } });
    expect((await search(service)).status).toBe(200);
    await rename(`${path}-away`, path);
    expect(
      (
        await until(
          () => ready(service),
          ({ status }) => status === 200,
        )
      ).status,
    ).toBe(200);
  });
});

describe('a service that writes', { timeout: 300_000 }, () => {
  it('lets no command write to its index, or in the place of it', async () => {
    const [path, snapshot] = [place(), place()];
    expect(await index(path, 0)).toBe('made');
    const service = await serve(path, '--writable');
    expect((await runTandem(['snapshot', '--index', path, '--out', snapshot])).exit).toBe(0);
    const commands = [
      ['index', '--documents', documents, '--out', path, '--force'],
      ['restore', '--snapshot', snapshot, '--out', path, '--force'],
      ['dictionary', '--index', path, '--add', 'c++'],
      ['tune', '--index', path, '--weight', '0.2'],
      ['serve', '--index', path, '--writable', '--port', '0'],
    ];
    for (const words of commands) {
      const { exit, error } = await runTandem(words);
      expect([words[0], exit, error]).toEqual([words[0], 1, expect.stringContaining('tandem: index/locked: ')]);
    }
    expect((await put(service, 'a')).status).toBe(200);
    expect(await service.end()).toBe(0);
    const found = await runTandem(['search', '--index', path, 'zebra', '--mode', 'token', '--json']);
    expect(JSON.parse(found.out).hits).toMatchObject([{ id: 'a' }]);
    expect((await runTandem(commands[1])).exit).toBe(0);
  });

  it('keeps the claim of a folder by whatever path it is reached, and loses it when it is killed', async () => {
    const [path, link] = [place(), place()];
    expect(await index(path)).toBe('made');
    const { symlink } = await import('node:fs/promises');
    await symlink(path, link);
    const service = await serve(link, '--writable');
    expect(await index(path, undefined, '--force')).toContain('index/locked');
    expect(await index(link, undefined, '--force')).toContain('index/locked');
    await service.end('SIGKILL');
    expect(await index(link, undefined, '--force')).toBe('made');
    const again = await serve(path, '--writable');
    expect((await put(again, 'a')).status).toBe(200);
  });

  it.each([
    ['removed', (path: string) => rm(path, { recursive: true })],
    ['moved away', (path: string) => rename(path, `${path}-away`)],
    [
      'replaced by hand',
      async (path: string) => {
        await cp(path, `${path}-copy`, { recursive: true });
        await rename(path, `${path}-away`);
        await rename(`${path}-copy`, path);
      },
    ],
  ])(
    'acknowledges nothing into a folder that was %s, says that it is not ready, and leaves what is there alone',
    async (how, change) => {
      const path = place();
      expect(await index(path)).toBe('made');
      const service = await serve(path, '--writable');
      expect((await put(service, 'before')).status).toBe(200);
      await change(path);
      for (const id of ['a', 'b']) {
        expect(await put(service, id)).toMatchObject({ status: 503, body: { code: 'index/replaced' } });
      }
      expect((await service.send('DELETE', '/documents/before')).status).toBe(503);
      const not = await service.send('PUT', '/dictionary', { words: [{ text: 'c++' }] });
      expect(not).toMatchObject({ status: 503, body: { code: 'index/replaced' } });
      expect(await ready(service)).toMatchObject({ status: 503, body: { details: { reason: 'index/replaced' } } });
      expect((await search(service)).status).toBe(200);
      expect(await service.end()).toBe(0);
      if (how === 'removed') return;
      const kept = how === 'moved away' ? `${path}-away` : path;
      const checked = JSON.parse((await runTandem(['check', '--index', kept, '--json'])).out);
      expect(checked).toMatchObject({ documents: 121, problems: [] });
      const found = await runTandem(['search', '--index', kept, 'zebra', '--json']);
      expect(JSON.parse(found.out).hits).toMatchObject([{ id: 'before' }]);
    },
  );

  it('writes on when its folder is back', async () => {
    const path = place();
    expect(await index(path)).toBe('made');
    const service = await serve(path, '--writable');
    await rename(path, `${path}-away`);
    expect((await put(service, 'a')).status).toBe(503);
    await rename(`${path}-away`, path);
    expect([(await put(service, 'b')).status, (await ready(service)).status]).toEqual([200, 200]);
    expect(await service.end()).toBe(0);
    const found = await runTandem(['search', '--index', path, 'zebra', '--json']);
    expect(JSON.parse(found.out).hits).toMatchObject([{ id: 'b' }]);
  });
});

it.skipIf(process.getuid?.() !== 0)(
  'says that another user may not write to an index',
  { timeout: 60_000 },
  async () => {
    const path = place();
    expect(await index(path)).toBe('made');
    const { spawn } = await import('node:child_process');
    const { chmod } = await import('node:fs/promises');
    await chmod(folder, 0o755);
    const { fileURLToPath } = await import('node:url');
    const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
    const words = [main, 'serve', '--index', path, '--writable', '--port', '0'];
    const child = spawn(process.execPath, words, { uid: 65_534, gid: 65_534, stdio: ['ignore', 'ignore', 'pipe'] });
    const errors: string[] = [];
    child.stderr.on('data', chunk => errors.push(String(chunk)));
    expect((await once(child, 'close'))[0]).toBe(1);
    expect(errors.join('')).toContain(`tandem: files/not-writable: ${path}`);
  },
);
