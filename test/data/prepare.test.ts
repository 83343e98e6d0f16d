import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepare } from '../../data/prepare.js';
import type { PrepareOptions } from '../../data/prepare-options.js';
import { readPrepared } from '../../data/prepared.js';
import { createSplitKey, queryId, splitOf } from '../../data/split.js';
import { temporaryFolder } from './temporary-folder.js';

const shares = { train: 0.6, validation: 0.2, test: 0.2 };
const jsonl = (rows: readonly object[]): string => rows.map(row => `${JSON.stringify(row)}\n`).join('');
const documents = [
  { id: 'a', title: 'red door', colour: 'red' },
  { id: 'b', title: 'blue door' },
  { id: 'c', title: 'knob' },
];
const pairs = Array.from({ length: 40 }, (_, i) => ({ query: `query ${i % 20}`, documentId: 'abc'[i % 3] }));

/** Writes the input files and prepares them; the folder is kept for the test. */
async function prepareRows(files: Record<string, string>, options: Partial<PrepareOptions> = {}) {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  const at = (name: string): string | undefined => (name in files ? join(folder, name) : undefined);
  const input = {
    documents: join(folder, 'documents.jsonl'),
    pairs: at('pairs.jsonl'),
    queries: at('queries.jsonl'),
    qrels: at('qrels.trec'),
  };
  const out = join(folder, 'out');
  return { folder, out, run: () => prepare({ ...input, out, shares, seed: 1, ...options }) };
}

const standard = { 'documents.jsonl': jsonl(documents), 'pairs.jsonl': jsonl(pairs) };

