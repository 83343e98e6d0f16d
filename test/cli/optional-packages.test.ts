import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../src/cli/commands/all.js';
import { optionalPackages } from '../../src/config/optional-packages.js';
import { isErrorCode } from '../../src/errors/table.js';
import { checksumFolders } from '../../src/search/checksums.js';
import { readManifest, writeManifest } from '../../src/search/manifest.js';
import { openDocumentStore } from '../../src/store/document-store.js';
import { createHnswIndex } from '../../src/vector/hnsw-index.js';
import { jsonLines, type SmallModel, trainSmallModel } from '../small-model.js';
import { readSources } from '../source-graph.js';
import { installTandem } from './installation.js';
import { lastJson, runTandem } from './run-tandem.js';
import { spawnTandem, startService } from './serve-process.js';

let folder: string;
let program: readonly string[];
let small: SmallModel;
/** indexes of the same documents: with a graph of hnswlib, as earlier versions made it, and made without */
const graph = () => join(folder, 'graph');
const made = () => join(folder, 'made');
const documents = () => join(folder, 'small', 'data', 'documents.jsonl');

const tandem = (words: readonly string[]) => spawnTandem([...words, '--json'], folder, program);
const embed = () => ['embed', 'documents', '--model', small.model, '--in', documents()];
const withVectors = () => ['--model', small.model, '--documents', documents(), '--set', 'indexing.exactBelow=20'];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-optional-'));
  program = await installTandem(folder);
  small = await trainSmallModel(join(folder, 'small'));
  expect(await runTandem(['index', ...withVectors(), '--out', graph(), '--json'])).toMatchObject({ exit: 0 });
  await saveByHnswlib(graph());
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Puts a graph of hnswlib in the place of the one that an index has. */
async function saveByHnswlib(index: string): Promise<void> {
  const manifest = await readManifest(index);
  const store = await openDocumentStore(join(index, 'documents'), { readOnly: true });
  const vectors = createHnswIndex(manifest.width!, manifest.indexing.hnsw);
  for (const { id, embedding } of store.entries()) if (embedding !== undefined) vectors.add([id], embedding);
  await vectors.save(join(index, 'vectors'));
  await store.close();
  await writeManifest(index, { ...manifest, files: await checksumFolders(index, ['tokens', 'vectors']) });
}

const queries = ['red hammer', 'blue lamp', 'black saw drill', 'a ladder for paint'];

const hitsOf = async (index: string, mode: string, run: typeof tandem = tandem) => {
  const answers = [];
  for (const query of queries) {
    const ended = await run(['search', '--index', index, query, '--mode', mode, '--k', '20']);
    expect(ended).toMatchObject({ exit: 0 });
    answers.push(lastJson(ended).hits.map(({ id, score }: { id: string; score: number }) => [id, score.toFixed(5)]));
  }
  return answers;
};

