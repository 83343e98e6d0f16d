import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { weightWithoutJudgements } from '../../src/search/fusion-prior.js';
import { openWritableIndex } from '../../src/search/writable-index.js';
import { letterModel } from '../search/fixture.js';
import { jsonLines, trainSmallModel } from '../small-model.js';
import { type Ended, lastJson, runTandem } from './run-tandem.js';

let folder: string;
let copies = 0;
/** weight of the index: few queries are judged, so what is usual, less where the small towers find little */
let usual: number;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-tune-'));
  const { documents } = await trainSmallModel(folder);
  // every title asked for by its first two words, as the pairs were: more than enough to tune on
  const queries = documents.map(({ id, title }) => ({ id: `q-${id}`, text: title.split(' ').slice(0, 2).join(' ') }));
  await writeFile(at('many.jsonl'), jsonLines(queries));
  await writeFile(at('many.trec'), documents.map(({ id }) => `q-${id} 0 ${id} 1\n`).join(''));
  await writeFile(at('three.jsonl'), jsonLines(queries.slice(0, 3)));
  await index('index');
  usual = (await manifestOf(at('index'))).indexing.fusionWeight;
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

const index = (out: string, ...words: string[]): Promise<Ended> =>
  runTandem(['index', '--model', at('model'), '--documents', at('documents.jsonl'), '--out', at(out), ...words]);
const many = (): string[] => ['--queries', at('many.jsonl'), '--qrels', at('many.trec')];
async function copy(): Promise<string> {
  const path = at(`copy-${copies++}`);
  await cp(at('index'), path, { recursive: true });
  return path;
}
const manifestOf = async (path: string) => JSON.parse(await readFile(join(path, 'manifest.json'), 'utf8'));

describe('index', () => {
  it('says that the queries of the model are too few, and takes what is usual', async () => {
    // 12 of 120 pairs were held out for validation
    const { exit, out } = await index('few');
    expect(exit).toBe(0);
    expect(out).toMatch(
      /fusion weight 0\.\d+: nDCG@10 hybrid 0\.\d{4}, tokens 0\.\d{4}, vectors 0\.\d{4} on \d+ queries drawn/,
    );
    expect(out).toMatch(
      /usual for towers that learnt from pairs, since \d+ judged queries are too few \(10 are needed\)/,
    );
    const made = lastJson(await index('few-json', '--json'));
    expect(made).toMatchObject({ fusionWeight: usual, fusion: { rule: 'usual', on: 'known-item', usual: 0.3 } });
    expect(usual).toBe(weightWithoutJudgements('pairs', made.fusion));
    const held = (await readFile(at('data/queries.validation.jsonl'), 'utf8')).trimEnd().split('\n').length;
    expect(made.fusion.few).toBe(held);
  });

  it('does not tune on three queries', async () => {
    const words = ['--queries', at('three.jsonl'), '--qrels', at('many.trec'), '--json'];
    expect(lastJson(await index('three', ...words)).fusion).toMatchObject({ few: 3, rule: 'usual', weight: usual });
  });

  it('tunes on judged queries where there are enough, and on those of the model', async () => {
    const given = lastJson(await index('given', ...many(), '--json'));
    expect(given.fusion).toMatchObject({ on: 'judged', rule: 'plain', queries: 120, weight: given.fusionWeight });
    expect(given.fusion.curve).toHaveLength(21);
    const { out } = await index('given-text', ...many());
    expect(out).toContain('on 120 judged queries');
    // the same queries in the model: its own file is written as a trained model's would be
    const carried = await runTandem(['tune', '--index', await withValidation(), '--json']);
    expect(lastJson(carried).fusion).toMatchObject({ ...given.fusion, on: 'validation' });
  });

  it('keeps a weight that is set', async () => {
    const made = lastJson(await index('set', '--set', 'indexing.fusionWeight=0.45', '--json'));
    expect(made).toMatchObject({ fusionWeight: 0.45 });
    expect(made).not.toHaveProperty('fusion');
    expect((await index('set-text', '--set', 'indexing.fusionWeight=0.45')).out).not.toContain('fusion weight');
  });

  it('takes what is usual where no document has a word to draw', async () => {
    await writeFile(at('wordless.jsonl'), '{"id": "a", "title": "..."}\n');
    const words = ['--model', at('model'), '--documents', at('wordless.jsonl'), '--out', at('wordless'), '--json'];
    const made = lastJson(await runTandem(['index', ...words]));
    expect(made).toMatchObject({ documents: 1, fusionWeight: 0.3 });
    expect(made).not.toHaveProperty('fusion');
  });
});

