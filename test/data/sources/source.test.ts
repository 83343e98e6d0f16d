import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRows } from '../../../data/sources/source.js';
import { documentRowSchema, pairRowSchema } from '../../../src/config/rows.js';
import { collect, temporaryFolder } from '../temporary-folder.js';

async function documentsOf(name: string, content: string | Uint8Array) {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, content);
  return collect(readRows(path, documentRowSchema));
}

describe('readRows of JSON Lines', () => {
  it('gives rows with their lines, numbers as ids becoming text', async () => {
    const rows = await documentsOf(
      'a.jsonl',
      '\ufeff{"id":7,"title":"a","colour":"red"}\r\n\r\n{"id":"b","title":"","price":2.5}\r\n\n',
    );
    expect(rows).toEqual([
      { line: 1, row: { id: '7', title: 'a', colour: 'red' } },
      { line: 3, row: { id: 'b', title: '', price: 2.5 } },
    ]);
  });

  it.each([
    [
      '{"id":"a","title":"t"}\n{"id":"b","title":5}\n',
      /a\.jsonl line 2: title 5: expected string, received number \(1 row, first row 2\) \(columns: id, title\)$/,
    ],
    ['{"id":"a"}\n', /a\.jsonl line 1: no column title \(columns: id\)$/],
    ['{"title":"a"}\n', /a\.jsonl line 1: no column id \(columns: title\)$/],
    ['{"id":"a","title":"t"}\n{"id":\n', /a\.jsonl line 2: not JSON: /],
    ['[1]\n', /a\.jsonl line 1: expected object, received array \(columns: \)$/],
  ])('names the line and the field of a malformed row: %j', async (content, message) => {
    await expect(documentsOf('a.jsonl', content)).rejects.toMatchObject({
      code: 'data/malformed-row',
      message: expect.stringMatching(message),
    });
  });

  it('refuses keys that a pair does not have', async () => {
    const path = join(await temporaryFolder(), 'pairs.jsonl');
    await writeFile(path, '{"query":"q","documentId":"a","wieght":1}\n');
    await expect(collect(readRows(path, pairRowSchema))).rejects.toMatchObject({
      code: 'data/malformed-row',
      message: expect.stringContaining('wieght'),
    });
  });
});

describe('readRows of CSV', () => {
  const quoted = 'id,title,price,images,colour\r\n1,"a, ""b""\nc",2.5,"[""x"",""y""]",red\r\n2,dog,,x|y,\r\n';
  const rows = [
    { line: 2, row: { id: '1', title: 'a, "b"\nc', price: 2.5, images: ['x', 'y'], colour: 'red' } },
    { line: 3, row: { id: '2', title: 'dog', images: ['x', 'y'] } },
  ];

  it('turns cells into what the schema asks for; an empty cell is absent', async () => {
    expect(await documentsOf('a.csv', `\ufeff${quoted}`)).toEqual(rows);
    expect(await documentsOf('a.csv.gz', gzipSync(quoted))).toEqual(rows);
  });

  it('finds semicolons and tabs by the header', async () => {
    expect(await documentsOf('a.csv', 'id;title\n1;a,b\n')).toEqual([{ line: 2, row: { id: '1', title: 'a,b' } }]);
    expect(await documentsOf('a.tsv', 'id\ttitle\n1\ta;b\n')).toEqual([{ line: 2, row: { id: '1', title: 'a;b' } }]);
  });

  it.each([
    [
      'id,title\n1,a\n2,b,c\n',
      /a\.csv row 3: has 3 cells where the header has 2 \(1 row, first row 3\) \(columns: id, title\)$/,
    ],
    ['id,title\n1,"a\n', /a\.csv row 2: a quote opens that is never closed$/],
    ['id,title,price\n1,a,cheap\n', /a\.csv row 2: price "cheap" is no number \(columns: id, title, price\)$/],
    ['id,title,images\n1,a,[x\n', /a\.csv row 2: images: not a JSON array/],
    ['id,id\n1,a\n', /a\.csv row 1: two columns are named 'id'$/],
    ['id,title\n1,\n', /a\.csv row 2: title is missing \(columns: id, title\)$/],
  ])('names the row of what it cannot read: %j', async (content, message) => {
    await expect(documentsOf('a.csv', content)).rejects.toMatchObject({
      code: 'data/malformed-row',
      message: expect.stringMatching(message),
    });
  });

  it('refuses invalid UTF-8', async () => {
    await expect(documentsOf('a.csv', Buffer.from('id,title\n1,\xff\n', 'latin1'))).rejects.toMatchObject({
      code: 'data/bad-encoding',
    });
  });

  it('does not lose the rows after a bad one far down, where a stream would end silently', async () => {
    const good = Array.from({ length: 60_000 }, (_, i) => `${i},title ${i}\n`).join('');
    const bad = documentsOf('a.csv', `id,title\n${good}x,y,z\n${good}`);
    await expect(bad).rejects.toMatchObject({
      code: 'data/malformed-row',
      message: expect.stringMatching(/ row 60002: /),
    });
  });

  it('gives back any text that was written by RFC 4180', async () => {
    const cell = fc.string({ unit: 'grapheme', minLength: 1 }).filter(text => !/[\r\0]/.test(text));
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { minLength: 1, maxLength: 5 }), async titles => {
        const content = titles.map((title, i) => `d${i},"${title.replaceAll('"', '""')}"\n`).join('');
        expect((await documentsOf('a.csv', `id,title\n${content}`)).map(({ row }) => row.title)).toEqual(titles);
      }),
      { numRuns: 20 },
    );
  });
});

