import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openClusterSearch } from '../../src/api/indexes/open-cluster.js';
import { lastJson, runTandem } from '../cli/run-tandem.js';
import { jsonLines, smallDocuments, trainSmallModel } from '../small-model.js';
import { dropIndexes, newIndexName, nodeUrl } from './cluster.js';

const index = newIndexName();
const cluster = ['--backend', 'opensearch', '--url', nodeUrl(1)];
let folder: string;
const at = (name: string): string => join(folder, name);
const run = (...words: string[]) => runTandem([...words, '--json']);
const json = async (...words: string[]) => {
  const ended = await run(...words);
  expect(ended.error).not.toMatch(/tandem: [a-z]+\/[a-z-]+:/);
  return lastJson(ended);
};
const there = (): string[] => ['--index', index, ...cluster, '--model', at('model')];
const golden = async (name: string) =>
  (await readFile(at(name), 'utf8'))
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-golden-there-'));
  await trainSmallModel(folder);
  const documents = smallDocuments(400);
  await writeFile(at('documents.jsonl'), jsonLines(documents));
  const log = documents.map(({ title }) => ({ text: title.split(' ').slice(0, 2).join(' ') }));
  await writeFile(at('log.jsonl'), jsonLines(log));
  const made = ['--model', at('model'), '--documents', at('documents.jsonl')];
  const settings = ['hnsw.m=2', 'hnsw.efConstruction=8', 'hnsw.ef=300', 'candidates=40', 'fusionWeight=0.5'];
  const set = settings.flatMap(setting => ['--set', `indexing.${setting}`]);
  await json('index', ...made, ...set, '--out', index, ...cluster, '--replicas', '0');
  await json('index', ...made, ...set, '--set', 'indexing.exactBelow=10', '--out', at('index'));
}, 240_000);
afterAll(async () => {
  await dropIndexes([index]);
  await rm(folder, { recursive: true, force: true });
});

describe('golden queries over a cluster', () => {
  it('are drawn with the first hits that it has, as those of a folder are', async () => {
    const draw = (out: string, ...place: string[]) =>
      json('golden', 'draw', '--queries', at('log.jsonl'), '--size', '12', '--out', at(out), ...place);
    expect(await draw('there.jsonl', ...there())).toMatchObject({ queries: 12 });
    await draw('here.jsonl', '--index', at('index'));
    const [mine, theirs] = [await golden('here.jsonl'), await golden('there.jsonl')];
    expect(theirs.map(({ id, text }) => [id, text])).toEqual(mine.map(({ id, text }) => [id, text]));
    const { hits } = await json('search', ...there(), theirs[0].text);
    expect(theirs[0].results).toEqual(hits.map(({ id, score }: { id: string; score: number }) => ({ id, score })));
  });

  it('tune how broadly it is searched, against a scan of all its vectors; all who serve it take that up', async () => {
    const opened = await openClusterSearch({ index, urls: [nodeUrl(1)], model: at('model') });
    try {
      const before = (await opened.index.searchedBy()).manifest.indexing;
      const words = ['--golden', at('there.jsonl'), '--recall', '0.9', '--out', at('tuned.html')];
      const tuned = await json('tune', ...there(), ...words, '--ef', '10,40,120', '--candidates', '5,20');
      expect(tuned).toMatchObject({ folder: index, reached: true, golden: { wanted: 0.9, queries: 12 }, deeper: [] });
      const { ef, candidates, deeperCandidates } = tuned.settings;
      expect(tuned.before).toMatchObject({ ef: 300, candidates: 40 });
      expect(ef).toBeLessThan(300);
      // each breadth finds as much as broader ones leave to it
      const recalls = tuned.breadths.map(({ recall10 }: { recall10: number }) => recall10);
      expect(recalls.at(-1)).toBe(1);
      expect(tuned.breadths.map((walk: { ef: number }) => walk.ef)).toEqual(expect.arrayContaining([10, 40, 120, 300]));
      expect(await readFile(at('tuned.html'), 'utf8')).toContain('Breadth of the walk');
      // within a second
      await expect
        .poll(async () => (await opened.index.searchedBy()).manifest.indexing, { timeout: 5_000 })
        .toEqual({ ...before, candidates, deeperCandidates, hnsw: { ...before.hnsw, ef } });
      expect((await opened.index.searchedBy()).golden).toEqual(tuned.golden);
    } finally {
      await opened.close();
    }
    expect((await run('tune', '--index', index, ...cluster, '--golden', at('there.jsonl'))).error).toContain('--model');
  });

  it('tell recall and drift, and fail where recall is less than is wanted', async () => {
    const checked = await json('evaluate', ...there(), '--golden', at('there.jsonl'));
    expect(checked).toMatchObject({ wanted: 0.9, fell: [], drift: { queries: 12 } });
    expect(checked.recall.deeper).toBeUndefined();
    expect(checked.recall.walk.recall10).toBeGreaterThanOrEqual(0.9);
    await json('golden', 'note', ...there(), '--golden', at('there.jsonl'), '--out', at('today.jsonl'));
    const today = await json('evaluate', ...there(), '--golden', at('today.jsonl'));
    expect(today.drift).toMatchObject({ changed: 0, reordered: 0 });
    // tokens alone have no recall to tell, and drift all the same
    const bare = await json('evaluate', '--index', index, ...cluster, '--golden', at('today.jsonl'));
    expect(bare).not.toHaveProperty('recall');
    await json('tune', '--index', index, ...cluster, '--weight', '0.3');
    expect((await json('evaluate', ...there(), '--golden', at('today.jsonl'))).settings).toEqual(checked.settings);
  });

  it('show what each rule changes', async () => {
    const [{ text, results }] = await golden('today.jsonl');
    const last = results.at(-1).id;
    const rule = { id: 'first', when: { exact: text }, pin: [last] };
    await writeFile(at('rules.json'), JSON.stringify({ rules: [rule] }));
    const { rules } = await json(
      'rules',
      'check',
      ...there(),
      '--golden',
      at('today.jsonl'),
      '--file',
      at('rules.json'),
    );
    expect(rules).toMatchObject([{ id: 'first', queries: [{ query: text, moved: expect.any(Number) }] }]);
    // those of the index stay as they are
    const kept = await json('rules', 'check', ...there(), '--golden', at('today.jsonl'));
    expect(kept.rules).toEqual([]);
  });
});
