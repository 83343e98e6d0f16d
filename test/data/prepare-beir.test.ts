import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { prepare } from '../../data/prepare.js';
import { readPrepared } from '../../data/prepared.js';
import { temporaryFolder } from './temporary-folder.js';

const shares = { train: 0.5, validation: 0.5, test: 0 };

async function beirFolder(): Promise<string> {
  const folder = join(await temporaryFolder(), 'beir');
  await mkdir(join(folder, 'qrels'), { recursive: true });
  const corpus = [
    { _id: 'd1', title: 'Title', text: 'Text', metadata: { url: 'u' } },
    { _id: 'd2', title: '', text: 'Only text' },
  ];
  const queries = Array.from({ length: 20 }, (_, i) => ({ _id: `q${i}`, text: `query ${i}`, metadata: {} }));
  const lines = (rows: readonly object[]): string => rows.map(row => `${JSON.stringify(row)}\n`).join('');
  await writeFile(join(folder, 'corpus.jsonl'), lines(corpus));
  await writeFile(join(folder, 'queries.jsonl'), lines(queries));
  const header = 'query-id\tcorpus-id\tscore\n';
  await writeFile(
    join(folder, 'qrels/train.tsv'),
    `${header}${queries
      .slice(2)
      .map(({ _id }) => `${_id}\td1\t1\n${_id}\td2\t0\n`)
      .join('')}`,
  );
  await writeFile(join(folder, 'qrels/dev.tsv'), `${header}q0\td1\t2\n`);
  await writeFile(join(folder, 'qrels/test.tsv'), `${header}q1\td2\t1\n`);
  return folder;
}

const prepareFolder = (folder: string) => prepare({ documents: folder, out: `${folder}-out`, shares, seed: 1 });

describe('prepare of a BEIR folder', () => {
  it('trains on train, measures on dev and test, and takes the text where there is no title', async () => {
    const folder = await beirFolder();
    await prepareFolder(folder);
    const data = await readPrepared(`${folder}-out`);
    expect(data.documents).toEqual([
      { id: 'd1', title: 'Title', description: 'Text', metadata: { url: 'u' } },
      { id: 'd2', title: 'Only text' },
    ]);
    expect(data.pairs.map(({ query, document }) => [query, document])).toEqual(
      Array.from({ length: 18 }, (_, i) => [`query ${i + 2}`, 0]),
    );
    expect(data.validation).toEqual({
      queries: [{ id: 'q0', text: 'query 0' }],
      qrels: new Map([['q0', new Map([['d1', 2]])]]),
    });
    expect(data.test).toEqual({
      queries: [{ id: 'q1', text: 'query 1' }],
      qrels: new Map([['q1', new Map([['d2', 1]])]]),
    });
  });

  it('holds out queries of train where there is no dev file', async () => {
    const folder = await beirFolder();
    await rm(join(folder, 'qrels/dev.tsv'));
    const { manifest } = await prepareFolder(folder);
    const { train, validation, test } = manifest.counts.queries;
    expect(train + validation).toBe(18);
    expect(Math.min(train, validation)).toBeGreaterThan(0);
    expect(test).toBe(1);
  });

  it('refuses a folder that is none, other files beside it, and a bad line', async () => {
    const empty = await temporaryFolder();
    await expect(prepareFolder(empty)).rejects.toMatchObject({ code: 'data/unknown-format' });
    const folder = await beirFolder();
    const both = prepare({ documents: folder, pairs: 'x.jsonl', out: `${folder}-out`, shares, seed: 1 });
    await expect(both).rejects.toMatchObject({ code: 'usage/bad-value' });
    await writeFile(join(folder, 'qrels/test.tsv'), 'query-id\tcorpus-id\tscore\nq1\td1\n');
    await expect(prepareFolder(folder)).rejects.toMatchObject({
      code: 'data/malformed-row',
      message: expect.stringMatching(/test\.tsv row 2: /),
    });
  });

  it('takes numbers for ids, and white space off around them, on both sides of a judgement', async () => {
    const folder = await beirFolder();
    await writeFile(join(folder, 'corpus.jsonl'), '{"_id":1,"title":"a"}\n{"_id":"2 ","title":"b"}\n');
    await writeFile(join(folder, 'queries.jsonl'), '{"_id":9007199254740993,"text":"q"}\n{"_id":"4","text":"r"}\n');
    await rm(join(folder, 'qrels'), { recursive: true });
    await mkdir(join(folder, 'qrels'));
    const judgements = '9007199254740993\t1\t1\n4 \t 2\t1\n';
    await writeFile(join(folder, 'qrels/train.tsv'), `query-id\tcorpus-id\tscore\n${judgements}`);
    const { manifest } = await prepareFolder(folder);
    expect(manifest.counts).toMatchObject({ documents: 2, unknownDocuments: 0 });
  });
});
