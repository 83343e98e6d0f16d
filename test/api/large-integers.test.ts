import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  buildIndex,
  createServer,
  type DocumentRow,
  evaluateIndex,
  type FilterClause,
  openIndex,
  type SearchIndex,
} from '../../src/api/index.js';
import { prepareData } from '../../src/api/training.js';

let folder: string;
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-large-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let made = 0;
async function indexOf(documents: string | readonly object[]): Promise<SearchIndex> {
  const out = at(`index${++made}`);
  await buildIndex({ documents: documents as readonly DocumentRow[], out });
  return openIndex(out);
}

async function file(name: string, content: string): Promise<string> {
  await writeFile(at(name), content);
  return at(name);
}

/** Written out by DuckDB itself. */
async function parquet(name: string, select: string): Promise<string> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`COPY (${select}) TO '${at(name)}'`);
  connection.closeSync();
  instance.closeSync();
  return at(name);
}

const idsOf = async (index: SearchIndex, filter: readonly FilterClause[]): Promise<string[]> =>
  (await index.search({ filter, k: 100 })).hits.map(({ id }) => id).sort();

/** 2^53 - 1 is the last whole number below which doubles have no gaps. */
const [a, b, c] = ['9007199254740992', '9007199254740993', '9007199254740994'];
const json = [
  `{"id":${a},"title":"alpha","ref":${a},"deep":{"refs":[${b},1]}}`,
  `{"id":${b},"title":"beta","ref":${b}}`,
  '{"id":3,"title":"gamma","ref":-9223372036854775808}',
  '{"id":4,"title":"delta","ref":18446744073709551615}',
  '{"id":5,"title":"epsilon","ref":5}',
];

