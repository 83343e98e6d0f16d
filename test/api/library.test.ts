import { readdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as library from '../../src/api/index.js';
import * as training from '../../src/api/training.js';
import type { DocumentRow } from '../../src/config/rows.js';
import { documents } from '../cli/small-shop.js';
import { sizes, writeHuggingFaceFolder } from '../models/pretrained/hugging-face-folder.js';
import { jsonLines, smallPairs } from '../small-model.js';
import { failureOf, type LibraryFolder, makeLibraryFolder, rows } from './library-folder.js';

const { buildIndex, createServer, embedDocuments, evaluateIndex, evaluateRuns, openIndex, TandemError } = library;
const { prepareData } = training;

let folder: LibraryFolder;
const at = (name: string): string => folder.at(name);

beforeAll(async () => {
  folder = await makeLibraryFolder();
});
afterAll(() => folder.remove());

const contentOf = async (name: string): Promise<readonly string[]> => (await readdir(at(name))).sort();

describe('openIndex', () => {
  it('searches by text alone, or by a request', async () => {
    const index = await openIndex(at('words'));
    try {
      expect(index.modes).toEqual(['token']);
      expect(index.modelId).toBeNull();
      const byText = await index.search('garden hose');
      expect(byText.hits.map(({ id }) => id)).toEqual(['hose', 'chair']);
      expect((await index.search({ text: 'garden hose', k: 1 })).hits).toEqual(byText.hits.slice(0, 1));
      expect((await index.explain('garden hose', 'hose'))?.value).toBeCloseTo(byText.hits[0].score, 5);
      expect(await index.explain('garden hose', 'boots')).toMatchObject({ value: 0 });
      expect(await index.explain('garden hose', 'nobody')).toBeUndefined();
      const page = await index.search({ text: 'garden hose', k: 1, pages: true });
      expect((await index.next(page.cursor!, 1)).hits).toEqual(byText.hits.slice(1));
      expect((await index.analyze('Garden hoses')).steps.at(-1)?.tokens.map(({ term }) => term)).toEqual([
        'garden',
        'hose',
      ]);
      expect((await index.complete('rub')).map(({ text }) => text)).toContain('rubber');
      expect(await index.ids()).toEqual(['boots', 'chair', 'hose']);
      expect(await index.count()).toBe(3);
      expect(await index.get('boots')).toEqual(documents[2]);
    } finally {
      await index.close();
    }
  });

  it('opens an index with its model', async () => {
    const index = await openIndex(at('index'));
    try {
      expect(index.modes).toEqual(['hybrid', 'vector', 'token']);
      const { mode, hits } = await index.search({ text: rows[0].title, mode: 'vector', k: 3 });
      expect(mode).toBe('vector');
      expect(hits).toHaveLength(3);
    } finally {
      await index.close();
    }
  });

  it('writes: what is acknowledged is found at once, and after opening again', async () => {
    await buildIndex({ documents, out: at('written') });
    const index = await openIndex(at('written'), { writable: true });
    await index.put([{ id: 'rake', title: 'Garden rake', price: 12 }]);
    await index.patch([{ id: 'rake', price: 9 }]);
    await index.delete(['chair']);
    expect(await index.get('rake')).toEqual({ id: 'rake', title: 'Garden rake', price: 9 });
    const found = (await index.search('garden')).hits.map(({ id }) => id).sort();
    expect(found).toEqual(['hose', 'rake']);
    const before = await index.ids();
    expect(
      await failureOf(
        index.put([
          { id: 'a', title: 'a' },
          { id: '', title: 'b' },
        ]),
      ),
    ).toMatchObject({ code: 'data/malformed-row' });
    expect(await index.ids()).toEqual(before);
    expect(await failureOf(openIndex(at('written'), { writable: true }))).toMatchObject({ code: 'index/locked' });
    await index.close();
    const again = await openIndex(at('written'));
    expect((await again.search('garden')).hits.map(({ id }) => id).sort()).toEqual(found);
    await again.close();
  });

  it('keeps words whole, and shows the documents that were indexed anew for it', async () => {
    await buildIndex({
      documents: [
        { id: 'a', title: 'learn c++' },
        { id: 'b', title: 'vitamin c' },
      ],
      out: at('worded'),
    });
    const index = await openIndex(at('worded'), { writable: true });
    expect(await index.setDictionary([{ text: 'c++' }])).toMatchObject({ documents: 1 });
    expect(await index.dictionary()).toEqual([{ text: 'c++' }]);
    await index.setSynonyms(['wellies, boots']);
    expect(await index.synonyms()).toEqual(['wellies, boots']);
    await index.setRules([{ id: 'first', pin: ['hose'] }]);
    expect(await index.rules()).toEqual([{ id: 'first', pin: [{ id: 'hose', position: 1 }] }]);
    expect((await index.search('c++')).hits.map(({ id }) => id)).toEqual(['a']);
    await index.close();
  });

  it('reads a weight that was set meanwhile when it is opened next', async () => {
    const { before } = await library.tuneIndex(at('index'), { weight: 0.75 });
    expect(await library.tuneIndex(at('index'), { weight: before })).toEqual({ fusionWeight: before, before: 0.75 });
  });

  it('checks a request as the routes do', async () => {
    const index = await openIndex(at('words'));
    const failures = await Promise.all([
      failureOf(Reflect.apply(index.search, undefined, [{ txt: 'garden' }])),
      failureOf(index.search({ text: 'garden', k: 0 })),
      failureOf(index.search({ text: 'garden', mode: 'hybrid' })),
    ]);
    expect(failures.map(failure => Object(failure).code)).toEqual([
      'request/invalid',
      'request/invalid',
      'index/no-vectors',
    ]);
    await index.close();
  });

  it('says what is wrong with a folder that is no index', async () => {
    const failure = await failureOf(openIndex(at('nothing')));
    expect(failure).toBeInstanceOf(TandemError);
    expect(failure).toMatchObject({ code: 'index/not-found' });
  });
});

describe('documents', () => {
  const stored = async (name: string): Promise<readonly (DocumentRow | undefined)[]> => {
    const index = await openIndex(at(name));
    try {
      return await Promise.all((await index.ids()).map(id => index.get(id)));
    } finally {
      await index.close();
    }
  };

  it('make the same index from rows, from a file and from what yields them', async () => {
    await writeFile(at('documents.jsonl'), jsonLines(documents));
    async function* stream(): AsyncGenerator<DocumentRow> {
      yield* documents;
    }
    await buildIndex({ documents: at('documents.jsonl'), out: at('from-file') });
    await buildIndex({ documents: { files: [at('documents.jsonl')] }, out: at('from-files') });
    await buildIndex({ documents: stream, out: at('from-stream') });
    const expected = await stored('words');
    for (const name of ['from-file', 'from-files', 'from-stream']) expect(await stored(name)).toEqual(expected);
  });

  it('are prepared alike from rows and from files', async () => {
    await writeFile(at('rows.jsonl'), jsonLines(rows));
    await writeFile(at('pairs.jsonl'), jsonLines(smallPairs(rows)));
    const shares = { train: 0.6, validation: 0.2, test: 0.2 };
    await prepareData({ documents: at('rows.jsonl'), pairs: at('pairs.jsonl'), shares, out: at('data-of-files') });
    for (const name of await contentOf('data')) {
      if (name === 'manifest.json') continue; // it names the files that were read
      expect(await readFile(at(`data-of-files/${name}`), 'utf8'), name).toBe(
        await readFile(at(`data/${name}`), 'utf8'),
      );
    }
  });

  it('with a number that JSON cannot hold are refused', async () => {
    const odd = [{ id: 'a', title: 'a', price: Number.POSITIVE_INFINITY }];
    expect(await failureOf(prepareData({ documents: odd, out: at('odd') }))).toMatchObject({
      code: 'data/malformed-row',
    });
    expect(await failureOf(buildIndex({ documents: odd, out: at('odd') }))).toMatchObject({
      code: 'data/malformed-row',
    });
  });
});

describe('a model', () => {
  it('embeds in memory as it embeds files', async () => {
    const model = await library.loadModel(at('model'));
    const some = rows.slice(0, 5);
    await writeFile(at('some.jsonl'), jsonLines(some));
    const embedded = await embedDocuments({
      model: at('model'),
      in: at('some.jsonl'),
      out: at('some.embeddings.jsonl'),
    });
    expect(embedded).toMatchObject({ rows: 5, width: model.width, modelId: model.modelId, nothingToEmbed: 0 });
    const lines = (await readFile(at('some.embeddings.jsonl'), 'utf8')).trimEnd().split('\n');
    const written = lines.flatMap(line => JSON.parse(line).embedding as number[]);
    const made = await model.embedDocuments(some);
    expect(Array.from(made)).toHaveLength(5 * model.width);
    written.forEach((value, i) => {
      expect(value).toBeCloseTo(made[i], 5);
    });
    const { embedding } = await model.embedQuery({ text: rows[0].title });
    expect(Array.from(embedding)).toEqual(Array.from(await model.embedQueries([{ text: rows[0].title }])));
    await model.close();
  });
});

describe('importEncoder', () => {
  it('writes an encoder to train on, or a model to use as it is', async () => {
    await writeHuggingFaceFolder(at('source'));
    const encoder = await training.importEncoder({ from: at('source'), out: at('encoder'), layers: 2 });
    expect(encoder).toMatchObject({ layers: 2, width: sizes.width, positions: sizes.positions });
    expect(encoder.leastCosine).toBeGreaterThan(0.999);
    expect(await contentOf('encoder')).toContain('encoder.json');
    await training.importEncoder({ from: at('source'), out: at('imported'), asModel: true });
    const model = await library.loadModel(at('imported'));
    expect(model.width).toBe(sizes.width);
    await model.close();
  });
});

describe('evaluation', () => {
  it('measures runs of the program by hand-worked numbers', async () => {
    const { runs, comparisons } = await evaluateRuns({
      qrels: { q1: { a: 1 }, q2: { b: 1 } },
      runs: {
        first: {
          q1: [{ id: 'a', score: 1 }],
          q2: [
            { id: 'x', score: 2 },
            { id: 'b', score: 1 },
          ],
        },
        second: { q1: [], q2: [] },
      },
    });
    // q1: the relevant one stands first, 1; q2: second, 1 / log2(3); the mean of both
    expect(runs[0]).toMatchObject({ name: 'first', queries: 2 });
    expect(runs[0].means['nDCG@10']).toBeCloseTo((1 + 1 / Math.log2(3)) / 2, 12);
    expect(runs[0].means['MRR@10']).toBeCloseTo(0.75, 12);
    expect(runs[1].means['nDCG@10']).toBe(0);
    expect(comparisons).toHaveLength(1);
    expect(comparisons[0]).toMatchObject({ first: 'first', second: 'second', figure: 'nDCG@10' });
  });

  it('measures an index in its modes, queries and judgements in files or in the program', async () => {
    const files = { queries: at('data/queries.test.jsonl'), qrels: at('data/qrels.test.trec') };
    const measured = await evaluateIndex({ index: at('index'), ...files, report: at('report.html') });
    expect(measured.runs.map(({ name }) => name)).toEqual(['hybrid', 'vector', 'token']);
    expect(measured.vectors).toHaveProperty('ROC AUC');
    expect(await readFile(at('report.html'), 'utf8')).toContain('Evaluation');
    const queries = (await readFile(files.queries, 'utf8'))
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
    const qrels: Record<string, Record<string, number>> = {};
    for (const line of (await readFile(files.qrels, 'utf8')).trimEnd().split('\n')) {
      const [query, , document, gain] = line.split(' ');
      qrels[query] = { ...qrels[query], [document]: Number(gain) };
    }
    const again = await evaluateIndex({ index: at('index'), queries, qrels, mode: 'token' });
    expect(again.runs[0].means).toEqual(measured.runs[2].means);
  });

  it.each([
    ['no run', { runs: [], qrels: { q: { d: 1 } } }, 'usage/missing-option', 'runs holds none'],
    [
      'a gain that is no whole number',
      { runs: { a: { q: [] } }, qrels: { q: { d: 0.5 } } },
      'data/malformed-row',
      'qrels of q, d: gain',
    ],
  ])('refuses %s', async (_what, options, code, message) => {
    expect(await failureOf(evaluateRuns(options))).toMatchObject({ code, message: expect.stringContaining(message) });
  });
});

describe('createServer', () => {
  it('serves until it is closed', async () => {
    const server = await createServer({ index: at('words'), port: 0 });
    const ask = (): Promise<Response> =>
      fetch(new URL('search', server.url), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text: 'boots' }),
      });
    const reply = await ask();
    expect(reply.status).toBe(200);
    expect(await reply.json()).toMatchObject({ hits: [{ id: 'boots' }] });
    await server.close();
    await expect(ask()).rejects.toThrow();
  });

  it('lets nobody write from other machines without keys', async () => {
    const open = { index: at('words'), port: 0, writable: true, host: '0.0.0.0' };
    expect(await failureOf(createServer(open))).toMatchObject({ code: 'usage/missing-option' });
  });
});
