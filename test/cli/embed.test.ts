import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../models/runtime/load-model.js';
import { jsonLines, type SmallModel, smallDocuments, trainSmallModel } from '../small-model.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const rows = smallDocuments(300);
const queries = rows.map(({ id, title, country }) => ({ id: `q${id}`, text: title, country }));
let folder: string;
let small: SmallModel;
const at = (name: string): string => join(folder, name);

/** Starts the program. */
function embed(words: readonly string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', join(root, 'src/cli/main.ts'), 'embed', ...words], {
    cwd: root,
  });
  let out = '';
  let error = '';
  child.stdout.on('data', chunk => {
    out += chunk;
  });
  child.stderr.on('data', chunk => {
    error += chunk;
  });
  return new Promise<{ exit: number | null; json: Record<string, unknown>; error: string }>(resolve =>
    child.on('close', exit => resolve({ exit, json: JSON.parse(out.trimEnd().split('\n').at(-1) || '{}'), error })),
  );
}

const documentWords = (input: string, out: string, ...more: string[]): string[] => [
  'documents',
  ...['--model', small.model, '--in', at(input), '--out', at(out), '--json', ...more],
];

const embeddingsOf = async (name: string): Promise<{ id: string; embedding: number[] }[]> =>
  (await readFile(at(name), 'utf8'))
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));

async function readParquet(name: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(
    `SELECT id, embedding, typeof(id) AS idType, typeof(embedding) AS embeddingType FROM '${at(name)}'`,
  );
  const found = reader.getRowObjectsJS();
  connection.closeSync();
  instance.closeSync();
  return found;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-embed-'));
  small = await trainSmallModel(at('trained'));
  await writeFile(at('documents.jsonl'), jsonLines(rows));
  await writeFile(at('queries.jsonl'), jsonLines(queries));
  await writeFile(
    at('untitled.jsonl'),
    jsonLines([
      { id: 'a', name: 'hammer' },
      { id: 'b', name: 'saw' },
    ]),
  );
});

afterAll(() => rm(folder, { recursive: true }));

