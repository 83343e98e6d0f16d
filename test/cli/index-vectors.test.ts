import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { jsonLines, trainSmallModel } from '../small-model.js';
import { type Ended, runTandem } from './run-tandem.js';

let folder: string;
const at = (name: string): string => join(folder, name);
const index = (out: string, ...words: string[]): Promise<Ended> =>
  runTandem([
    'index',
    ...['--model', at('model'), '--documents', at('documents.jsonl'), '--out', at(out)],
    ...['--set', 'indexing.fusionWeight=0.5', ...words],
  ]);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-index-'));
  const { documents } = await trainSmallModel(folder);
  // 120 documents, 300 copies of one title, and two in which the model can read nothing
  const copies = Array.from({ length: 300 }, (_, i) => ({ id: `copy-${i}`, title: 'garden hose' }));
  const unread = [
    { id: 'u1', title: '!!!', country: 'de' },
    { id: 'u2', title: '\u200b' },
  ];
  await writeFile(at('documents.jsonl'), jsonLines([...documents, ...copies, ...unread]));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('tells of the vectors of an index: in a graph that was checked, or searched exactly, and what has none', async () => {
  const { exit, out, error } = await index('graph', '--set', 'indexing.exactBelow=10');
  expect([exit, error]).toEqual([0, expect.not.stringContaining('warning')]);
  expect(out).toContain('2 documents have nothing to embed');
  // as broadly searched as it is large, so that nothing is missed; fewer titles than 120 where some are the same
  expect(out).toMatch(/vectors: 420 in a graph, recall@10 1\.000 at ef 400, checked on \d{2,3} titles as queries/);
  expect((await index('exact')).out).toContain('vectors: 420, searched exactly');
});

it('warns of a graph that misses much, with settings that mend it', async () => {
  const thin = [
    '--set',
    'indexing.exactBelow=10',
    '--set',
    'indexing.hnsw.m=2',
    '--set',
    'indexing.hnsw.efConstruction=8',
  ];
  const { out, error } = await index('thin', ...thin, '--set', 'indexing.hnsw.ef=1', '--json');
  const told = JSON.parse(out) as { graph: { recall: number }; warnings: string[]; nothingToEmbed: number };
  expect(told.graph.recall).toBeLessThan(0.95);
  expect(told.nothingToEmbed).toBe(2);
  expect(error).toContain('warning: the graph finds');
  const [, setting] = /--set (indexing\.exactBelow=\d+)/.exec(told.warnings[0].replace(/, or /g, ' --set ')) ?? [];
  const { graph } = JSON.parse((await index('mended', ...thin, '--set', setting, '--json')).out);
  expect(graph).toBeUndefined();
  const manifest = JSON.parse(await readFile(join(at('thin'), 'manifest.json'), 'utf8'));
  expect([manifest.graph, manifest.nothingToEmbed]).toEqual([told.graph, 2]);
});

it('answers a query that the model can read nothing in by its words alone, with its country or not', async () => {
  await index('searched');
  for (const text of ['!!!', '\u{1F600}', '   ', '\u200b']) {
    for (const [mode, answered] of [
      ['hybrid', 'token'],
      ['vector', 'vector'],
    ]) {
      const words = ['search', '--index', at('searched'), text, '--mode', mode, '--country', 'de', '--json'];
      const { exit, out } = await runTandem(words);
      expect([exit, JSON.parse(out)]).toMatchObject([
        0,
        { hits: [], mode: answered, warnings: [expect.stringContaining('the model can read nothing in it')] },
      ]);
    }
  }
  expect((await runTandem(['check', '--index', at('searched')])).out).toContain(
    '422 documents (2 with nothing to embed)',
  );
});
