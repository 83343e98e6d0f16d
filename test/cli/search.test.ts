import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, lastJson, runTandem } from './run-tandem.js';

const documents = [
  { id: 'a', title: 'Gaming laptop 15 inch', brand: 'HP', rating: 4.5, specs: { weight: 2 } },
  { id: 'b', title: 'Laptop sleeve', brand: 'Hp', rating: 3, colour: 'Navy' },
  { id: 'c', title: 'Garden hose', brand: 'Acme', rating: 4.9 },
];
let folder: string;
let index: string;
let made: Ended;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-search-'));
  index = join(folder, 'index');
  await writeFile(join(folder, 'd.jsonl'), documents.map(row => `${JSON.stringify(row)}\n`).join(''));
  made = await runTandem(['index', '--documents', join(folder, 'd.jsonl'), '--out', index]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The words as a shell parts them where nothing is quoted. */
const tandem = (line: string) => runTandem(line.split(' ').map(word => (word === 'INDEX' ? index : word)));
const idsOf = async (line: string): Promise<string[]> =>
  lastJson(await tandem(`${line} --json`)).hits.map(({ id }: { id: string }) => id);

describe('tandem index', () => {
  it('says which attributes are searched beside the fields', async () => {
    expect(made.out).toBe(
      `${index}: 3 documents, 0 duplicates left out\nalso searched: brand, colour (2 attributes)\n`,
    );
    const out = join(folder, 'other');
    const words = ['index', '--documents', join(folder, 'd.jsonl'), '--out', out, '--json'];
    expect(lastJson(await runTandem(words))).toMatchObject({ attributes: ['brand', 'colour'], attributeWeight: 0.2 });
    const titles = await runTandem([
      ...words.slice(0, -2),
      join(folder, 'titles'),
      '--set',
      'indexing.attributeWeight=0',
    ]);
    expect(titles.out).not.toContain('also searched');
  });

  it('names a dozen of many', async () => {
    const row = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`p${String(i).padStart(2, '0')}`, 'word']));
    await writeFile(join(folder, 'many.jsonl'), JSON.stringify({ id: 'x', title: 'x', ...row }));
    const { out } = await runTandem([
      'index',
      '--documents',
      join(folder, 'many.jsonl'),
      '--out',
      join(folder, 'many'),
    ]);
    const dozen = Array.from({ length: 12 }, (_, i) => `p${String(i).padStart(2, '0')}`).join(', ');
    expect(out).toContain(`also searched: ${dozen}, ... (20 attributes)`);
  });
});

describe('tandem search', () => {
  it('groups hits, one of a value or so many', async () => {
    const line = 'search --index INDEX --sort rating:desc --filter [{"exists":{"field":"rating"}}]';
    const like = '[{"prefix":{"field":"brand","values":["H"]}}]';
    expect(await idsOf(`${line} --group-by brand`)).toEqual(['c', 'a', 'b']);
    expect(await idsOf(`search --index INDEX laptop --filter ${like} --group-by specs.weight:2`)).toHaveLength(2);
    const { out } = await tandem(`${line} --group-by brand`);
    expect(out.split('\n')[0]).toMatch(/id +group +title/);
    expect(out).toMatch(/a +HP \(1\) +Gaming laptop/);
  });

  it.each([
    'search --index INDEX laptop 15 inch',
    'search laptop --index INDEX 15 --k 5 inch',
    'search laptop 15 inch --index INDEX',
  ])('takes words without quotation marks, options anywhere: %s', async line => {
    expect(await idsOf(line)).toEqual(await idsOf('search --index INDEX laptop 15 inch'));
    expect((await idsOf(line))[0]).toBe('a');
    expect(lastJson(await runTandem(['search', '--index', index, 'laptop 15 inch', '--json'])).hits).toHaveLength(2);
  });

  it('takes words that begin with a hyphen behind --, and says so', async () => {
    const refused = await tandem('search --index INDEX laptop -sleeve');
    expect(refused.exit).toBe(2);
    expect(refused.error).toContain("unknown option '-sleeve'; words that begin with - stand behind --");
    const { hits } = lastJson(await tandem('search --index INDEX --syntax query --json -- laptop -sleeve'));
    expect(hits.map(({ id }: { id: string }) => id)).toEqual(['a']);
  });

  it('needs no text beside a filter or a sort key, and says what is missing without', async () => {
    expect(await idsOf('search --index INDEX --filter [{"exists":{"field":"colour"}}]')).toEqual(['b']);
    const missing = await tandem('search --index INDEX --json');
    expect([missing.exit, lastJson(missing).code]).toEqual([2, 'usage/missing-option']);
    expect(missing.error).toContain('the text is missing');
  });

  it.each([
    ['rating:desc', 'c a b'],
    ['rating:descending', 'c a b'],
    ['rating:asc', 'b a c'],
    ['rating:ascending', 'b a c'],
    ['rating', 'b a c'],
  ])('sorts by %s', async (key, order) => {
    expect(await idsOf(`search --index INDEX --sort ${key}`)).toEqual(order.split(' '));
  });

  it('warns of a field that no document has, on stderr and in --json', async () => {
    const warning = 'sort: no document has a field `ratng`; did you mean `rating`?';
    const told = await tandem('search --index INDEX laptop --sort ratng:desc --json');
    expect([told.exit, told.error, lastJson(told).warnings]).toEqual([0, `tandem: warning: ${warning}\n`, [warning]]);
    expect((await tandem('search --index INDEX laptop')).error).toBe('');
  });

  it('finds a brand however it is written', async () => {
    expect((await idsOf('search --index INDEX --syntax query brand:hp')).sort()).toEqual(['a', 'b']);
    expect(await idsOf('search --index INDEX navy')).toEqual(['b']);
  });
});

describe('tandem suggest, analyze and explain', () => {
  it('take words without quotation marks too', async () => {
    expect((await tandem('suggest garden ho --index INDEX')).out.split('\n')[0]).toBe('garden hose');
    expect((await tandem('analyze Garden hoses')).out).toContain('hose');
    expect((await tandem('analyze Garden hoses')).out).toBe((await runTandem(['analyze', 'Garden hoses'])).out);
    const explained = lastJson(await tandem('explain --index INDEX garden --id c hose --json'));
    expect(explained.explanation.value).toBeGreaterThan(0);
    expect((await tandem('analyze')).error).toContain('usage/missing-option');
  });
});