// each test starts the program, some of them with worker threads: many seconds where the cores are busy
describe('tandem embed', { timeout: 180_000 }, () => {
  it('documents: one embedding a row in the order of the file, the same as the model gives', async () => {
    const { exit, json } = await embed(documentWords('documents.jsonl', 'one.jsonl', '--batch', '64'));
    expect(exit).toBe(0);
    expect(json).toMatchObject({ rows: 300, width: 16, workers: 1, out: at('one.jsonl') });
    const written = await embeddingsOf('one.jsonl');
    expect(written.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    const model = await loadModel(small.model);
    const expected = await model.embedDocuments(rows);
    await model.close();
    written.forEach(({ embedding }, i) => {
      expect(embedding).toHaveLength(16);
      expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
      embedding.forEach((value, j) => {
        expect(Math.fround(value)).toBe(value);
        expect(Math.abs(value - expected[i * 16 + j])).toBeLessThan(1e-5);
      });
    });
  });

  it('two workers write the bytes of one, in both formats', async () => {
    const bytes = async (name: string, ...words: string[]): Promise<Buffer> => {
      const { exit, json } = await embed(documentWords('documents.jsonl', name, '--batch', '32', ...words));
      expect([exit, json.rows]).toEqual([0, 300]);
      return readFile(at(name));
    };
    expect(await bytes('a2.jsonl', '--workers', '2')).toEqual(await bytes('a1.jsonl', '--workers', '1'));
    expect(await bytes('a2.parquet', '--workers', '2')).toEqual(await bytes('a1.parquet', '--workers', '1'));
    const lines = await embeddingsOf('a1.jsonl');
    const table = await readParquet('a1.parquet');
    expect(table[0]).toMatchObject({ idType: 'VARCHAR', embeddingType: 'FLOAT[]' });
    expect(table.map(({ id, embedding }) => ({ id, embedding }))).toEqual(lines);
  });

  it('what the model can read nothing in: null, and counted, in both formats', async () => {
    const bare = [{ id: 'a', title: '!!!', country: 'de' }, rows[0], { id: 'b', title: '\u200b' }];
    await writeFile(at('bare.jsonl'), jsonLines(bare));
    for (const name of ['bare-out.jsonl', 'bare-out.parquet']) {
      const { exit, json } = await embed(documentWords('bare.jsonl', name));
      expect([exit, json.rows, json.nothingToEmbed]).toEqual([0, 3, 2]);
      const written = name.endsWith('jsonl') ? await embeddingsOf(name) : await readParquet(name);
      expect(written.map(({ id, embedding }) => [id, embedding === null])).toEqual([
        ['a', true],
        ['d0', false],
        ['b', true],
      ]);
    }
  });

  it('queries: through the query tower, from CSV', async () => {
    await writeFile(
      at('queries.csv'),
      `id,text,country\n${queries.map(q => `${q.id},${q.text},${q.country}\n`).join('')}`,
    );
    const words = ['--model', small.model, '--in', at('queries.csv'), '--out', at('q.jsonl'), '--json'];
    expect((await embed(['queries', ...words])).json).toMatchObject({ rows: 300 });
    const model = await loadModel(small.model);
    const { embedding } = await model.embedQuery(queries[7]);
    await model.close();
    const written = (await embeddingsOf('q.jsonl'))[7];
    expect(written.id).toBe('qd7');
    written.embedding.forEach((value, j) => void expect(value).toBeCloseTo(embedding[j], 5));
  });

  it('leaves rows out that cannot be used, says which and why, and goes on', async () => {
    const lines = rows.slice(0, 5).map(row => JSON.stringify(row));
    lines.splice(2, 0, '{"id":"x"}', 'no json');
    await writeFile(at('bad.jsonl'), lines.join('\n'));
    const ended = await embed(documentWords('bad.jsonl', 'some.parquet'));
    expect([ended.exit, ended.json.rows, ended.json.deadLetters]).toEqual([0, 5, 2]);
    expect((await readParquet('some.parquet')).map(({ id }) => id)).toEqual(rows.slice(0, 5).map(({ id }) => id));
    expect(ended.json.deadLetterFile).toBe(at('some.parquet.dead.jsonl'));
    const told = (await readFile(at('some.parquet.dead.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(told.map(line => JSON.parse(line))).toEqual([
      { path: at('bad.jsonl'), line: 3, reason: 'title is missing', row: { id: 'x' } },
      { path: at('bad.jsonl'), line: 4, reason: expect.stringMatching(/^not JSON/) },
    ]);
    expect(existsSync(at('some.parquet.shards'))).toBe(false);
    // without bad rows no file tells of any
    await writeFile(at('bad.jsonl'), lines[0]);
    const again = await embed(documentWords('bad.jsonl', 'some.parquet', '--force'));
    expect(again.json).toMatchObject({ rows: 1, deadLetters: 0 });
    expect(existsSync(at('some.parquet.dead.jsonl'))).toBe(false);
  });

  it.each([
    ['untitled.jsonl', 'x.jsonl', [], 1, /data\/malformed-row: .*untitled\.jsonl line 1: no column title/],
    ['nowhere.jsonl', 'x.jsonl', [], 1, /data\/not-found/],
    ['documents.jsonl', 'x.csv', [], 2, /usage\/bad-value: --out .*expected a name that ends in/],
    ['documents.jsonl', 'documents.jsonl/x.jsonl', ['--workers', '2'], 1, /files\/write-failed/],
    ['documents.jsonl', 'documents.jsonl/x.parquet', [], 1, /files\/write-failed/],
  ])('%s -> %s %j: exit code %i, and nothing is written', async (input, out, more, exit, message) => {
    const before = await readdir(folder);
    const ended = await embed(documentWords(input, out, ...more));
    expect(ended.error).toMatch(message);
    expect(ended.exit).toBe(exit);
    expect(await readdir(folder)).toEqual(before);
  });

  it('refuses another operand and a folder that is no model', async () => {
    const words = ['--model', folder, '--in', at('queries.jsonl'), '--out', at('x.jsonl'), '--json'];
    expect(await embed(['products', ...words])).toMatchObject({ exit: 2, json: { code: 'usage/bad-value' } });
    expect(await embed(['queries', ...words])).toMatchObject({ exit: 1, json: { code: 'data/not-found' } });
    expect(existsSync(at('x.jsonl'))).toBe(false);
  });
});
