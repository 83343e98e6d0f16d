import { mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Building } from '../../serving/parts.js';
import { jsonLines, narrow, smallDocuments, smallPairs } from '../small-model.js';
import { type Service, startService, until } from './serve-process.js';

let folder: string;
const services: Service[] = [];
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-up-'));
});
afterEach(async () => {
  for (const service of services.splice(0)) {
    if (service.process.exitCode === null && service.process.signalCode === null) await service.end('SIGKILL');
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function up(...words: string[]): Promise<Service> {
  const service = await startService(words, { command: 'up', cwd: folder });
  services.push(service);
  return service;
}

interface Settings {
  readonly documents: number;
  readonly modes: readonly string[];
  readonly building?: Building;
}

const settings = async (service: Service): Promise<Settings> =>
  (await service.send('GET', '/page/settings')).body as Settings;
const built = (service: Service): Promise<Settings> =>
  until(
    () => settings(service),
    ({ building }) => building?.state !== 'running',
    240,
  );
const search = async (service: Service, text: string, mode?: string): Promise<string[]> => {
  const { status, body } = await service.send('POST', '/search', { text, ...(mode && { mode }) });
  expect(status, JSON.stringify(body)).toBe(200);
  return (body as { hits: { id: string }[] }).hits.map(({ id }) => id);
};

/** A project whose towers are trained in a second. @param name  of its documents and of the folder that it writes to */
async function writeSmall(name: string, rows: readonly object[], more: object = {}): Promise<string> {
  await writeFile(at(`${name}.jsonl`), jsonLines(rows));
  const project = { documents: { files: [`${name}.jsonl`] }, out: name, config: narrow, ...more };
  await writeFile(at(`${name}.json`), JSON.stringify(project));
  return `${name}.json`;
}

describe('tandem up', { timeout: 300_000 }, () => {
  it('answers by words at once, trains behind the page, and then by meaning too; the next time at once', async () => {
    const documents = smallDocuments(120);
    await writeFile(at('pairs.jsonl'), jsonLines(smallPairs(documents)));
    const project = await writeSmall('shop', documents, { pairs: { files: ['pairs.jsonl'] } });
    const first = await up(project);
    const early = await settings(first);
    expect(early).toMatchObject({ documents: 120, building: { state: 'running' } });
    const words = await search(first, 'hammer', 'token');
    expect(words.length).toBeGreaterThan(0);

    const late = await built(first);
    expect(late.building).toMatchObject({ state: 'done', text: expect.stringMatching(/^Meaning is searched too/) });
    expect(
      (
        await until(
          () => settings(first),
          ({ modes }) => modes.length > 1,
        )
      ).modes,
    ).toEqual(['hybrid', 'vector', 'token']);
    expect((await search(first, 'hammer', 'vector')).length).toBeGreaterThan(0);
    expect(await search(first, 'hammer', 'token')).toEqual(words);
    expect(await first.end()).toBe(0);

    const again = await up(project);
    expect(await settings(again)).toEqual({
      documents: 120,
      modes: ['hybrid', 'vector', 'token'],
      places: expect.anything(),
      attributes: expect.anything(),
      floor: expect.anything(),
      pictureOrigins: [],
    });
    await again.end();

    // prices are none of the towers' business
    const priced = documents.map((document, i) => ({ ...document, price: i }));
    await writeFile(at('shop.jsonl'), jsonLines(priced));
    await utimes(at('shop.jsonl'), new Date(), new Date(Date.now() + 2000));
    const model = await readFile(at('shop/model/model.json'), 'utf8');
    const trainedAt = (await stat(at('shop/model/model.json'))).mtimeMs;
    const repriced = await up(project);
    expect((await built(repriced)).building?.state).toBe('done');
    expect(repriced.log.map(({ msg }) => msg)).toContain(
      'Step 2 of 3: the towers stay as they are, for nothing that they learn from has changed',
    );
    const cheap = async () =>
      (
        (
          await repriced.send('POST', '/search', {
            filter: [{ range: { field: 'price', min: 3, max: 3 } }],
          })
        ).body as { hits: { id: string }[] }
      ).hits.map(({ id }) => id);
    expect(await until(cheap, hits => hits.length > 0)).toEqual(['d3']);
    expect(await search(repriced, 'hammer', 'vector')).not.toEqual([]);
    await repriced.end();
    expect((await stat(at('shop/model/model.json'))).mtimeMs).toBe(trainedAt);

    // other documents: the index of before answers until the new one is whole
    await writeFile(at('shop.jsonl'), jsonLines([...documents, { id: 'new', title: 'numbat' }]));
    await utimes(at('shop.jsonl'), new Date(), new Date(Date.now() + 5000));
    const changed = await up(project);
    expect(await settings(changed)).toMatchObject({ documents: 120, modes: ['hybrid', 'vector', 'token'] });
    expect((await built(changed)).building?.state).toBe('done');
    const grown = await until(
      () => search(changed, 'numbat', 'token'),
      hits => hits.length > 0,
    );
    expect(grown).toEqual(['new']);
    // its words are learnt from
    expect(await readFile(at('shop/model/model.json'), 'utf8')).not.toBe(model);
  });

  it('proposes a project for documents as they lie there, and takes it the next time', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => `SKU-${i};Lamp ${i} of steel;${i},50`);
    await writeFile(at('lamps.csv'), ['sku;name;price', ...rows, ''].join('\n'));
    const service = await up('lamps.csv');
    expect(await search(service, 'lamp 7')).toContain('SKU-7');
    expect(JSON.parse(await readFile(at('tandem.json'), 'utf8'))).toMatchObject({
      documents: { files: ['lamps.csv'], columns: { id: 'sku', title: 'name', price: 'price' } },
    });
    await service.end();
    const before = await readFile(at('tandem.json'), 'utf8');
    const again = await up('lamps.csv');
    expect((await settings(again)).documents).toBe(30);
    expect(await readFile(at('tandem.json'), 'utf8')).toBe(before);
    await again.end();
    // a tandem.json about something else is left as it is
    await writeFile(at('chairs.csv'), 'id,title\n1,Chair\n');
    await expect(up('chairs.csv')).rejects.toThrow(/files\/exists/);
    expect(await readFile(at('tandem.json'), 'utf8')).toBe(before);
  });

  it('says which file of a project is not there', async () => {
    await writeFile(at('gone.json'), JSON.stringify({ documents: { files: ['gone.csv'] }, out: 'gone' }));
    await expect(up('gone.json')).rejects.toThrow(/data\/not-found/);
    await expect(up('nowhere.csv', '--project', 'nowhere.json')).rejects.toThrow(/data\/not-found/);
    // also beside a project of other files, and where it is the pictures
    await expect(up('nowhere.csv', '--project', 'gone.json')).rejects.toThrow(/data\/not-found.*nowhere\.csv/s);
    await expect(up('gone.json', '--pictures', 'no-pictures')).rejects.toThrow(/data\/not-found.*no-pictures/s);
  });

  it('says on the page why towers could not be trained, and answers by words all the same', async () => {
    const service = await up(await writeSmall('single', [{ id: 'a', title: 'garden hose' }]));
    const { building, modes } = await built(service);
    expect(building?.state).toBe('failed');
    expect(building?.text).toContain('Training the towers failed (training/no-examples)');
    expect(modes).toEqual(['token']);
    expect(await search(service, 'hoses')).toEqual(['a']);
  });

  it('leaves no work behind when it is killed, and goes on the next time', async () => {
    const project = await writeSmall('killed', smallDocuments(60));
    const service = await up(project);
    await until(
      () => settings(service),
      ({ building }) => building?.text.includes('training the towers') === true,
    );
    await service.end('SIGKILL');
    const again = await up(project);
    const { building } = await built(again);
    expect([building?.state, building?.text]).toEqual(['done', expect.any(String)]);
  });
});