describe('an installation without the optional packages', () => {
  it('indexes rows of CSV by their words and searches them', async () => {
    const csv = join(folder, 'shop.csv');
    await writeFile(csv, 'id,title\n1,red hammer\n2,blue lamp\n');
    const words = ['index', '--documents', csv, '--out', join(folder, 'words')];
    expect(await tandem(words)).toMatchObject({ exit: 0 });
    const found = lastJson(await tandem(['search', '--index', join(folder, 'words'), 'lamp']));
    expect(found.hits.map(({ id }: { id: string }) => id)).toEqual(['2']);
  });

  it('indexes with a model, by a graph', async () => {
    const ended = await tandem(['index', ...withVectors(), '--out', made()]);
    expect(lastJson(ended).warnings ?? []).toEqual([]);
    expect(JSON.parse(await readFile(join(made(), 'vectors', 'vectors.json'), 'utf8')).kind).toBe('int4-hnsw');
  });

  it('opens an index whose vectors are a graph of hnswlib, and finds what the other one finds', async () => {
    const { kind } = JSON.parse(await readFile(join(graph(), 'vectors', 'vectors.json'), 'utf8'));
    expect(kind).toBe('hnsw');
    const exact = await hitsOf(made(), 'vector');
    expect(exact.flat()).toHaveLength(80);
    expect(await hitsOf(graph(), 'vector')).toEqual(exact);
    expect(lastJson(await tandem(['check', '--index', graph()]))).toMatchObject({ problems: [] });
  });

  it('is opened the other way round too', async () => {
    const here = (words: readonly string[]) => runTandem([...words, '--json']);
    expect(await hitsOf(made(), 'hybrid', here)).toEqual(await hitsOf(made(), 'hybrid'));
  });

  it('serves, takes documents and then has a graph of the present kind', async () => {
    const service = await startService(['--index', graph(), '--writable'], { cwd: folder, program });
    const told = service.log.filter(({ msg }) => msg?.includes('hnswlib-node'));
    const put = await service.send('PUT', '/documents/new', { title: 'red hammer hammer' });
    const { body } = await service.send('POST', '/search', { text: 'red hammer hammer', mode: 'vector', k: 1 });
    const exit = await service.end();
    expect(told).toMatchObject([{ level: 40 }]);
    expect([put.status, exit]).toEqual([200, 0]);
    expect(body).toMatchObject({ hits: [{ id: 'new' }] });
    const { revision } = await readManifest(graph());
    const header = join(graph(), `vectors.${revision}`, 'vectors.json');
    expect(JSON.parse(await readFile(header, 'utf8')).kind).toBe('int4-hnsw');
    expect(lastJson(await tandem(['check', '--index', graph()]))).toMatchObject({ problems: [], documents: 121 });
  });

  it('embeds, and evaluates with a report', async () => {
    const out = join(folder, 'embeddings.jsonl');
    expect(await tandem([...embed(), '--out', out])).toMatchObject({ exit: 0 });
    expect((await readFile(out, 'utf8')).trimEnd().split('\n')).toHaveLength(120);
    const [judged, qrels] = ['queries.test.jsonl', 'qrels.test.trec'].map(name => join(small.data, name));
    const report = join(folder, 'report.html');
    const evaluate = ['evaluate', '--index', made(), '--queries', judged, '--qrels', qrels, '--out', report];
    expect(await tandem(evaluate)).toMatchObject({ exit: 0 });
    expect(await readFile(report, 'utf8')).toContain('</svg>');
  });
});

describe('a package that is missing', () => {
  const parquet = () => join(folder, 'documents.parquet');
  beforeAll(async () => {
    await writeFile(parquet(), 'PAR1');
    const event = { session: 's', time: 1, type: 'click', documentId: 'd0' };
    await writeFile(join(folder, 'events.jsonl'), jsonLines([event]));
  });
  const data = () => ['--data', small.data];
  const jsonl = () => join(folder, 'out.jsonl');
  const out = () => ['--out', join(folder, 'out')];
  const events = () => ['--documents', documents(), '--events', join(folder, 'events.jsonl')];
  const tensorFlow = '@tensorflow/tfjs';

  it.each([
    ['train', tensorFlow, () => ['train', ...data(), ...out()]],
    ['ablate', tensorFlow, () => ['ablate', ...data(), '--config', 'none.json', ...out()]],
    ['pretrain', tensorFlow, () => ['pretrain', ...data(), ...out()]],
    ['blend', tensorFlow, () => ['blend', ...data(), '--out', join(folder, 'out.json')]],
    ['inspect', tensorFlow, () => ['inspect', '--model', small.model, ...data(), '--out', join(folder, 'out.html')]],
    ['import-encoder', tensorFlow, () => ['import-encoder', small.data, ...out()]],
    ['demo', 'tandem-search-demo-data', () => ['demo', '--dir', join(folder, 'demo')]],
    ['Parquet that is read', '@duckdb/node-api', () => ['index', '--documents', parquet(), ...out()]],
    ['Parquet that is written', '@duckdb/node-api', () => [...embed(), '--out', join(folder, 'out.parquet')]],
    ['a store of objects', '@aws-sdk/client-s3', () => [...embed(), '--storage', 's3://bucket', '--out', jsonl()]],
    ['a log of events', '@duckdb/node-api', () => ['prepare', ...events(), '--chain', 'search,click', ...out()]],
  ])('is told by name: %s', async (_, name, words) => {
    const before = await readdir(folder);
    const ended = await tandem(words());
    const { code, message, details } = lastJson(ended);
    expect({ exit: ended.exit, code, details }).toEqual({
      exit: 1,
      code: 'package/unavailable',
      details: { package: name },
    });
    expect(isErrorCode(code)).toBe(true);
    expect(message).toMatch(new RegExp(`needs the package ${name}, which is not installed: \`npm install ${name}\`$`));
    expect(await readdir(folder)).toEqual(before);
  });

  it('is found in the folder where the command runs, where npx and a global Tandem have it from', async () => {
    const elsewhere = join(folder, 'elsewhere');
    await installTandem(elsewhere, ['@duckdb/node-api']);
    const words = [...embed(), '--out', join(elsewhere, 'out.parquet')];
    expect(await spawnTandem([...words, '--json'], elsewhere, program)).toMatchObject({ exit: 0 });
  });

  it('that is there but does not load is told with the reason', async () => {
    const broken = join(folder, 'broken');
    const withBroken = await installTandem(broken);
    const place = join(broken, 'node_modules', '@duckdb', 'node-api');
    await mkdir(place, { recursive: true });
    await writeFile(join(place, 'index.js'), "throw new Error('no binary for this machine');");
    const ended = await spawnTandem(['index', '--documents', parquet(), ...out(), '--json'], broken, withBroken);
    expect(lastJson(ended).message).toContain(
      'which cannot be loaded (no binary for this machine): `npm rebuild @duckdb/node-api`',
    );
  });
});

