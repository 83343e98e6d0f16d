import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tuneSettings } from '../../src/api/golden/tune-settings.js';
import { watchOf } from '../../src/api/watch.js';
import { openWritableIndex } from '../../src/search/writable-index.js';
import { letterModel } from '../search/fixture.js';
import { jsonLines, trainSmallModel } from '../small-model.js';
import { lastJson, runTandem } from './run-tandem.js';

let folder: string;
let copies = 0;
const at = (name: string): string => join(folder, name);
const tandem = async (...words: string[]) => {
  const ended = await runTandem([...words, '--json']);
  return { ...lastJson(ended), exit: ended.exit };
};
const manifestOf = async (path: string) => JSON.parse(await readFile(join(path, 'manifest.json'), 'utf8'));
const rowsOf = async (path: string) =>
  (await readFile(path, 'utf8'))
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
async function copy(): Promise<string> {
  const path = at(`copy-${copies++}`);
  await cp(at('index'), path, { recursive: true });
  return path;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-golden-'));
  const { documents } = await trainSmallModel(folder);
  const asked = documents.map(({ title }) => title.split(' ').slice(0, 2).join(' '));
  const events = asked.flatMap((query, i) => [
    ...Array.from({ length: 1 + (i % 3) }, () => ({ session: `s${i}`, time: '2026-01-01', type: 'search', query })),
    { session: `s${i}`, time: '2026-01-01', type: 'click', query: 'never searched', documentId: documents[i].id },
    { session: `s${i}`, time: '2026-01-01', type: 'click', documentId: documents[i].id },
  ]);
  await writeFile(at('events.jsonl'), jsonLines(events));
  const words = ['--model', at('model'), '--documents', at('documents.jsonl'), '--out', at('index')];
  // a graph of few links, and candidates far below the documents
  const settings = ['exactBelow=10', 'hnsw.m=2', 'hnsw.efConstruction=8', 'candidates=20', 'fusionWeight=0.5'];
  const { exit } = await tandem('index', ...words, ...settings.flatMap(setting => ['--set', `indexing.${setting}`]));
  expect(exit).toBe(0);
  const drawn = ['--queries', at('events.jsonl'), '--index', at('index'), '--size', '30', '--out', at('golden.jsonl')];
  expect(await tandem('golden', 'draw', ...drawn)).toMatchObject({ exit: 0, queries: 30 });
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

describe('golden draw', () => {
  it('draws searches of a log, the same again by the same seed, with the first hits of the index', async () => {
    const golden = await rowsOf(at('golden.jsonl'));
    expect(golden).toHaveLength(30);
    expect(golden.map(({ text }) => text)).not.toContain('never searched');
    const [{ text, results }] = golden;
    const { hits } = await tandem('search', '--index', at('index'), text);
    expect(results).toEqual(hits.map(({ id, score }: { id: string; score: number }) => ({ id, score })));
    const words = ['--queries', at('events.jsonl'), '--size', '30', '--out', at('bare.jsonl')];
    const { exit, out } = await runTandem(['golden', 'draw', ...words]);
    expect(exit).toBe(0);
    expect(out).toMatch(/30 golden queries of \d+ distinct queries in \d+ rows, \d+ strata/);
    expect(await rowsOf(at('bare.jsonl'))).toEqual(golden.map(({ results: _, ...query }) => query));
  });

  it('reads other columns, and a file of queries', async () => {
    await writeFile(at('log.csv'), 'when,phrase,count\n1,red hose,3\n2,blue saw,1\n');
    const out = ['--out', at('csv.jsonl')];
    expect((await tandem('golden', 'draw', '--queries', at('log.csv'), '--map', 'phrase=text', ...out)).queries).toBe(
      2,
    );
    expect((await rowsOf(at('csv.jsonl'))).map(({ text, count }) => [text, count]).sort()).toEqual([
      ['blue saw', 1],
      ['red hose', 3],
    ]);
    await writeFile(at('few.jsonl'), jsonLines([{ id: 'mine', text: 'red hose', country: 'us' }]));
    await tandem('golden', 'draw', '--queries', at('few.jsonl'), '--out', at('few.golden.jsonl'));
    expect(await rowsOf(at('few.golden.jsonl'))).toMatchObject([{ id: 'mine', text: 'red hose', country: 'us' }]);
  });

  it.each([
    [['--queries', 'none.jsonl'], 'data/not-found'],
    [['--queries', 'blank.jsonl'], 'data/no-queries'],
    [['--queries', 'strange.jsonl'], 'data/malformed-row'],
    [['--queries', 'events.jsonl', '--size', '0'], 'usage/bad-value'],
    [['--queries', 'events.jsonl', '--index', 'nowhere'], 'index/not-found'],
  ])('refuses %j with %s and writes nothing', async (words, code) => {
    await writeFile(at('blank.jsonl'), jsonLines([{ text: ' ' }, { type: 'click' }]));
    await writeFile(at('strange.jsonl'), jsonLines([{ phrase: 'hose' }]));
    const given = words.map((word, i) => (['--queries', '--index'].includes(words[i - 1]) ? at(word) : word));
    expect(await tandem('golden', 'draw', ...given, '--out', at('refused.jsonl'))).toMatchObject({ code });
    expect(await readdir(folder)).not.toContain('refused.jsonl');
  });
});

describe('tune --golden', () => {
  it('writes the cheapest settings where searches read them, and a report; nothing else changes', async () => {
    const path = await copy();
    const before = await manifestOf(path);
    const words = ['--index', path, '--golden', at('golden.jsonl'), '--recall', '0.9', '--out', at('tune.html')];
    const tuned = await tandem('tune', ...words, '--ef', '5,20,60', '--candidates', '5,10');
    expect(tuned).toMatchObject({
      exit: 0,
      folder: path,
      report: at('tune.html'),
      golden: { wanted: 0.9, queries: 30 },
    });
    const { sha256: _, ...after } = await manifestOf(path);
    const { sha256: __, ...unchanged } = before;
    const { ef, ...others } = tuned.settings;
    const { indexing } = unchanged;
    expect(after).toEqual({
      ...unchanged,
      golden: tuned.golden,
      indexing: { ...indexing, ...others, hnsw: { ...indexing.hnsw, ef } },
    });
    const efs = tuned.breadths.map((walk: { ef: number }) => walk.ef);
    expect(efs).toEqual(expect.arrayContaining([5, 20, 60, 400, 1_000]));
    expect(ef).toBeLessThan(400);
    const report = await readFile(at('tune.html'), 'utf8');
    for (const title of ['Recall against ef', 'Recall against time', 'Recall against cost', 'Deeper pages'])
      expect(report).toContain(title);
  });

  it('tells people what was tried and written; judgements have a say', async () => {
    const golden = await rowsOf(at('golden.jsonl'));
    await writeFile(at('golden.trec'), golden.map(({ id, results }) => `${id} 0 ${results[0].id} 1\n`).join(''));
    const words = ['--index', await copy(), '--golden', at('golden.jsonl'), '--qrels', at('golden.trec')];
    const { exit, out } = await runTandem(['tune', ...words, '--ef', '20', '--recall', '0.5']);
    expect(exit).toBe(0);
    expect(out).toContain('30 golden queries, 30 judged; wanted: recall 0.5');
    expect(out).toMatch(/ef +walked +recall@10 +recall@100 +walk ms +overlap@10 +RBO +nDCG@10 +p50 ms +p99 ms/);
    expect(out).toMatch(/written:\n {2}indexing\.candidates \d+/);
  });

  it('leaves everything as it was where it is interrupted', async () => {
    const path = await copy();
    const before = await manifestOf(path);
    const controller = new AbortController();
    const watch = watchOf({
      signal: controller.signal,
      progress: title => {
        if (title === 'comparing') controller.abort();
        return { update: () => undefined, note: () => undefined, finish: () => undefined };
      },
    });
    const out = at('interrupted.html');
    await expect(
      tuneSettings({ index: path, golden: at('golden.jsonl'), recall: 0.9, ef: [20], out }, watch),
    ).rejects.toThrow('abort');
    expect(await manifestOf(path)).toEqual(before);
    expect(await readdir(folder)).not.toContain('interrupted.html');
    // the claim was given back
    expect(await tandem('tune', '--index', path, '--weight', '0.4')).toMatchObject({ exit: 0 });
  });

  it.each([
    [['--golden', 'golden.jsonl', '--weight', '0.5'], 'usage/bad-value'],
    [['--golden', 'golden.jsonl', '--queries', 'a'], 'usage/bad-value'],
    [['--golden', 'golden.jsonl', '--recall', '2'], 'usage/bad-value'],
    [['--golden', 'golden.jsonl', '--ef', '5,x'], 'usage/bad-value'],
    [['--ef', '5'], 'usage/missing-option'],
    [['--recall', '0.9'], 'usage/missing-option'],
    [['--golden', 'events.jsonl'], 'data/malformed-row'],
    [['--golden', 'golden.jsonl', '--qrels', 'other.trec'], 'evaluation/nothing-in-common'],
  ])('refuses %j with %s and changes nothing', async (words, code) => {
    await writeFile(at('other.trec'), 'other 0 d1 1\n');
    const before = await manifestOf(at('index'));
    const given = words.map((word, i) => (['--golden', '--qrels'].includes(words[i - 1]) ? at(word) : word));
    expect(await tandem('tune', '--index', at('index'), ...given)).toMatchObject({ code });
    expect(await manifestOf(at('index'))).toEqual(before);
  });

  it('refuses an index without vectors, and one that another process writes to', async () => {
    await tandem('index', '--documents', at('documents.jsonl'), '--out', at('tokens'));
    const golden = ['--golden', at('golden.jsonl')];
    expect(await tandem('tune', '--index', at('tokens'), ...golden)).toMatchObject({ code: 'index/no-vectors' });
    const path = await copy();
    const { modelId, width } = await manifestOf(path);
    const writer = await openWritableIndex(path, { embedder: { ...letterModel(modelId), width } });
    expect(await tandem('tune', '--index', path, ...golden)).toMatchObject({ code: 'index/locked', exit: 1 });
    await writer.close();
  });
});

describe('evaluate --golden', () => {
  it('finds what was noted, and tells drift after other documents have come', async () => {
    const ask = (index: string, ...words: string[]) =>
      tandem('evaluate', '--index', index, '--golden', at('golden.jsonl'), '--recall', '0', ...words);
    expect(await ask(at('index'))).toMatchObject({
      exit: 0,
      queries: 30,
      drift: { queries: 30, changed: 0, overlap: 1 },
    });
    const path = await copy();
    await tandem('tune', '--index', path, '--weight', '0');
    const { drift } = await ask(path, '--out', at('drift.html'));
    expect(drift.changed + drift.reordered).toBeGreaterThan(0);
    expect(drift.most[0].overlap).toBeLessThan(1);
    expect(await readFile(at('drift.html'), 'utf8')).toContain('Queries that changed most');
    // noted again, nothing has changed
    await tandem('golden', 'note', '--golden', at('golden.jsonl'), '--index', path, '--out', at('noted.jsonl'));
    const again = await tandem('evaluate', '--index', path, '--golden', at('noted.jsonl'), '--recall', '0');
    expect(again.drift).toMatchObject({ changed: 0, reordered: 0, overlap: 1, most: [] });
  });

  it('fails where the recall is under what is wanted, having told and written all', async () => {
    const path = await copy();
    const words = ['--index', path, '--golden', at('golden.jsonl')];
    await tandem('tune', ...words, '--recall', '0.9', '--ef', '60');
    expect(await tandem('evaluate', ...words)).toMatchObject({ wanted: 0.9 });
    const manifest = await manifestOf(path);
    const { writeManifest, readManifest } = await import('../../src/search/manifest.js');
    const now = await readManifest(path);
    // a walk of breadth 1 finds one of ten at most
    await writeManifest(path, { ...now, indexing: { ...now.indexing, hnsw: { ...now.indexing.hnsw, ef: 1 } } });
    const fell = await tandem('evaluate', ...words, '--out', at('fell.html'));
    expect(fell).toMatchObject({
      exit: 1,
      code: 'evaluation/recall-fell',
      details: { wanted: manifest.golden.wanted },
    });
    expect(fell.details.recall.walk.recall10).toBeLessThanOrEqual(0.1);
    expect(await readFile(at('fell.html'), 'utf8')).toContain('Under the recall that is wanted');
    const { exit, out, error } = await runTandem(['evaluate', ...words]);
    expect([exit, out.includes('recall@10 0.'), error.includes('evaluation/recall-fell')]).toEqual([1, true, true]);
  });

  it.each([
    [['--golden', 'golden.jsonl'], 'usage/missing-option'],
    [['--golden', 'golden.jsonl', '--index', 'index', '--queries', 'golden.jsonl'], 'usage/bad-value'],
    [['--index', 'index', '--queries', 'golden.jsonl', '--recall', '0.9', '--qrels', 'q'], 'usage/missing-option'],
    [['--index', 'index', '--queries', 'golden.jsonl'], 'usage/missing-option'],
    [['--golden', 'none.jsonl', '--index', 'index'], 'data/not-found'],
  ])('refuses %j with %s', async (words, code) => {
    const given = words.map((word, i) =>
      ['--golden', '--index', '--queries'].includes(words[i - 1]) ? at(word) : word,
    );
    expect(await tandem('evaluate', ...given)).toMatchObject({ code });
  });
});
