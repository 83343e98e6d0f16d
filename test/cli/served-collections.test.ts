import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { jsonLines } from '../small-model.js';
import { lastJson, runTandem } from './run-tandem.js';
import { type Service, startService, until } from './serve-process.js';
import { documents } from './small-shop.js';

let root: string;
let service: Service | undefined;
const at = (name: string): string => join(root, name);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tandem-served-collections-'));
  await writeFile(at('documents.jsonl'), jsonLines(documents));
  for (const [name, rows] of [
    ['shop-1', documents],
    ['shop-2', documents.slice(0, 1)],
  ] as const) {
    await writeFile(at('rows.jsonl'), jsonLines(rows));
    expect((await runTandem(['index', '--documents', at('rows.jsonl'), '--out', at(name)])).exit).toBe(0);
  }
  await symlink('shop-1', at('shop'));
});
afterEach(async () => {
  await service?.end('SIGKILL');
  service = undefined;
});
afterAll(() => rm(root, { recursive: true, force: true }));

const count = async ({ send }: Service, name: string): Promise<unknown> =>
  ((await send('GET', `/collections/${name}/health/ready`)).body as { documents?: number }).documents;

describe('tandem serve --root', () => {
  it('serves the indexes of a folder, follows a link that is led elsewhere by hand, and ends when it is told', async () => {
    const opened = await startService(['--root', root, '--metrics-port', '0']);
    service = opened;
    expect((await service.send('GET', '/collections')).body).toMatchObject({
      collections: [{ name: 'shop-1', aliases: ['shop'] }, { name: 'shop-2' }],
    });
    expect(await count(opened, 'shop')).toBe(documents.length);
    expect((await service.send('GET', '/metrics')).status).toBe(404);
    await symlink('shop-2', at('.next'));
    await rename(at('.next'), at('shop'));
    const found = await until(
      () => count(opened, 'shop'),
      number => number === 1,
    );
    expect(found).toBe(1);
    expect(await service.end()).toBe(0);
  });

  it('tells each answer once, with the address that was asked', async () => {
    const opened = await startService(['--root', root]);
    service = opened;
    const answers = [
      await opened.send('POST', '/collections/shop-2/search?x=secret', { text: 'hose' }),
      await opened.send('GET', '/collections/'),
      await opened.send('GET', '/collections'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await opened.end()).toBe(0);
    const told = opened.log.filter(({ msg }) => msg === 'answered');
    expect(told).toMatchObject([
      { url: '/collections/shop-2/search', collection: 'shop-2', status: 200 },
      // which leads to the list
      { url: '/collections/', status: 308 },
      { url: '/collections', status: 200 },
      { url: '/collections', status: 200 },
    ]);
    expect(JSON.stringify(told)).not.toContain('secret');
  });

  it('makes keys for some of them', async () => {
    const made = await runTandem([
      ...['key', 'create', '--keys', at('keys.json'), '--name', 'shop', '--scope', 'search'],
      ...['--collections', 'shop,shop-2', '--json'],
    ]);
    expect(lastJson(made)).toMatchObject({ collections: ['shop', 'shop-2'] });
    const refused = await runTandem([
      ...['key', 'create', '--keys', at('keys.json'), '--name', 'other', '--scope', 'search'],
      ...['--collections', '../shop', '--json'],
    ]);
    expect(lastJson(refused)).toMatchObject({ code: 'usage/bad-value' });
  });

  it.each([
    [['--index', 'a', '--root', 'b'], 'usage/bad-value'],
    [['--root', 'nowhere'], 'data/not-found'],
    [['--root', '.', '--workers', '2'], 'usage/bad-value'],
  ])('refuses %j', async (words, code) => {
    expect(lastJson(await runTandem(['serve', '--port', '0', ...words, '--json']))).toMatchObject({ code });
  });
});
