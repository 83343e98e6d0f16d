import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, lastJson, runTandem } from './run-tandem.js';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const tsx = import.meta.resolve('tsx');
let folder: string;
const at = (...names: string[]): string => join(folder, ...names);

/** The program in a folder of its own. */
function tandemIn(cwd: string, ...words: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', tsx, main, ...words], { cwd });
  const ended = { out: '', error: '' };
  child.stdout.on('data', chunk => {
    ended.out += chunk;
  });
  child.stderr.on('data', chunk => {
    ended.error += chunk;
  });
  return new Promise(resolve => child.on('close', exit => resolve({ exit, ...ended })));
}

const colours = ['red', 'blue', 'green', 'black', 'white'];
const shop = [
  'sku,name,long_description,brand,price,category,image_url,in_stock',
  ...Array.from(
    { length: 60 },
    (_, i) =>
      `${String(i).padStart(4, '0')},${colours[i % 5]} garden hose of ${i} metres,"A hose for the garden, ${colours[i % 5]}, that is easy to roll up and that lasts for years in the sun and in the frost.",HP,"€${i},50",Garden,https://cdn.example/${i}.jpg,${i % 2 === 0}`,
  ),
].join('\n');
const word = (i: number): string => String.fromCharCode(97 + (i % 26), 97 + ((i * 7) % 26), 97 + ((i * 3) % 26));
const clicks = [
  'search_term,sku',
  ...Array.from({ length: 60 }, (_, i) => `hose ${word(i)},${String(i).padStart(4, '0')}`),
].join('\n');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-project-'));
  await writeFile(at('shop.csv'), shop);
  await writeFile(at('clicks.csv'), clicks);
});
afterAll(() => rm(folder, { recursive: true }));

