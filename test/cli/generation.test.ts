import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonLines, trainSmallModel } from '../small-model.js';
import { lastJson, runTandem } from './run-tandem.js';

let folder: string;
let copies = 0;
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-generation-'));
  const { documents } = await trainSmallModel(at('small'));
  await trainSmallModel(at('wide'), { embeddingWidth: 24 });
  const queries = documents.slice(0, 30).map(({ id, title }) => ({ id: `q-${id}`, text: title }));
  await writeFile(at('queries.jsonl'), jsonLines(queries));
  await writeFile(at('qrels.trec'), queries.map(({ id }) => `${id} 0 ${id.slice(2)} 1\n`).join(''));
  const made = await runTandem(
    words('index', '--model', at('small/model'), '--documents', at('small/documents.jsonl'), '--out', at('index')),
  );
  expect(made.error).not.toContain('tandem: ');
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const words = (...typed: string[]): string[] => typed;
async function copy(): Promise<string> {
  const path = at(`copy-${copies++}`);
  await cp(at('index'), path, { recursive: true });
  return path;
}
const generation = (command: string, index: string, ...more: string[]) =>
  runTandem(['generation', command, '--index', index, ...more, '--json']);
const addWide = (index: string) => generation('add', index, '--model', at('wide/model'));
const widthOf = async (index: string): Promise<number> =>
  JSON.parse(await readFile(join(index, 'manifest.json'), 'utf8')).width;
const search = async (index: string): Promise<unknown> =>
  lastJson(await runTandem(['search', '--index', index, 'red hammer', '--mode', 'vector', '--json'])).hits;

describe('generation', () => {
  it('adds a model beside the one that is searched, compares, switches and goes back', async () => {
    const index = await copy();
    const before = await search(index);
    const { exit, out } = await addWide(index);
    expect(exit).toBe(0);
    expect(lastJson({ out }).generation).toMatchObject({
      number: 1,
      width: 24,
      active: false,
      ready: true,
      embedded: 120,
      behind: 0,
    });
    expect(await search(index)).toEqual(before);
    const report = `${index}.html`;
    const asked = ['--queries', at('queries.jsonl'), '--qrels', at('qrels.trec'), '--out', report];
    const compared = lastJson(await generation('compare', index, ...asked));
    expect(compared).toMatchObject({ first: 0, second: 1, queries: 30, report });
    expect(Object.keys(compared.metrics)).toEqual(['generation 0', 'generation 1']);
    expect(compared.comparison.mean).toBeCloseTo(
      compared.metrics['generation 1']['nDCG@10'] - compared.metrics['generation 0']['nDCG@10'],
      6,
    );
    expect(compared.byChange).toHaveLength(30);
    expect(await readFile(report, 'utf8')).toContain('Queries that change most');
    expect(lastJson(await generation('switch', index))).toMatchObject({ generation: 1, before: 0 });
    expect(await widthOf(index)).toBe(24);
    expect(await search(index)).not.toEqual(before);
    expect(lastJson(await generation('rollback', index))).toMatchObject({ generation: 0, before: 1 });
    expect(await search(index)).toEqual(before);
    expect(lastJson(await generation('list', index)).generations).toMatchObject([
      { number: 0, active: true, previous: false },
      { number: 1, active: false, previous: true },
    ]);
    expect(lastJson(await generation('drop', index, '--model', at('wide/model')))).toMatchObject({ generation: 1 });
    expect(lastJson(await generation('list', index)).generations).toHaveLength(1);
  });

  it('shows its generations as a table', async () => {
    const index = await copy();
    await addWide(index);
    const { out } = await runTandem(['generation', 'list', '--index', index]);
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[2]).toMatch(/^0 +active +[0-9a-f]{12} +120 of 120 +0 /);
    expect(lines[3]).toMatch(/^1 +ready +[0-9a-f]{12} +120 of 120 +0 /);
  });

  it('keeps a generation in a snapshot, and in what is made of it', async () => {
    const index = await copy();
    await addWide(index);
    await generation('switch', index);
    const [snapshot, restored] = [`${index}.snapshot`, `${index}.restored`];
    await runTandem(['snapshot', '--index', index, '--out', snapshot]);
    await runTandem(['restore', '--snapshot', snapshot, '--out', restored]);
    expect(await search(restored)).toEqual(await search(index));
    expect((await runTandem(['check', '--index', restored])).exit).toBe(0);
    expect(lastJson(await generation('rollback', restored))).toMatchObject({ generation: 0, before: 1 });
    expect((await runTandem(['check', '--index', restored])).exit).toBe(0);
  });

  it.each([
    [
      'a model that it has',
      'generation/exists',
      (index: string) => generation('add', index, '--model', at('small/model')),
    ],
    ['what is no model', 'data/not-found', (index: string) => generation('add', index, '--model', at('small/data'))],
    ['no index', 'index/not-found', () => generation('add', at('nowhere'), '--model', at('small/model'))],
    ['nothing to go back to', 'generation/no-previous', (index: string) => generation('rollback', index)],
    ['nothing to switch to', 'generation/unknown', (index: string) => generation('switch', index)],
    [
      'a number that is not there',
      'generation/unknown',
      (index: string) => generation('switch', index, '--generation', '9'),
    ],
    [
      'a model that it does not have',
      'generation/unknown',
      (index: string) => generation('drop', index, '--model', at('wide/model')),
    ],
    ['the active one', 'generation/active', (index: string) => generation('drop', index, '--generation', '0')],
    ['no queries', 'usage/missing-option', (index: string) => generation('compare', index)],
    [
      'queries without their judgements',
      'usage/missing-option',
      (index: string) => generation('add', index, '--model', at('wide/model'), '--queries', at('queries.jsonl')),
    ],
  ])('refuses %s', async (_what, code, call) => {
    const index = await copy();
    const before = await readFile(join(index, 'manifest.json'), 'utf8');
    const ended = await call(index);
    expect(lastJson(ended)).toMatchObject({ code });
    expect(ended.exit).not.toBe(0);
    expect(await readFile(join(index, 'manifest.json'), 'utf8')).toBe(before);
  });
});
