import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildIndex, createServer, type DocumentRow, evaluateIndex, openIndex } from '../../src/api/index.js';
import { prepareData } from '../../src/api/training.js';

let folder: string;
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-null-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let made = 0;
/** All documents of an index made of a file or of rows, by id. */
async function indexed(documents: string | readonly object[]): Promise<Record<string, unknown>> {
  const out = at(`index${++made}`);
  await buildIndex({ documents: documents as readonly DocumentRow[], out });
  const index = await openIndex(out);
  const found = await Promise.all((await index.ids()).map(async id => [id, await index.get(id)]));
  await index.close();
  return Object.fromEntries(found);
}

async function file(name: string, content: string): Promise<string> {
  await writeFile(at(name), content);
  return at(name);
}

const nulls = {
  description: null,
  price: null,
  country: null,
  language: null,
  images: null,
  tokens: null,
  brand: null,
  specs: { colour: null, size: 'L', parts: [null, { weight: null }] },
  tags: [null, 'a', null],
};
const kept = { specs: { size: 'L', parts: [{}] }, tags: ['a'] };

describe('null', () => {
  it.each([
    ['JSON lines', 'rows.jsonl', (rows: readonly object[]) => rows.map(row => JSON.stringify(row)).join('\n')],
    ['a JSON array', 'rows.json', (rows: readonly object[]) => JSON.stringify(rows)],
    [
      'spread JSON',
      'spread.json',
      (rows: readonly object[]) => rows.map(row => JSON.stringify(row, null, 1)).join('\n'),
    ],
  ])('is absent in %s', async (_name, name, write) => {
    const rows = [
      { id: 1, title: 'alpha', ...nulls },
      { id: 2, title: 'beta' },
      { id: 3, title: 'gamma', images: [null, 'a.png'], tokens: { title: [null, 'x'], description: null } },
    ];
    expect(await indexed(await file(name, write(rows)))).toEqual({
      1: { id: '1', title: 'alpha', ...kept },
      2: { id: '2', title: 'beta' },
      3: { id: '3', title: 'gamma', images: ['a.png'], tokens: { title: ['x'] } },
    });
  });

  it('is absent in rows of a program', async () => {
    expect(await indexed([{ id: '1', title: 'alpha', ...nulls }])).toEqual({ 1: { id: '1', title: 'alpha', ...kept } });
  });

  it('as a whole row is passed over, as a row of empty cells is', async () => {
    const rows = ['{"id":1,"title":"a"}', 'null', '{"id":null,"title":null}', '{"id":2,"title":"b"}'];
    const found = { 1: { id: '1', title: 'a' }, 2: { id: '2', title: 'b' } };
    expect(await indexed(await file('whole.jsonl', rows.join('\n')))).toEqual(found);
    expect(await indexed(await file('whole.json', `[${rows.join(',')}]`))).toEqual(found);
    expect(await indexed(await file('whole.csv', 'id,title\n1,a\n,\n2,b\n'))).toEqual(found);
  });

  it('is absent in Parquet, inside lists and structures too', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(`COPY (SELECT * FROM (VALUES
      (1, 'alpha', NULL::VARCHAR, NULL::DOUBLE, [NULL, 'a'], {k: NULL::INTEGER, size: 'L'}, ['NaN'::DOUBLE, 1.5, NULL]),
      (2, 'beta', 'x', 2.5, NULL, NULL, NULL),
      (NULL, NULL, NULL, NULL, NULL, NULL, NULL)
    ) rows(id, title, description, price, tags, specs, sizes)) TO '${at('rows.parquet')}'`);
    connection.closeSync();
    instance.closeSync();
    expect(await indexed(at('rows.parquet'))).toEqual({
      1: { id: '1', title: 'alpha', tags: ['a'], specs: { size: 'L' }, sizes: [1.5] },
      2: { id: '2', title: 'beta', description: 'x', price: 2.5 },
    });
  });

  it.each([
    ['an id', '{"id":null,"title":"a"}', /id is missing/],
    ['a title', '{"id":1,"title":null}', /title is missing/],
  ])('is refused where %s must be', async (_name, row, message) => {
    const documents = await file('refused.jsonl', `${row}\n{"id":2,"title":"b"}`);
    await expect(buildIndex({ documents, out: at('refused') })).rejects.toMatchObject({
      code: 'data/malformed-row',
      message: expect.stringMatching(message),
    });
  });

  it('is absent in pairs, queries and events', async () => {
    const documents = await file('documents.jsonl', '{"id":1,"title":"alpha"}\n{"id":2,"title":"beta"}');
    const shares = { train: 0, validation: 0, test: 1 };
    const pairs = await file(
      'pairs.jsonl',
      'null\n{"query":"the alpha","documentId":1,"weight":null,"country":null,"language":null}',
    );
    expect((await prepareData({ documents, pairs, out: at('pairs'), shares })).counts).toMatchObject({ documents: 2 });
    const events = await file(
      'events.jsonl',
      [
        '{"session":1,"time":"2024-05-01T10:00:00Z","type":"search","query":"alpha","documentId":null,"country":null}',
        '{"session":1,"time":"2024-05-01T10:00:02Z","type":"click","query":null,"documentId":1}',
      ].join('\n'),
    );
    const eventRules = { chain: ['search', 'click'] };
    expect((await prepareData({ documents, events, eventRules, out: at('events'), shares })).events).toMatchObject({
      pairs: 1,
    });
    await buildIndex({ documents, out: at('judged') });
    const queries = await file('queries.jsonl', '{"id":"q","text":"alpha","country":null,"language":null}');
    const given = [{ id: 'q', text: 'alpha', country: null }] as unknown as readonly { id: string; text: string }[];
    for (const asked of [queries, given]) {
      const { runs } = await evaluateIndex({ index: at('judged'), queries: asked, qrels: { q: { 1: 1 } } });
      expect(runs[0].means['nDCG@10']).toBe(1);
    }
  });

  it('is absent over HTTP, and is no value of a filter or a facet', async () => {
    await buildIndex({ documents: [{ id: 'x', title: 'beta' }], out: at('served') });
    const server = await createServer({ index: at('served'), port: 0, writable: true });
    const send = async (method: string, path: string, body?: string, type = 'application/json'): Promise<string> => {
      const init = body === undefined ? { method } : { method, headers: { 'content-type': type }, body };
      return (await fetch(new URL(path, server.url), init)).text();
    };
    const get = async (id: string): Promise<unknown> => JSON.parse(await send('GET', `/documents/${id}`));
    await send('PUT', '/documents/1', JSON.stringify({ title: 'alpha', ...nulls }));
    expect(await get('1')).toEqual({ id: '1', title: 'alpha', ...kept });
    await send(
      'POST',
      '/documents/bulk',
      `${JSON.stringify({ put: { id: '2', title: 'alpha', ...nulls } })}\n`,
      'application/x-ndjson',
    );
    expect(await get('2')).toEqual({ id: '2', title: 'alpha', ...kept });
    await send('PATCH', '/documents/2', '{"tags":["b",null],"specs":{"size":null,"deep":{"a":null,"b":[null]}}}');
    expect(await get('2')).toEqual({ id: '2', title: 'alpha', tags: ['b'], specs: { parts: [{}], deep: { b: [] } } });
    const search = async (body: object): Promise<{ hits: { id: string }[]; facets?: unknown }> =>
      JSON.parse(await send('POST', '/search', JSON.stringify(body)));
    expect((await search({ filter: [{ exists: { field: 'specs.colour' } }] })).hits).toEqual([]);
    const { facets } = await search({ text: 'alpha', facets: [{ field: 'tags' }] });
    expect(facets).toEqual([
      {
        field: 'tags',
        values: [
          { value: 'a', count: 1 },
          { value: 'b', count: 1 },
        ],
        documents: 2,
      },
    ]);
    await server.close();
  });
});
