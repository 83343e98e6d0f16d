import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { prepare } from '../../../data/prepare.js';
import { readPrepared } from '../../../data/prepared.js';
import { readTable } from '../../../data/sources/source.js';
import { writeEmbeddings } from '../../../serving/jobs/write-embeddings.js';
import { collect, temporaryFolder } from '../temporary-folder.js';

/** Names that mean more than themselves to shells, DuckDB, URLs or SQL. */
const names = [
  'c[1]',
  'list*',
  'why?',
  'country=GB',
  'title=oops',
  'a b',
  '50%',
  "it's",
  'say "x"',
  'ünï 商品',
  '{a,b}',
  '~',
  'a#b;c',
  '**',
];

async function writeParquet(path: string, select: string): Promise<void> {
  const folder = await temporaryFolder();
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`COPY (${select}) TO '${join(folder, 'a.parquet')}'`);
  connection.closeSync();
  instance.closeSync();
  const { rename } = await import('node:fs/promises');
  await rename(join(folder, 'a.parquet'), path);
}

describe.each(names)('a path with %j', name => {
  it('is read as it is, as a file and as a folder', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, name));
    // what a pattern would match besides
    for (const other of ['c1', 'list-old', 'whyx', 'a']) {
      await writeFile(join(folder, `${other}.csv`), 'id,title\n2,WRONG\n');
      await writeParquet(join(folder, `${other}.parquet`), `SELECT 2 AS id, 'WRONG' AS title`);
    }
    const row = { id: 1, title: 'RIGHT', country: 'FR' };
    for (const path of [join(folder, `${name}.csv`), join(folder, name, 'd.csv')]) {
      await writeFile(path, 'id,title,country\n1,RIGHT,FR\n');
      expect(await collect(readTable(path))).toEqual([{ line: 2, row }]);
    }
    for (const path of [join(folder, `${name}.parquet`), join(folder, name, 'd.parquet')]) {
      await writeParquet(path, `SELECT 1 AS id, 'RIGHT' AS title, 'FR' AS country`);
      expect(await collect(readTable(path))).toEqual([{ line: 1, row }]);
    }
  });

  it('is written to: embeddings as Parquet, and what events become', async () => {
    const folder = join(await temporaryFolder(), name);
    await mkdir(folder);
    const embeddings = async function* () {
      yield { ids: ['a'], embeddings: Float32Array.of(1, 0) };
    };
    const path = join(folder, `${name}.parquet`);
    expect(await writeEmbeddings(path, embeddings())).toBe(1);
    expect(await collect(readTable(path))).toEqual([{ line: 1, row: { id: 'a', embedding: [1, 0] } }]);

    await writeFile(join(folder, 'd.csv'), 'id,title\na,hose\n');
    await writeFile(join(folder, 'e.csv'), 'session,time,type,query,documentId\ns,0,search,q,\ns,1,click,,a\n');
    await prepare({
      documents: join(folder, 'd.csv'),
      events: join(folder, 'e.csv'),
      eventRules: { chain: ['search', 'click'], windowHours: 24, maxSessionEvents: 1000 },
      out: join(folder, 'out'),
      shares: { train: 1, validation: 0, test: 0 },
      seed: 1,
    });
    expect((await readPrepared(join(folder, 'out'))).pairs).toEqual([{ query: 'q', document: 0, weight: 1 }]);
    expect((await readdir(folder)).sort()).toEqual([`${name}.parquet`, 'd.csv', 'e.csv', 'out'].sort());
  });
});

describe('folders for links and databases', () => {
  it('are removed', async () => {
    const before = (await readdir(tmpdir())).filter(name => /^tandem-[A-Za-z0-9]{6}$/.test(name));
    const folder = await temporaryFolder();
    const path = join(folder, 'a?.parquet');
    await writeParquet(path, 'SELECT 1 AS id');
    await collect(readTable(path));
    for await (const _ of readTable(path)) break;
    await writeFile(join(folder, 'b?.parquet'), 'PAR1 and no more');
    await expect(collect(readTable(join(folder, 'b?.parquet')))).rejects.toMatchObject({
      code: 'files/damaged',
      message: expect.not.stringContaining('tandem-link'),
    });
    const after = (await readdir(tmpdir())).filter(name => /^tandem-[A-Za-z0-9]{6}$/.test(name));
    expect(after.filter(name => !before.includes(name))).toEqual([]);
  });
});