describe('prepare', () => {
  it('puts every query, whole, where its hash says', async () => {
    const { out, run } = await prepareRows(standard);
    const { manifest } = await run();
    const data = await readPrepared(out);
    expect(data.manifest).toEqual(manifest);
    expect(data.documents).toEqual(documents);
    const splitKey = createSplitKey();
    const of = (query: string): string => splitOf(splitKey(query), shares, 1);
    const trained = pairs.filter(({ query }) => of(query) === 'train');
    expect(data.pairs.map(({ query, document }) => ({ query, documentId: documents[document].id }))).toEqual(trained);
    for (const split of ['validation', 'test'] as const) {
      const expected = new Map<string, Map<string, number>>();
      for (const { query, documentId } of pairs.filter(pair => of(pair.query) === split)) {
        const id = queryId(query);
        expected.set(id, (expected.get(id) ?? new Map()).set(documentId, 1));
      }
      expect(expected.size).toBeGreaterThan(0);
      expect(data[split]?.qrels).toEqual(expected);
      expect(data[split]?.queries.map(({ id }) => id)).toEqual([...expected.keys()].sort());
    }
    const { train, validation, test } = manifest.counts.queries;
    expect(train + validation + test).toBe(20);
    expect(manifest.counts).toMatchObject({ documents: 3, pairs: trained.length, unknownDocuments: 0 });
  });

  it('holds out the same queries in whatever order the rows come', async () => {
    // two spellings of every query: which comes first must not matter
    const spelled = pairs.map((pair, i) => ({ ...pair, query: i < 20 ? pair.query : `QUERY ${i % 20}` }));
    const first = await prepareRows({ ...standard, 'pairs.jsonl': jsonl(spelled) });
    await first.run();
    const expected = await readPrepared(first.out);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(spelled, { minLength: spelled.length }), async shuffled => {
        const { out, run } = await prepareRows({ ...standard, 'pairs.jsonl': jsonl(shuffled) });
        await run();
        const data = await readPrepared(out);
        expect([data.validation, data.test]).toEqual([expected.validation, expected.test]);
      }),
      { numRuns: 5 },
    );
  });

  it('writes the same bytes for the same input', async () => {
    const [one, two] = [await prepareRows(standard), await prepareRows(standard)];
    await one.run();
    await two.run();
    const names = await readdir(one.out);
    expect(names.sort()).toEqual((await readdir(two.out)).sort());
    for (const name of names) expect(await readFile(join(one.out, name))).toEqual(await readFile(join(two.out, name)));
  });

  it('measures on the queries that are given, and then trains on every pair', async () => {
    const { out, run } = await prepareRows({
      ...standard,
      'queries.jsonl': jsonl([
        { id: 'q1', text: 'door' },
        { id: 'q2', text: 'handle' },
      ]),
      'qrels.trec': 'q1 0 a 3\nq1 0 b 0\nq2 0 zzz 1\nq9 0 a 1\n',
    });
    const { manifest } = await run();
    const data = await readPrepared(out);
    expect(data.pairs.length).toBe(pairs.length);
    expect(data.validation?.queries.map(({ text }) => text)).toEqual(['door', 'handle']);
    expect(data.validation?.qrels).toEqual(
      new Map([
        [
          'q1',
          new Map([
            ['a', 3],
            ['b', 0],
          ]),
        ],
      ]),
    );
    expect(data.test).toBeUndefined();
    expect(manifest.counts).toMatchObject({ unknownDocuments: 0, unknownJudged: 1, unknownQueries: 1 });
  });

  it('takes documents alone', async () => {
    const { out, run } = await prepareRows({ 'documents.jsonl': jsonl(documents) });
    await run();
    const data = await readPrepared(out);
    expect([data.documents.length, data.pairs, data.validation, data.test]).toEqual([3, [], undefined, undefined]);
  });

  it('keeps country, language and weight, and queries of two countries apart', async () => {
    const rows = [
      { query: 'chips', country: 'GB', language: 'en', documentId: 'a', weight: 0.5 },
      { query: 'chips', country: 'US', documentId: 'b' },
    ];
    const { out, run } = await prepareRows(
      { ...standard, 'pairs.jsonl': jsonl(rows) },
      { shares: { train: 1, validation: 0, test: 0 } },
    );
    const { manifest } = await run();
    expect((await readPrepared(out)).pairs).toEqual([
      { query: 'chips', country: 'GB', language: 'en', document: 0, weight: 0.5 },
      { query: 'chips', country: 'US', document: 1, weight: 1 },
    ]);
    expect(manifest.counts.queries.train).toBe(2);
  });

  it('never lets what towers see of a query stand in two splits, whatever the country and the spelling', async () => {
    const countries = ['GB', 'US', undefined];
    const spellings = (i: number): string[] => [`red hose ${i}`, `${i} Hoses RED`];
    const rows = Array.from({ length: 40 }, (_, i) => i).flatMap(i =>
      spellings(i).flatMap(query => countries.map(country => ({ query, country, documentId: 'a' }))),
    );
    const { out, run } = await prepareRows({ ...standard, 'pairs.jsonl': jsonl(rows) });
    await run();
    const data = await readPrepared(out);
    const numberOf = (text: string): string => /\d+/.exec(text)![0];
    const splits = [
      data.pairs.map(({ query }) => query),
      ...[data.validation, data.test].map(judged => judged!.queries.map(({ text }) => text)),
    ];
    const numbers = splits.map(texts => new Set(texts.map(numberOf)));
    expect(numbers.every(({ size }) => size > 0)).toBe(true);
    // each query is in one split alone
    expect(numbers.reduce((sum, { size }) => sum + size, 0)).toBe(40);
  });

  it('counts blank queries of pairs and of judgements, and fails when there are no others', async () => {
    const blank = ['', ' ', '\u3000', '\u200b\ufeff'].map(query => ({ query, documentId: 'a' }));
    const absent = [{ documentId: 'b' }];
    const some = await prepareRows({
      'documents.jsonl': jsonl(documents),
      'pairs.jsonl': jsonl([...pairs, ...blank, ...absent]),
      'queries.jsonl': jsonl([
        { id: 'q1', text: 'door' },
        { id: 'q2', text: ' ' },
      ]),
      'qrels.trec': 'q1 0 a 1\nq2 0 b 1\n',
    });
    const { manifest } = await some.run();
    expect(manifest.counts).toMatchObject({ pairs: pairs.length, blankQueries: 6, unknownQueries: 1 });
    const data = await readPrepared(some.out);
    expect(data.validation?.queries.map(({ id }) => id)).toEqual(['q1']);
    const none = await prepareRows({ 'documents.jsonl': jsonl(documents), 'pairs.jsonl': jsonl(blank) });
    await expect(none.run()).rejects.toMatchObject({ code: 'data/no-queries' });
    expect(await readdir(none.folder)).not.toContain('out');
  });

  it('refuses two queries of one id, and takes a row that stands twice once', async () => {
    const rows = [
      { id: 'q1', text: 'door' },
      { id: 'q2', text: 'knob' },
      { id: 'q1', text: 'door' },
    ];
    const judged = { ...standard, 'qrels.trec': 'q1 0 a 1\nq2 0 b 1\n' };
    const fine = await prepareRows({ ...judged, 'queries.jsonl': jsonl(rows) });
    await fine.run();
    expect((await readPrepared(fine.out)).validation?.queries.map(({ id }) => id)).toEqual(['q1', 'q2']);
    const other = await prepareRows({ ...judged, 'queries.jsonl': jsonl([...rows, { id: 'q2', text: 'handle' }]) });
    await expect(other.run()).rejects.toMatchObject({
      code: 'data/duplicate-id',
      message: expect.stringMatching(/ line 4: another query has the id 'q2' in line 2$/),
    });
  });

  it('counts pairs of unknown documents, and fails when there are no others', async () => {
    const unknown = [{ query: 'x', documentId: 'nowhere' }];
    const some = await prepareRows({ ...standard, 'pairs.jsonl': jsonl([...pairs, ...unknown]) });
    expect((await some.run()).manifest.counts.unknownDocuments).toBe(1);
    const none = await prepareRows({ ...standard, 'pairs.jsonl': jsonl(unknown) });
    await expect(none.run()).rejects.toMatchObject({
      code: 'data/unknown-documents',
      message: expect.stringContaining("'nowhere'"),
    });
    expect(await readdir(none.folder)).not.toContain('out');
  });

  it('names both lines of a repeated id and leaves what was there', async () => {
    const { out, folder, run } = await prepareRows(standard);
    await run();
    const before = await readFile(join(out, 'manifest.json'));
    await writeFile(join(folder, 'documents.jsonl'), jsonl([...documents, { id: 'b', title: 'again' }]));
    await expect(run()).rejects.toMatchObject({
      code: 'data/duplicate-id',
      message: expect.stringMatching(/ line 4: the id 'b' stands already in line 2$/),
    });
    await writeFile(join(folder, 'documents.jsonl'), jsonl([...documents, ...documents]));
    await expect(run()).rejects.toMatchObject({
      message: expect.stringMatching(/ line 4: the id '.' stands already in line 1 \(3 rows repeat an id\)$/),
    });
    expect(await readFile(join(out, 'manifest.json'))).toEqual(before);
    expect((await readdir(folder)).sort()).toEqual(['documents.jsonl', 'out', 'pairs.jsonl']);
  });

  it('replaces data prepared before, but no other folder', async () => {
    const { out, run } = await prepareRows(standard);
    await run();
    await run();
    const other = await prepareRows(standard);
    await mkdir(other.out);
    await writeFile(join(other.out, 'thesis.txt'), 'mine');
    await expect(other.run()).rejects.toMatchObject({ code: 'usage/bad-value' });
    expect(await readdir(other.out)).toEqual(['thesis.txt']);
    expect((await readdir(out)).length).toBeGreaterThan(1);
  });

  it('refuses queries without qrels, and shares that do not add up', async () => {
    const { run } = await prepareRows({ ...standard, 'queries.jsonl': jsonl([{ id: 'q', text: 't' }]) });
    await expect(run()).rejects.toMatchObject({ code: 'usage/missing-option' });
    const odd = await prepareRows(standard, { shares: { train: 1, validation: 1, test: 0 } });
    await expect(odd.run()).rejects.toMatchObject({ code: 'config/bad-value' });
  });

  it('reports the rows of each stage', async () => {
    const seen: string[] = [];
    const many = Array.from({ length: 1500 }, (_, i) => ({ id: `d${i}`, title: 't' }));
    const files = { 'documents.jsonl': jsonl(many), 'pairs.jsonl': jsonl([{ query: 'q', documentId: 'd1' }]) };
    const { run } = await prepareRows(files, { onProgress: ({ stage, rows }) => seen.push(`${stage} ${rows}`) });
    await run();
    expect(seen).toEqual(['documents 1000', 'documents 1500', 'pairs 1']);
  });
});
