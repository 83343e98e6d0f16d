import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Building } from '../../serving/parts.js';
import { seededRandom } from '../../src/math/random.js';
import { narrow } from '../small-model.js';
import { type Service, spawnTandem, startService, until } from './serve-process.js';

/** docs/first-hour.md in short: its commands over a shop of its columns, with towers that are trained in a second. */
let folder: string;
let service: Service | undefined;
const at = (name: string): string => join(folder, name);

const brands = ['Acme', 'Gardena', 'Bosch', 'HP'];
const kinds: Readonly<Record<string, readonly string[]>> = {
  Garden: ['garden hose', 'lawn mower', 'watering can'],
  Tools: ['cordless drill', 'claw hammer', 'screwdriver set'],
  Office: ['laser printer', 'desk lamp', 'whiteboard'],
};

/** Rows of a shop, with the brand and the category in their own columns alone. */
function shopRows(count: number): string[] {
  const random = seededRandom(4);
  const draw = <T>(list: readonly T[]): T => list[random.below(list.length)];
  return Array.from({ length: count }, (_, i) => {
    const category = draw(Object.keys(kinds));
    const price = `"${5 + random.below(200)},${10 + random.below(90)}"`;
    const cells = [
      `SKU-${i}`,
      `${draw(['Red', 'Foldable', 'Light'])} ${draw(kinds[category])} ${i}`,
      `For ${category.length} years.`,
    ];
    return [
      ...cells,
      draw(brands),
      price,
      category,
      `https://img.example.com/${i}.jpg`,
      i % 3 === 0 ? 'true' : 'false',
    ].join(',');
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-first-hour-'));
});
afterAll(async () => {
  if (service?.process.exitCode === null) await service.end('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

interface Hit {
  readonly document: Readonly<Record<string, unknown>>;
}

async function search(text: string): Promise<Hit['document'][]> {
  const { status, body } = await service!.send('POST', '/search', { text, syntax: 'query', k: 5 });
  expect(status, JSON.stringify(body)).toBe(200);
  return (body as { hits: Hit[] }).hits.map(({ document }) => document);
}

it('leads from a CSV to a page with good answers by the two commands of the page', { timeout: 300_000 }, async () => {
  const page = await readFile(new URL('../../docs/first-hour.md', import.meta.url), 'utf8');
  const commands = [...page.matchAll(/^\$ tandem (.+)$/gm)].map(([, words]) => words.split(' '));
  const [init, up] = commands;
  expect([init, up]).toEqual([
    ['init', 'shop.csv'],
    ['up', 'tandem.json'],
  ]);
  const header = /^sku,.*$/m.exec(page)![0];
  await writeFile(at('shop.csv'), [header, ...shopRows(300), ''].join('\n'));

  const looked = await spawnTandem(init, folder);
  expect(looked.exit, looked.error).toBe(0);
  // what the page shows of its columns is what is said
  const shown = /\$ tandem init shop\.csv\n([\s\S]*?)\n\.\.\./.exec(page)![1];
  for (const [, field, column] of shown.matchAll(/^ {2}(id|images|price|title|description) +(\S+)/gm)) {
    expect(looked.out).toMatch(new RegExp(`^ {2}${field} +${column} `, 'm'));
  }
  expect(looked.out).toContain('kept as attributes: brand, category, in_stock');
  expect(looked.out).toContain('columns read as true/false: in_stock');

  const project = JSON.parse(await readFile(at('tandem.json'), 'utf8'));
  await writeFile(at('tandem.json'), JSON.stringify({ ...project, config: narrow }));
  service = await startService(up.slice(1), { command: up[0], cwd: folder });
  for (const round of ['by words', 'by meaning too']) {
    const [best] = await search('bosch garden hose');
    expect([best.brand, best.title], round).toEqual(['Bosch', expect.stringContaining('garden hose')]);
    expect(best.price).toEqual(expect.any(Number));
    for (const found of await search('category:tools drill')) expect(found.category).toBe('Tools');
    for (const { price } of await search('price:[10 TO 50] lamp')) {
      expect(price).toBeGreaterThanOrEqual(10);
      expect(price).toBeLessThanOrEqual(50);
    }
    for (const found of await search('in_stock:true mower')) expect(found.in_stock).toBe(true);
    expect((await search('screwdrivr'))[0].title).toContain('screwdriver');
    const settings = await until(
      async () => (await service!.send('GET', '/page/settings')).body as { building: Building; modes: string[] },
      ({ building, modes }) => building.state === 'failed' || (building.state === 'done' && modes.includes('hybrid')),
      240,
    );
    expect(settings.building).toMatchObject({
      state: 'done',
      text: expect.stringContaining('Meaning is searched too'),
    });
  }
});
