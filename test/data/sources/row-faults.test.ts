import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { prepare } from '../../../data/prepare.js';
import { readRows } from '../../../data/sources/source.js';
import { documentRowSchema, pairRowSchema } from '../../../src/config/rows.js';
import { TandemError } from '../../../src/errors/tandem-error.js';
import { collect, temporaryFolder } from '../temporary-folder.js';

async function file(name: string, content: string): Promise<string> {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, content);
  return path;
}

/** The message behind the path of the file. */
async function messageOf(name: string, content: string, schema = documentRowSchema): Promise<string> {
  const path = await file(name, content);
  const error: unknown = await collect(readRows(path, schema)).catch(error => error);
  if (!(error instanceof TandemError)) throw new Error('it was read');
  return error.message.slice(path.length);
}

describe('the error of a file with faults', () => {
  it('tells every kind once, with its rows, the first of them, and the columns', async () => {
    const content = 'sku,name,price\na1,Hose,5\n,Lamp,n/a\na3,Bulb,free\na4,Net\n';
    expect(await messageOf('shop.csv', content)).toBe(
      ': 4 kinds of faults in 4 rows: no column id (did you mean --map sku=id?); ' +
        'no column title (did you mean --map name=title?); price "n/a" is no number (2 rows, first row 3); ' +
        'has 2 cells where the header has 3 (1 row, first row 5) (columns: sku, name, price)',
    );
  });

  it('says where a fault is in every row, and in one of several', async () => {
    expect(await messageOf('a.csv', 'id,title,price\n1,a,x\n2,b,y\n')).toBe(
      ' row 2: price "x" is no number (every row) (columns: id, title, price)',
    );
    expect(await messageOf('a.jsonl', '{"id":"1","title":"a"}\n{"id":"2"}\n')).toBe(
      ' line 2: title is missing (1 row, first row 2) (columns: id, title)',
    );
  });

  it('counts the rows that are no rows too', async () => {
    expect(await messageOf('a.jsonl', '{"id":"1","title":"a"}\n{"id"\n5\n[]\n6\n')).toMatch(
      /^: 3 kinds of faults in 5 rows: not JSON: .*\(1 row, first row 2\); expected object, received number \(2 rows, first row 3\); expected object, received array \(1 row, first row 4\) \(columns: id, title\)$/,
    );
  });

  it.each([
    ['ID', 'title', 'id'],
    ['product_id', 'title', 'id'],
    ['Artikelnummer', 'title', 'id'],
    ['id', 'Product Name', 'title'],
    ['id', 'tilte', 'title'],
  ])('guesses the column of a field: %s,%s', async (first, second, field) => {
    const column = field === 'id' ? first : second;
    expect(await messageOf('a.csv', `${first},${second}\n1,a\n`)).toContain(
      `no column ${field} (did you mean --map ${column}=${field}?)`,
    );
  });

  it('guesses nothing where nothing is near', async () => {
    expect(await messageOf('a.csv', 'colour,size\nred,5\n')).toMatch(/no column id; no column title \(columns/);
  });

  it('names columns that a pair does not have, and ids that are none, with their reason', async () => {
    const pairs = '{"query":"q","documentId":"a b","clicks":1}\n{"query":"q","documentId":"c d","clicks":2}\n';
    const path = await file('p.jsonl', pairs);
    await expect(collect(readRows(path, pairRowSchema))).rejects.toMatchObject({
      code: 'data/malformed-row',
      message: expect.stringMatching(/unknown column clicks \(every row\)/),
      details: {
        rows: 2,
        columns: ['query', 'documentId', 'clicks'],
        faults: [
          { fault: expect.stringMatching(/^documentId "a b": white space in an id/), rows: 2, first: 1 },
          { fault: 'unknown column clicks', rows: 2, first: 1 },
        ],
      },
    });
  });

  it('ends after twenty kinds', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `{"query":"q","documentId":"a","x${i}":1}\n`).join('');
    const path = await file('p.jsonl', rows);
    await expect(collect(readRows(path, pairRowSchema))).rejects.toMatchObject({
      message: expect.stringContaining(': 20 kinds of faults in 20 rows: '),
    });
  });

  it('gives no row behind the first bad one', async () => {
    const path = await file('a.csv', 'id,title\n1,a\n,b\n3,c\n');
    const read: string[] = [];
    const reading = async (): Promise<void> => {
      for await (const { row } of readRows(path, documentRowSchema)) read.push(row.id);
    };
    await expect(reading()).rejects.toMatchObject({ code: 'data/malformed-row' });
    expect(read).toEqual(['1']);
  });

  it('takes white space off around ids, and says so', async () => {
    const path = await file('a.csv', 'id,title\n 1,a\n2,b\n3 ,c\n');
    const notes: string[] = [];
    const rows = await collect(readRows(path, documentRowSchema, { onNote: note => notes.push(note) }));
    expect(rows.map(({ row }) => row.id)).toEqual(['1', '2', '3']);
    expect(notes).toEqual([`${path}: white space around id was taken off in 2 rows (first row 2)`]);
  });
});

describe('prepare', () => {
  it('joins ids with white space around them as those without', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'd.csv'), 'id,title\n1  ,hose\n2  ,lamp\n');
    await writeFile(join(folder, 'p.jsonl'), '{"query":"hose","documentId":" 1"}\n{"query":"lamp","documentId":2}\n');
    const { manifest } = await prepare({
      documents: join(folder, 'd.csv'),
      pairs: join(folder, 'p.jsonl'),
      out: join(folder, 'out'),
      shares: { train: 1, validation: 0, test: 0 },
      seed: 1,
    });
    expect(manifest.counts).toMatchObject({ documents: 2, pairs: 2, unknownDocuments: 0 });
  });

  it.each([
    ['documents', '{"id":"a b","title":"t"}\n', '{"query":"q","documentId":"a"}\n'],
    ['pairs', '{"id":"a","title":"t"}\n', '{"query":"q","documentId":"a\\u0085b"}\n'],
  ])('refuses ids in %s that judgements cannot name, and writes nothing', async (_, documents, pairs) => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'in'));
    await writeFile(join(folder, 'in', 'd.jsonl'), documents);
    await writeFile(join(folder, 'in', 'p.jsonl'), pairs);
    const prepared = prepare({
      documents: join(folder, 'in', 'd.jsonl'),
      pairs: join(folder, 'in', 'p.jsonl'),
      out: join(folder, 'out'),
      shares: { train: 1, validation: 0, test: 0 },
      seed: 1,
    });
    await expect(prepared).rejects.toMatchObject({ code: 'data/malformed-row' });
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });
});