describe('init', () => {
  it('writes tandem.json, and says what it read, why, and what comes next', async () => {
    await mkdir(at('one'), { recursive: true });
    const { exit, out } = await tandemIn(at('one'), 'init', join('..', 'shop.csv'));
    expect(exit).toBe(0);
    expect(out).toMatch(/id +sku +unique in all 60 rows\n/);
    expect(out).toMatch(/as they would be read:\n.*\n.*\n0000 +red garden hose of 0 metres +A hose.* 0\.5 +EUR/);
    expect(out).toContain('tandem prepare && tandem train && tandem index && tandem serve');
    expect(JSON.parse(await readFile(at('one', 'tandem.json'), 'utf8')).documents).toEqual({
      files: [join('..', 'shop.csv')],
      columns: { id: 'sku', title: 'name', description: 'long_description', price: 'price', images: 'image_url' },
    });
  });

  it('takes absolute paths for what they are', async () => {
    const project = {
      documents: { files: [at('shop.csv')], columns: { id: 'sku', title: 'name' } },
      out: at('absolute'),
    };
    await writeFile(at('one', 'absolute.json'), JSON.stringify(project));
    const ended = await runTandem(['prepare', '--project', at('one', 'absolute.json')]);
    expect([ended.exit, ended.error]).toEqual([0, expect.anything()]);
    expect(ended.out).toContain(`${at('absolute', 'data')}: 60 documents`);
  });

  it('reads documents of several languages each in its own, and a query in the one that its words speak for', async () => {
    const articles = [
      { key: 'a', headline: 'Download an invoice', locale: 'en' },
      { key: 'b', headline: 'Abo kündigen und Rechnungen laden', locale: 'de' },
      { key: 'c', headline: 'Résilier votre abonnement', locale: 'fr' },
    ];
    await writeFile(at('articles.json'), JSON.stringify(articles));
    const looked = await runTandem(['init', at('articles.json'), '--out', at('one', 'articles.tandem.json')]);
    expect(looked.exit, looked.error).toBe(0);
    expect(looked.out).toContain('languages: en 1, de 1, fr 1');
    const project = ['--project', at('one', 'articles.tandem.json')];
    expect(await runTandem(['index', ...project, '--out', at('articles')])).toMatchObject({ exit: 0 });
    for (const [word, id] of [
      ['kündigen', 'b'],
      ['rechnungen', 'b'],
      ['rechnung', 'b'],
      ['downloading invoices', 'a'],
      ['abonnements', 'c'],
      ['résilier', 'c'],
      ['invoice', 'a'],
    ]) {
      const { hits } = lastJson(await runTandem(['search', '--index', at('articles'), word, '--json']));
      expect(
        hits.map((hit: { id: string }) => hit.id),
        word,
      ).toEqual([id]);
    }
  });

  it('writes nothing over without --force', async () => {
    await writeFile(at('mine.json'), '{"mine": true}');
    const refused = await runTandem(['init', at('shop.csv'), '--out', at('mine.json'), '--json']);
    expect(refused.exit).toBe(2);
    expect(lastJson(refused).code).toBe('files/not-ours');
    expect(await readFile(at('mine.json'), 'utf8')).toBe('{"mine": true}');
    await writeFile(at('mine.json'), '{"documents": {"files": ["old.csv"]}}');
    const asked = await runTandem(['init', at('shop.csv'), '--out', at('mine.json'), '--json']);
    expect([asked.exit, lastJson(asked).code]).toEqual([2, 'files/exists']);
    const forced = await runTandem(['init', at('shop.csv'), '--out', at('mine.json'), '--force', '--json']);
    expect(forced.exit).toBe(0);
    expect(lastJson(forced)).toMatchObject({
      project: { documents: { columns: { id: 'sku' } } },
      because: { documents: { id: 'sku: unique in all 60 rows' } },
      documents: { count: 60, language: { language: 'en' } },
    });
  });

  it('writes nothing where nothing is found', async () => {
    await writeFile(at('tree.txt'), '1 - Garden\n2 - Hoses\n');
    const ended = await runTandem(['init', at('tree.txt'), '--out', at('none.json')]);
    expect(ended.exit).toBe(1);
    expect(ended.error).toMatch(/data\/no-documents: .*tree\.txt is text without columns, no table: part the id/);
    await expect(readFile(at('none.json'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('a project', () => {
  it('says all that prepare, index, evaluate and search need', async () => {
    await mkdir(at('in'));
    await writeFile(at('in', 'shop.csv'), shop);
    await writeFile(at('in', 'clicks.csv'), clicks);
    await runTandem(['init', at('in'), '--out', at('whole', 'tandem.json')]);
    const project = ['--project', at('whole', 'tandem.json'), '--json'];
    const prepared = await runTandem(['prepare', '--split', '.6,.2,.2', ...project]);
    expect(lastJson(prepared)).toMatchObject({
      folder: at('whole', 'out', 'data'),
      counts: { documents: 60, unknownDocuments: 0 },
    });
    const [first] = (await readFile(at('whole', 'out', 'data', 'documents.jsonl'), 'utf8')).split('\n');
    expect(JSON.parse(first)).toMatchObject({
      id: '0000',
      title: 'red garden hose of 0 metres',
      price: 0.5,
      currency: 'EUR',
    });
    const indexed = await runTandem(['index', ...project]);
    expect(lastJson(indexed)).toMatchObject({ folder: at('whole', 'out', 'index'), documents: 60 });
    const found = await runTandem(['search', 'hose of 17 metres', ...project]);
    expect(lastJson(found).hits[0].id).toBe('0017');
    const measured = await runTandem(['evaluate', ...project]);
    expect(lastJson(measured)).toMatchObject({ report: at('whole', 'out', 'report.html') });
  });

  it('is read from the current folder where something is missing, and one line says so', async () => {
    await mkdir(at('here'));
    await tandemIn(at('here'), 'init', join('..', 'shop.csv'));
    const indexed = await tandemIn(at('here'), 'index');
    expect(indexed.error).toMatch(/^project: tandem\.json of this folder$/m);
    expect(indexed.out).toContain(`${join('out', 'index')}: 60 documents`);
    const whole = await tandemIn(at('here'), 'index', '--documents', 'docs.jsonl', '--out', 'other');
    expect(whole.error).not.toContain('project:');
    expect(whole.error).toContain('data/not-found');
  });

  it('gives way to flags: another file is read as it stands, another folder is written', async () => {
    await writeFile(at('plain.jsonl'), `${JSON.stringify({ id: 'a', title: 'rake' })}\n`);
    await runTandem(['init', at('shop.csv'), '--out', at('way', 'tandem.json')]);
    const words = ['index', '--project', at('way', 'tandem.json'), '--out', at('way', 'mine'), '--json'];
    expect(lastJson(await runTandem([...words, '--documents', at('plain.jsonl')]))).toMatchObject({
      documents: 1,
      folder: at('way', 'mine'),
    });
  });

  it.each<[string, string, string, RegExp]>([
    ['that is not there', '', 'data/not-found', /`tandem init` writes one/],
    ['that is no JSON', '{', 'project/invalid', /not JSON/],
    [
      'with a misspelt key',
      '{"documents": {"files": ["a.csv"], "colums": {}}}',
      'project/invalid',
      /unknown key "documents\.colums" \(did you mean "columns"\?\)/,
    ],
    ['with a value that does not fit', '{"documents": {"files": []}}', 'project/invalid', /documents\.files/],
    [
      'whose mapping names a column that is not there',
      '{"documents": {"files": ["shop.csv"], "columns": {"id": "skuu"}}}',
      'data/unknown-column',
      /no column "skuu".*did you mean "sku"/,
    ],
  ])('%s', async (_, content, code, message) => {
    const file = content === '' ? at('missing.json') : at('bad.json');
    if (content !== '') await writeFile(file, content);
    const ended = await runTandem(['prepare', '--project', file, '--json']);
    expect(lastJson(ended)).toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

describe('--map', () => {
  const fields = ['--map', 'sku=id,name=title', '--map', 'long_description=description'];

  it('names columns of documents in one line, and of pairs', async () => {
    const indexed = await runTandem([
      'index',
      '--documents',
      at('shop.csv'),
      ...fields,
      '--out',
      at('map', 'index'),
      '--json',
    ]);
    expect(lastJson(indexed)).toMatchObject({ documents: 60 });
    const words = ['prepare', '--documents', at('shop.csv'), '--pairs', at('clicks.csv'), '--out', at('map', 'data')];
    const prepared = await runTandem([...words, ...fields, '--map', 'search_term=query,sku=documentId', '--json']);
    expect(lastJson(prepared).counts).toMatchObject({ documents: 60, unknownDocuments: 0 });
  });

  it.each<[string, RegExp]>([
    ['sku', /expected COLUMN=FIELD, such as sku=id, got "sku"/],
    ['=id', /expected COLUMN=FIELD/],
    ['sku=', /expected COLUMN=FIELD/],
    ['sku=id,ean=id', /id is named twice: "sku" and "ean"/],
  ])('%s is refused', async (map, message) => {
    const ended = await runTandem(['index', '--documents', at('shop.csv'), '--map', map, '--out', at('map', 'bad')]);
    expect(ended.exit).toBe(2);
    expect(ended.error).toMatch(message);
  });

  it('names a column that the file does not have', async () => {
    const ended = await runTandem([
      'index',
      '--documents',
      at('shop.csv'),
      '--map',
      'nam=title',
      '--out',
      at('map', 'bad'),
    ]);
    expect(ended.error).toMatch(/data\/unknown-column: .*no column "nam".*did you mean "name"/);
  });
});

it('a command that lacks its input names the flag and tandem init', async () => {
  const ended = await runTandem(['prepare', '--out', at('lacks')]);
  expect(ended.exit).toBe(2);
  expect(ended.error).toMatch(/usage\/missing-option: --documents is missing.*tandem init/);
});