/** A copy of the index whose model was validated on the many queries. */
async function withValidation(): Promise<string> {
  const path = await copy();
  const { writeValidationRows } = await import('../../models/validation-queries.js');
  const { describeFiles } = await import('../../models/file-hashes.js');
  const { readQrels } = await import('../../src/evaluation/trec.js');
  const { readManifest, writeManifest } = await import('../../src/search/manifest.js');
  const { readModelManifest } = await import('../../models/runtime/artefact.js');
  const queries = (await readFile(at('many.jsonl'), 'utf8'))
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
  const model = join(path, 'model');
  const text = writeValidationRows({ queries, qrels: await readQrels(at('many.trec')) });
  await writeFile(join(model, 'validation.jsonl'), text);
  const manifest = JSON.parse(await readFile(join(model, 'model.json'), 'utf8'));
  const files = await describeFiles(model);
  delete files['model.json'];
  await writeFile(
    join(model, 'model.json'),
    JSON.stringify({ ...manifest, files: { ...manifest.files, 'validation.jsonl': files['validation.jsonl'] } }),
  );
  const { modelId } = await readModelManifest(model);
  await writeManifest(path, { ...(await readManifest(path)), modelId });
  return path;
}

describe('tune', () => {
  it('sets a weight, which searches use from then on', async () => {
    const path = await copy();
    const before = await manifestOf(path);
    const { exit, out } = await runTandem(['tune', '--index', path, '--weight', '1']);
    expect([exit, out.trim()]).toEqual([0, `${path}: fusion weight 1\n  before: ${usual}`]);
    const { sha256: _, ...after } = await manifestOf(path);
    const { sha256: __, ...unchanged } = before;
    expect(after).toEqual({ ...unchanged, indexing: { ...unchanged.indexing, fusionWeight: 1 } });
    const hits = async (...words: string[]): Promise<string[]> =>
      lastJson(await runTandem(['search', '--index', path, 'red hammer', ...words, '--json'])).hits.map(
        ({ id }: { id: string }) => id,
      );
    expect(await hits()).toEqual(await hits('--mode', 'vector'));
    expect(await hits('--weight', '0')).not.toEqual(await hits());
  });

  it('finds one by judged queries, and without them as index does', async () => {
    const path = await copy();
    await runTandem(['tune', '--index', path, '--weight', '1']);
    const tuned = lastJson(await runTandem(['tune', '--index', path, ...many(), '--json']));
    expect(tuned).toMatchObject({ before: 1, fusion: { on: 'judged', queries: 120, weight: tuned.fusionWeight } });
    expect((await manifestOf(path)).indexing.fusionWeight).toBe(tuned.fusionWeight);
    const again = lastJson(await runTandem(['tune', '--index', path, '--json']));
    expect(again).toMatchObject({ fusionWeight: usual, before: tuned.fusionWeight, fusion: { rule: 'usual' } });
  });

  it('writes runs of a weight of their own', async () => {
    const run = async (name: string, ...words: string[]): Promise<string> => {
      const queries = ['--queries', at('many.jsonl'), '--out', at(name), '--force'];
      expect((await runTandem(['run', '--index', at('index'), ...queries, ...words])).exit).toBe(0);
      return readFile(at(name), 'utf8');
    };
    const own = await run('usual.trec');
    expect(await run('same.trec', '--weight', `${usual}`)).toBe(own);
    expect(await run('vectors.trec', '--weight', '1')).not.toBe(own);
  });

  it.each([
    [['--weight', '1.5'], 'usage/bad-value'],
    [['--weight', '0.5', '--queries', 'a', '--qrels', 'b'], 'usage/bad-value'],
    [['--queries', 'a'], 'usage/missing-option'],
  ])('refuses %j with %s and changes nothing', async (words, code) => {
    const before = await manifestOf(at('index'));
    const ended = await runTandem(['tune', '--index', at('index'), ...words, '--json']);
    expect([ended.exit, lastJson(ended).code]).toEqual([2, code]);
    expect(await manifestOf(at('index'))).toEqual(before);
  });

  it('refuses an index without vectors, and one that another process writes to', async () => {
    await runTandem(['index', '--documents', at('documents.jsonl'), '--out', at('tokens')]);
    const without = await runTandem(['tune', '--index', at('tokens'), '--weight', '0.5', '--json']);
    expect(lastJson(without)).toMatchObject({ code: 'index/no-vectors' });
    const path = await copy();
    const { modelId, width } = await manifestOf(path);
    const writer = await openWritableIndex(path, { embedder: { ...letterModel(modelId), width } });
    const locked = await runTandem(['tune', '--index', path, '--weight', '0.5', '--json']);
    expect([locked.exit, lastJson(locked).code]).toEqual([1, 'index/locked']);
    await writer.close();
    expect((await manifestOf(path)).indexing.fusionWeight).toBe(usual);
  });
});