describe('readRows of Parquet', () => {
  async function parquet(select: string): Promise<string> {
    const path = join(await temporaryFolder(), 'a.parquet');
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(`COPY (${select}) TO '${path}'`);
    connection.closeSync();
    instance.closeSync();
    return path;
  }

  it('gives plain values', async () => {
    const path =
      await parquet(`SELECT 7::BIGINT AS id, 'a' AS title, ['x', 'y'] AS images, 2.5::DECIMAL(5, 2) AS price, NULL AS none,
      9007199254740993::BIGINT AS big, TIMESTAMP '2020-01-02 03:04:05' AS at, {k: 1::BIGINT} AS nested, true AS sold,
      12345678901234567890::DECIMAL(38, 0) AS code, 'NaN'::DOUBLE AS gone`);
    expect(await collect(readRows(path, documentRowSchema))).toEqual([
      {
        line: 1,
        row: {
          id: '7',
          title: 'a',
          images: ['x', 'y'],
          price: 2.5,
          big: '9007199254740993',
          at: '2020-01-02T03:04:05.000Z',
          nested: { k: 1 },
          sold: true,
          code: '12345678901234567890',
        },
      },
    ]);
  });

  it('keeps the order of the file over many row groups and names the bad row', async () => {
    const path = await parquet(
      `SELECT i::VARCHAR AS id, CASE WHEN i = 125000 THEN NULL ELSE 't' END AS title FROM range(130000) r(i)`,
    );
    await expect(collect(readRows(path, documentRowSchema))).rejects.toMatchObject({
      code: 'data/malformed-row',
      message: expect.stringMatching(
        / row 125001: title is missing \(1 row, first row 125001\) \(columns: id, title\)$/,
      ),
    });
  });

  it('names a file that is not Parquet', async () => {
    await expect(documentsOf('a.parquet', Buffer.from([1, 0, 2, 0, 0]))).rejects.toMatchObject({
      code: 'files/damaged',
    });
  });
});

describe('readRows', () => {
  it('refuses what it does not know, does not find, or finds empty', async () => {
    await expect(documentsOf('a.txt', 'x')).rejects.toMatchObject({ code: 'data/unknown-format' });
    await expect(documentsOf('a.jsonl', '\n\n')).rejects.toMatchObject({ code: 'data/empty' });
    await expect(documentsOf('a.csv', '')).rejects.toMatchObject({ code: 'data/empty' });
    await expect(documentsOf('a.csv', 'id,title\n')).rejects.toMatchObject({ code: 'data/empty' });
    const folder = await temporaryFolder();
    await expect(collect(readRows(join(folder, 'no.csv'), documentRowSchema))).rejects.toMatchObject({
      code: 'data/not-found',
    });
    await mkdir(join(folder, 'd.jsonl'));
    await expect(collect(readRows(join(folder, 'd.jsonl'), documentRowSchema))).rejects.toMatchObject({
      code: 'data/not-found',
    });
  });
});
