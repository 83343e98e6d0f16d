import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Watch } from '../../src/api/index.js';
import * as library from '../../src/api/index.js';
import * as training from '../../src/api/training.js';
import { documents } from '../cli/small-shop.js';
import { narrow } from '../small-model.js';
import { failureOf, type LibraryFolder, makeLibraryFolder, rows } from './library-folder.js';

const { buildIndex, createServer, embedDocuments, embedQueries, evaluateRuns, openIndex } = library;
const { prepareData, trainTowers } = training;

let folder: LibraryFolder;
const at = (name: string): string => folder.at(name);
const contentOf = async (name: string): Promise<readonly string[]> => (await readdir(at(name))).sort();

beforeAll(async () => {
  folder = await makeLibraryFolder();
});
afterAll(() => folder.remove());

describe('the door', () => {
  it('has few verbs', () => {
    expect(Object.keys(library).sort()).toEqual([
      'TandemError',
      'buildIndex',
      'compareRules',
      'createServer',
      'embedDocuments',
      'embedQueries',
      'evaluateIndex',
      'evaluateRuns',
      'generations',
      'loadModel',
      'openIndex',
      'setRanker',
      'tuneIndex',
    ]);
    expect(Object.keys(training).sort()).toEqual([
      'TandemError',
      'ablate',
      'importEncoder',
      'prepareData',
      'pretrainEncoder',
      'trainRanker',
      'trainTowers',
    ]);
  });

  it('tells a program without types of an option that it misspelt or forgot, before anything is done', async () => {
    const misspelt = { documents, out: at('never'), replce: true };
    expect(await failureOf(buildIndex(misspelt))).toMatchObject({
      code: 'usage/unknown-option',
      message: 'buildIndex: unknown option "replce" (did you mean "replace"?)',
    });
    const { out, ...forgotten } = { documents, out: '' };
    expect(await failureOf(Reflect.apply(buildIndex, undefined, [forgotten]))).toMatchObject({
      code: 'usage/missing-option',
      message: 'buildIndex: out is missing',
    });
    expect(await readdir(folder.path)).not.toContain('never');
  });

  it.each<[string, () => Promise<unknown>, string, string]>([
    [
      'a misspelt option',
      () => Reflect.apply(openIndex, undefined, [at('words'), { writeable: true }]),
      'usage/unknown-option',
      'openIndex: unknown option "writeable" (did you mean "writable"?)',
    ],
    [
      'no folder',
      () => Reflect.apply(openIndex, undefined, []),
      'usage/missing-option',
      'openIndex: folder is missing',
    ],
    [
      'no options',
      () => Reflect.apply(buildIndex, undefined, []),
      'usage/missing-option',
      'buildIndex: documents is missing',
    ],
    [
      'a weight above 1',
      () => library.tuneIndex(at('index'), { weight: 2 }),
      'usage/bad-value',
      'tuneIndex: weight: expected a number from 0 to 1',
    ],
    [
      'rules that are no list',
      () => Reflect.apply(library.compareRules, undefined, [at('index'), { golden: 'a.jsonl', rules: 7 }]),
      'usage/bad-value',
      'compareRules: rules: expected a file, or rows',
    ],
    [
      'no batch',
      () => embedQueries({ model: at('model'), in: 'a.jsonl', out: 'b.jsonl', batch: 0 }),
      'usage/bad-value',
      'embedQueries: batch: expected a whole number from 1 to 2048',
    ],
    [
      'a port that is none',
      () => createServer({ index: at('words'), port: 70_000 }),
      'usage/bad-value',
      'createServer: port: expected a whole number from 0 to 65535',
    ],
    [
      'a watch that is none',
      () => Reflect.apply(buildIndex, undefined, [{ documents, out: at('never'), watch: { warn: true } }]),
      'usage/bad-value',
      'buildIndex: watch.warn: expected a function',
    ],
    [
      'an unknown setting',
      () => Reflect.apply(buildIndex, undefined, [{ documents, out: at('never'), indexing: { languge: 'de' } }]),
      'config/unknown-key',
      'unknown key "indexing.languge" (did you mean "language"?)',
    ],
    [
      'another file name',
      () => embedQueries({ model: at('model'), in: 'a.jsonl', out: 'b.csv' }),
      'usage/bad-value',
      'embedQueries: out: expected a name that ends in .jsonl or .parquet',
    ],
  ])('refuses %s', async (_what, call, code, message) => {
    expect(await failureOf(call())).toMatchObject({ code, message });
  });
});