describe('README.md', () => {
  it('names for each optional package the commands that cannot do without', async () => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
    for (const { name, packages } of commands)
      for (const needed of packages) {
        const row = readme.split('\n').find(line => line.startsWith(`| \`${needed}\``));
        expect(row ?? '', needed).toContain(`\`tandem ${name}\``);
      }
  });
});

describe('package.json', () => {
  const root = new URL('../../', import.meta.url);
  const read = async (path: string) => JSON.parse(await readFile(new URL(path, root), 'utf8'));

  it('calls optional what is asked for by name, and installs the same here for the tests', async () => {
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta, devDependencies } =
      await read('package.json');
    const demo = await read('packages/demo-data/package.json');
    const optional = { ...peerDependencies, ...optionalDependencies };
    expect(Object.keys(optional)).toEqual(expect.arrayContaining(Object.keys(optionalPackages)));
    expect(Object.keys(dependencies).filter(name => name in optional)).toEqual([]);
    for (const name of Object.keys(peerDependencies)) expect(peerDependenciesMeta[name]).toEqual({ optional: true });
    for (const name of ['@tensorflow/tfjs', '@duckdb/node-api', '@huggingface/transformers'])
      expect(devDependencies[name]).toBe(peerDependencies[name]);
    expect(peerDependencies[demo.name]).toBe(`^${demo.version}`);
    expect(demo.dependencies['@tensorflow/tfjs']).toBe(peerDependencies['@tensorflow/tfjs']);
  });

  it('has the rights of the demo in the package that brings its data too', async () => {
    const [documented, packed] = await Promise.all(
      ['docs/NOTICE-demo.md', 'packages/demo-data/NOTICE.md'].map(path => readFile(new URL(path, root), 'utf8')),
    );
    expect(packed).toBe(documented);
  });

  it('names no optional package that a file loads before it is needed', () => {
    const eager = new RegExp(
      `^(?:import|export) (?!type\\b)[^;]*from '(?:${Object.keys(optionalPackages).join('|')})'`,
      'm',
    );
    expect(eager.test("import { DuckDBInstance } from '@duckdb/node-api';")).toBe(true);
    const shipped = readSources(fileURLToPath(root)).filter(({ path }) => !path.startsWith('bench/'));
    expect(shipped.filter(({ text }) => eager.test(text)).map(({ path }) => path)).toEqual([]);
  });
});