describe('whole numbers beyond 2^53', () => {
  it.each([
    ['JSON lines', 'rows.jsonl', json.join('\n')],
    ['a JSON array', 'rows.json', `[${json.join(',\n')}]`],
    ['spread JSON', 'spread.json', json.map(row => row.replace(/,"/g, ',\n "').replace('{', '{\n ')).join('\n')],
    ['numbers with a fraction of 0', 'fraction.jsonl', json.join('\n').replace(/"ref":(-?\d+)/g, '"ref":$1.0')],
    [
      'numbers with an exponent',
      'exponent.jsonl',
      json.join('\n').replace(/"ref":9007199254740993/, '"ref":9007199254740.993e3'),
    ],
  ])('are kept exactly in %s', async (_name, name, content) => {
    const index = await indexOf(await file(name, content));
    expect(await index.ids()).toEqual(['3', '4', '5', a, b]);
    expect(await index.get(a)).toEqual({ id: a, title: 'alpha', ref: a, deep: { refs: [b, 1] } });
    expect((await index.get('3'))?.ref).toBe('-9223372036854775808');
    expect((await index.get('4'))?.ref).toBe('18446744073709551615');
    await index.close();
  });

  it('are kept exactly in CSV, a column of them being text', async () => {
    const index = await indexOf(
      await file(
        'rows.csv',
        `id,title,ref,price\n${a},alpha,${a},1.5\n${b},beta,${b},2\n3,gamma,-9223372036854775808,`,
      ),
    );
    expect(await index.ids()).toEqual(['3', a, b]);
    expect(await index.get(b)).toEqual({ id: b, title: 'beta', ref: b, price: 2 });
    expect((await index.get('3'))?.ref).toBe('-9223372036854775808');
    await index.close();
  });

  it('are kept exactly in Parquet, decimals in lists and structures too', async () => {
    const path = await parquet(
      'rows.parquet',
      `SELECT * FROM (VALUES
        (${a}::UBIGINT, 'alpha', ${a}::BIGINT, [${b}::DECIMAL(20, 0)], {k: ${b}::DECIMAL(38, 0)}, 12345678901234567.25::DECIMAL(20, 2)),
        (${b}::UBIGINT, 'beta', ${b}::BIGINT, [5::DECIMAL(20, 0)], {k: 7::DECIMAL(38, 0)}, 2.25::DECIMAL(20, 2))
      ) rows(id, title, ref, list, nested, decimal)`,
    );
    const index = await indexOf(path);
    expect(await index.get(a)).toEqual({
      id: a,
      title: 'alpha',
      ref: a,
      list: [b],
      nested: { k: b },
      decimal: '12345678901234567.25',
    });
    expect(await index.get(b)).toEqual({
      id: b,
      title: 'beta',
      ref: b,
      list: [5],
      nested: { k: 7 },
      decimal: 2.25,
    });
    await index.close();
  });

  it('are kept exactly in rows of a program, as BigInt', async () => {
    const out = at('rows');
    const rows = [
      { id: BigInt(a), title: 'alpha', ref: 5n, deep: { refs: [BigInt(b), 1n] } },
      { id: BigInt(b), title: 'beta', ref: -BigInt(b) },
    ] as unknown as readonly DocumentRow[];
    await buildIndex({ documents: rows, out });
    const index = await openIndex(out, { writable: true });
    expect(await index.get(a)).toEqual({ id: a, title: 'alpha', ref: 5, deep: { refs: [b, 1] } });
    await index.put([{ id: '7', title: 'eta', ref: BigInt(c) }]);
    await index.patch([{ id: b, ref: BigInt(a), other: 2n }]);
    expect(await index.get('7')).toEqual({ id: '7', title: 'eta', ref: c });
    expect(await index.get(b)).toEqual({ id: b, title: 'beta', ref: a, other: 2 });
    const values = [BigInt(c)] as unknown as readonly number[];
    expect(await idsOf(index, [{ terms: { field: 'ref', values } }])).toEqual(['7']);
    await index.close();
  });

  it.each([
    ['price', '{"id":1,"title":"a","price":9007199254740993}', /price.*beyond 2\^53/],
    ['price of a currency', '{"id":1,"title":"a","price":{"EUR":9007199254740993}}', /price.*beyond 2\^53/],
    ['price as text', '{"id":1,"title":"a","price":"€ 9007199254740993"}', /price.*beyond 2\^53/],
    ['more digits than any number', '{"id":1,"title":"a","ref":1e400}', /more than 308 digits/],
  ])('are refused where they cannot be kept: %s', async (_name, row, message) => {
    const documents = await file('refused.jsonl', row);
    await expect(buildIndex({ documents, out: at('refused') })).rejects.toMatchObject({
      code: 'data/malformed-row',
      message: expect.stringMatching(message),
    });
  });

  it('join the rows of pairs, queries, judgements and events', async () => {
    const documents = await file('joined.jsonl', json.join('\n'));
    const pairs = await file(
      'pairs.jsonl',
      [`{"query":"the alpha","documentId":${a}}`, `{"query":"the beta","documentId":${b}}`].join('\n'),
    );
    const shares = { train: 0, validation: 0, test: 1 };
    const prepared = await prepareData({ documents, pairs, out: at('prepared'), shares });
    expect(prepared.counts).toMatchObject({ documents: 5 });
    const queries = await file('queries.jsonl', `{"id":${c},"text":"alpha"}\n{"id":${b},"text":"beta"}`);
    const qrels = await file('qrels.trec', `${c} 0 ${a} 1\n${b} 0 ${b} 1\n`);
    await buildIndex({ documents, out: at('joined') });
    const { runs } = await evaluateIndex({ index: at('joined'), queries, qrels });
    expect(runs[0].means['nDCG@10']).toBe(1);
    const events = await file(
      'events.jsonl',
      [
        `{"session":${a},"time":"2024-05-01T10:00:00Z","type":"search","query":"alpha"}`,
        `{"session":${b},"time":"2024-05-01T10:00:01Z","type":"click","documentId":${b}}`,
        `{"session":${a},"time":"2024-05-01T10:00:02Z","type":"click","documentId":${a}}`,
      ].join('\n'),
    );
    const joined = await prepareData({
      documents,
      events,
      eventRules: { chain: ['search', 'click'] },
      out: at('events'),
      shares,
    });
    // as one session the click on beta would belong to the search for alpha
    expect(joined.events).toMatchObject({ pairs: 1 });
    const huge = await file('huge.trec', `${c} 0 ${a} ${b}\n`);
    await expect(evaluateIndex({ index: at('joined'), queries, qrels: huge })).rejects.toMatchObject({
      code: 'data/malformed-row',
    });
  });
});

/** What a segment in memory and one on disk hold. */
async function withIndexes(rows: readonly object[], use: (index: SearchIndex) => Promise<void>): Promise<void> {
  const out = at(`index${++made}`);
  await buildIndex({ documents: rows as readonly DocumentRow[], out });
  const stored = await openIndex(out);
  await use(stored);
  await stored.close();
  await buildIndex({ documents: [{ id: 'none', title: 'none' }], out: `${out}m` });
  const memory = await openIndex(`${out}m`, { writable: true });
  await memory.delete(['none']);
  await memory.put(rows as readonly DocumentRow[]);
  await use(memory);
  await memory.close();
}

const refs = [a, b, c, '-9223372036854775808', '18446744073709551615', 1e20, 5, -1, '9007199254740993x', 'word'];
const rows = refs.map((ref, i) => ({ id: `d${i}`, title: 'thing', ref }));

describe('whole numbers beyond 2^53 in questions', () => {
  it('find exactly that one', () =>
    withIndexes(rows, async index => {
      for (const [value, ids] of [
        [a, ['d0']],
        [b, ['d1']],
        [c, ['d2']],
        ['-9223372036854775808', ['d3']],
        ['9007199254740995', []],
        ['100000000000000000000', ['d5']],
        ['100000000000000000001', []],
      ] as const) {
        expect([value, await idsOf(index, [{ terms: { field: 'ref', values: [value] } }])]).toEqual([value, ids]);
        const typed = await index.search({ text: `ref:${value}`, syntax: 'query' });
        expect([value, typed.hits.map(({ id }) => id)]).toEqual([value, ids]);
      }
    }));

  it('bound ranges exactly, and lie in ranges of smaller bounds', () =>
    withIndexes(rows, async index => {
      const range = (min?: number | string, max?: number | string): Promise<string[]> =>
        idsOf(index, [
          { range: { field: 'ref', ...(min !== undefined && { min }), ...(max !== undefined && { max }) } },
        ]);
      expect(await range(b)).toEqual(['d1', 'd2', 'd4', 'd5']);
      expect(await range(b, b)).toEqual(['d1']);
      expect(await range(undefined, a)).toEqual(['d0', 'd3', 'd6', 'd7']);
      expect(await range(6)).toEqual(['d0', 'd1', 'd2', 'd4', 'd5']);
      expect(await range(undefined, '-9223372036854775809')).toEqual([]);
      expect(await range('100000000000000000000')).toEqual(['d5']);
      expect(await range('100000000000000000001')).toEqual([]);
      const typed = async (text: string): Promise<string[]> =>
        (await index.search({ text, syntax: 'query', k: 100 })).hits.map(({ id }) => id).sort();
      expect(await typed(`ref:>${a}`)).toEqual(['d1', 'd2', 'd4', 'd5']);
      expect(await typed(`ref:<${b}`)).toEqual(['d0', 'd3', 'd6', 'd7']);
      expect(await typed(`ref:[${b} TO ${c}]`)).toEqual(['d1', 'd2']);
      expect(await typed(`ref:{${a} TO ${c}}`)).toEqual(['d1']);
      expect(await typed('ref:>5')).toEqual(['d0', 'd1', 'd2', 'd4', 'd5']);
    }));

  it('are sorted as the numbers that they are, and counted each by itself', () =>
    withIndexes(rows, async index => {
      const sorted = async (order: 'ascending' | 'descending'): Promise<string[]> =>
        (await index.search({ sort: [{ field: 'ref', order }], k: 100 })).hits.map(({ id }) => id);
      const rising = ['d3', 'd7', 'd6', 'd0', 'd1', 'd2', 'd4', 'd5', 'd8', 'd9'];
      expect(await sorted('ascending')).toEqual(rising);
      expect(await sorted('descending')).toEqual([...rising].reverse());
      const { facets } = await index.search({ text: 'thing', facets: [{ field: 'ref', size: 100 }] });
      expect(facets?.[0].values).toHaveLength(refs.length);
      expect(new Set(facets?.[0].values?.map(({ value }) => value))).toEqual(new Set(refs));
      expect(facets?.[0].values?.every(({ count }) => count === 1)).toBe(true);
    }));

  it('agree with plain arithmetic, however close they lie', async () => {
    const near = fc.bigInt({ min: 2n ** 53n - 4n, max: 2n ** 53n + 12n });
    const value = fc.tuple(
      fc.oneof(near, fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n })),
      fc.constantFrom(1n, -1n),
    );
    const values = fc.array(
      value.map(([whole, sign]) => sign * whole),
      { minLength: 1, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(values, fc.array(near, { minLength: 2, maxLength: 2 }), async (wholes, bounds) => {
        const documents = wholes.map((ref, i) => ({ id: `d${i}`, title: 't', ref })) as unknown as DocumentRow[];
        const index = await indexOf(documents);
        const [low, high] = bounds.sort((x, y) => (x < y ? -1 : 1));
        const found = await idsOf(index, [
          { range: { field: 'ref', min: low, max: high } as unknown as { field: string } },
        ]);
        const wanted = wholes.flatMap((whole, i) => (whole >= low && whole <= high ? [`d${i}`] : []));
        expect(found).toEqual(wanted.sort());
        const sorted = await index.search({ sort: [{ field: 'ref', order: 'ascending' }], k: 100 });
        const order = sorted.hits.map(({ document }) => BigInt(document.ref as string));
        expect(order).toEqual([...wholes].sort((x, y) => (x < y ? -1 : x > y ? 1 : 0)));
        await index.close();
      }),
      { numRuns: 25 },
    );
  });

  it('are read exactly from the bodies of HTTP', async () => {
    await buildIndex({ documents: rows as readonly DocumentRow[], out: at('served') });
    const server = await createServer({ index: at('served'), port: 0 });
    const post = async (body: string): Promise<{ hits?: { id: string }[]; code?: string }> => {
      const headers = { 'content-type': 'application/json' };
      const reply = await fetch(new URL('/search', server.url), { method: 'POST', headers, body });
      return (await reply.json()) as { hits?: { id: string }[]; code?: string };
    };
    const ids = async (filter: string): Promise<string[] | undefined> =>
      (await post(`{"filter":[${filter}]}`)).hits?.map(({ id }) => id).sort();
    expect(await ids(`{"terms":{"field":"ref","values":[${b}]}}`)).toEqual(['d1']);
    expect(await ids(`{"range":{"field":"ref","min":${b},"max":${b}}}`)).toEqual(['d1']);
    expect(await ids(`{"range":{"field":"ref","min":5,"max":${a}}}`)).toEqual(['d0', 'd6']);
    expect((await post(`{"text":"thing","k":${b}}`)).code).toBe('request/invalid');
    await server.close();
  });
});