describe('what is there already', () => {
  it('is replaced only where that is wanted, and the old one stays where the new one fails', async () => {
    await buildIndex({ documents, out: at('kept') });
    const before = await readFile(join(at('kept'), 'manifest.json'), 'utf8');
    const one = [{ id: 'one', title: 'one' }];
    expect(await failureOf(buildIndex({ documents: one, out: at('kept') }))).toMatchObject({ code: 'files/exists' });
    const bad = [...one, { id: 'two', title: 5 }];
    const failure = await failureOf(
      Reflect.apply(buildIndex, undefined, [{ documents: bad, out: at('kept'), replace: true }]),
    );
    expect(failure).toMatchObject({
      code: 'data/malformed-row',
      message: expect.stringMatching(/^document 2: title: /),
    });
    expect(await readFile(join(at('kept'), 'manifest.json'), 'utf8')).toBe(before);
    expect((await buildIndex({ documents: one, out: at('kept'), replace: true })).documents).toBe(1);
  });

  it('is never replaced where another verb made it, or nobody', async () => {
    await mkdir(at('mine'));
    await writeFile(at('mine/diary.txt'), 'today');
    const replace = true;
    expect(await failureOf(buildIndex({ documents, out: at('mine'), replace }))).toMatchObject({
      code: 'files/not-ours',
    });
    expect(await failureOf(buildIndex({ documents, out: at('model'), replace }))).toMatchObject({
      code: 'files/not-ours',
    });
    expect(await failureOf(prepareData({ documents, out: at('words'), replace }))).toMatchObject({
      code: 'files/not-ours',
    });
    expect(await contentOf('mine')).toEqual(['diary.txt']);
  });

  it.each([
    ['prepareData', () => prepareData({ documents: rows, out: at('data') })],
    ['trainTowers', () => trainTowers({ data: at('data'), out: at('model'), config: narrow })],
    [
      'embedDocuments',
      () => embedDocuments({ model: at('model'), in: at('data/documents.jsonl'), out: at('there.jsonl') }),
    ],
    [
      'embedQueries',
      () => embedQueries({ model: at('model'), in: at('data/queries.test.jsonl'), out: at('there.jsonl') }),
    ],
    ['evaluateRuns', () => evaluateRuns({ runs: { a: { q: [] } }, qrels: { q: { d: 1 } }, report: at('there.html') })],
    ['importEncoder', () => training.importEncoder({ from: at('none'), out: at('model'), asModel: true })],
  ])('%s asks for leave', async (_verb, again) => {
    await writeFile(at('there.jsonl'), '');
    await writeFile(at('there.html'), '');
    expect(await failureOf(again())).toMatchObject({ code: 'files/exists' });
    expect(await readFile(at('there.jsonl'), 'utf8')).toBe('');
  });
});

describe('who looks on', () => {
  it('is nobody unless it is wanted', async () => {
    const out = vi.spyOn(process.stdout, 'write');
    const error = vi.spyOn(process.stderr, 'write');
    try {
      await buildIndex({ documents: at('data/documents.jsonl'), model: at('model'), out: at('quiet') });
      await trainTowers({ data: at('data'), out: at('quiet-model'), config: narrow, resume: true });
      expect(out.mock.calls.map(String)).toEqual([]);
      expect(error.mock.calls.map(String)).toEqual([]);
    } finally {
      out.mockRestore();
      error.mockRestore();
    }
  });

  it('hears what is going on', async () => {
    const heard: string[] = [];
    const watch: Partial<Watch> = {
      warn: message => void heard.push(`warning ${message}`),
      progress: title => ({
        update: () => undefined,
        note: () => undefined,
        finish: () => void heard.push(`finished ${title}`),
      }),
    };
    await trainTowers({ data: at('data'), out: at('watched'), config: narrow, resume: true, watch });
    expect(heard[0]).toBe(`warning ${at('watched')}.training: no checkpoint, starting anew`);
    expect(heard).toContain('finished training');
  });

  it('may end the work, which leaves nothing under a final name', async () => {
    const interrupt = new AbortController();
    const watch: Partial<Watch> = {
      signal: interrupt.signal,
      progress: () => {
        interrupt.abort(new Error('enough'));
        return { update: () => undefined, note: () => undefined, finish: () => undefined };
      },
    };
    const ended = await failureOf(buildIndex({ documents: rows, out: at('ended'), watch }));
    expect(ended).toBe(interrupt.signal.reason);
    expect((await readdir(folder.path)).filter(name => name.startsWith('ended'))).toEqual([]);
  });
});
