import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fusionWeights } from '../../bench/fusion-weights.js';
import { runTandem } from '../cli/run-tandem.js';
import { jsonLines, trainSmallModel } from '../small-model.js';

let folder: string;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-bench-fusion-'));
  const { documents } = await trainSmallModel(folder);
  await mkdir(at('sets/shop'), { recursive: true });
  await writeFile(at('sets/notes.txt'), 'not a set');
  const queries = documents.map(({ id, title }) => ({ id: `q-${id}`, text: title.split(' ').slice(1).join(' ') }));
  await writeFile(at('sets/shop/queries.jsonl'), jsonLines(queries));
  await writeFile(at('sets/shop/qrels.trec'), documents.map(({ id }) => `q-${id} 0 ${id} 1\n`).join(''));
  const words = ['--model', at('model'), '--documents', at('documents.jsonl'), '--out', at('sets/shop/index')];
  expect((await runTandem(['index', ...words])).exit).toBe(0);
});
afterAll(() => rm(folder, { recursive: true }));

it('says what evaluate says of the index that index made, and leaves it as it is', async () => {
  const manifest = await readFile(at('sets/shop/index/manifest.json'), 'utf8');
  const { table, quality } = await fusionWeights({ without: new Set(), data: at('sets') });
  expect(await readFile(at('sets/shop/index/manifest.json'), 'utf8')).toBe(manifest);
  const judged = ['--queries', at('sets/shop/queries.jsonl'), '--qrels', at('sets/shop/qrels.trec')];
  const { out } = await runTandem(['evaluate', '--index', at('sets/shop/index'), ...judged, '--json']);
  const { metrics } = JSON.parse(out.trimEnd().split('\n').at(-1)!);
  const figures = (mode: string): string => metrics[mode]['nDCG@10'].toFixed(4);
  expect(table!.rows).toHaveLength(1);
  const row = Object.fromEntries(table!.columns.map(({ name }, i) => [name, table!.rows[0][i]]));
  const { fusionWeight } = JSON.parse(manifest).indexing;
  expect(row).toMatchObject({ set: 'shop', queries: '120', chosen: `${fusionWeight}` });
  expect([row.hybrid, row.tokens, row.vectors]).toEqual(['hybrid', 'token', 'vector'].map(figures));
  expect(quality.shop.toFixed(4)).toBe(row.hybrid);
});

it('wants a folder of sets', async () => {
  await expect(fusionWeights({ without: new Set() })).rejects.toMatchObject({ code: 'usage/missing-option' });
});
