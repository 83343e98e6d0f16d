import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ProposedProject, proposeProject } from '../../../data/profile/propose-project.js';
import { projectSchema } from '../../../src/config/project.js';
import { temporaryFolder } from '../temporary-folder.js';
import { rowsOf, shop } from './rows.js';

type Files = Readonly<Record<string, string | readonly object[]>>;

const jsonl = (rows: readonly object[]): string => rows.map(row => `${JSON.stringify(row)}\n`).join('');

/** A folder with files, and what is proposed for it. */
async function propose(files: Files): Promise<ProposedProject & { folder: string }> {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), typeof content === 'string' ? content : jsonl(content));
  }
  const proposed = await proposeProject(folder, { file: join(folder, 'tandem.json') });
  return { ...proposed, folder };
}

const events = Array.from({ length: 400 }, (_, i) => [
  { session: `s${i}`, time: 1714557700 + i, type: 'search', query: `red hose ${i % 9}` },
  { session: `s${i}`, time: 1714557701 + i, type: 'click', documentId: `P-${i}` },
  { session: `s${i}`, time: 1714557702 + i, type: 'order', documentId: i % 2 ? `P-${i}` : 'gone' },
]).flat();

describe('a folder of a shop', () => {
  it('becomes a project whose paths are relative to its file, and that the schema takes', async () => {
    const { project, documents } = await propose({ 'in/shop.jsonl': shop });
    expect(project.documents).toEqual({
      files: [join('in', 'shop.jsonl')],
      columns: { id: 'sku', title: 'name', description: 'long_description', price: 'price', images: 'image_url' },
    });
    expect(project.config).toEqual({ towers: { language: 'en' }, indexing: { language: 'en' } });
    expect(projectSchema.safeParse(project).success).toBe(true);
    expect(documents.documents).toBe(952);
    expect(documents.preview[0]).toEqual({
      id: 'P-0',
      title: 'red hose number 0',
      description: shop[0].long_description,
      images: ['https://cdn.example/p/0.jpg?w=500'],
      price: 5,
      brand: 'HP',
      category: 'Garden',
      in_stock: true,
    });
  });

  it('whose categories lead down has levels for hierarchical menus; other text with the same sign has none', async () => {
    const rows = shop.map((row, i) => ({
      ...row,
      category: `Garden > ${['Hoses', 'Rakes', 'Pots'][i % 3]}`,
      code: `part > ${i}`,
    }));
    const { project, documents, notes } = await propose({ 'shop.jsonl': rows });
    expect(project.documents.levels).toEqual(['category']);
    expect(documents.preview[0]).toMatchObject({
      category: 'Garden > Hoses',
      'category.lvl0': 'Garden',
      'category.lvl1': 'Garden > Hoses',
    });
    expect(notes.join()).toContain('category leads from wider categories to narrower ones');
    expect(projectSchema.safeParse(project).success).toBe(true);
  });

  it('with a log that names documents by a column that is unique only nearly: that is the id', async () => {
    const rows = shop.map(({ sku, ...row }, i) => ({
      EAN: 8590000000000 + 7 * i,
      sku: i === 40 ? 'P-39' : sku,
      ...row,
    }));
    const alone = await propose({ 'shop.jsonl': rows });
    expect(alone.project.documents.columns?.id).toBe('EAN');
    const { project, events: check, documents } = await propose({ 'shop.jsonl': rows, 'events.jsonl': events });
    expect(project.documents).toMatchObject({ columns: { id: 'sku' }, repeated: 'first' });
    expect(documents.documents).toBe(951);
    // half of the orders are of what is gone, and the row of P-40 has the id of another
    expect(check?.unknownDocuments).toBe(200 + 1);
  });

  it('with HTML in its texts: what a reader sees of it is read', async () => {
    const rows = shop.map((row, i) => ({ ...row, long_description: `<p>Hose &amp; <b>reel</b> ${i}</p>` }));
    const { project, documents, notes } = await propose({ 'shop.jsonl': rows });
    expect(project.documents.html).toBe('text');
    expect(notes[0]).toContain('(documents.html)');
    expect(documents.preview[0].description).toBe('Hose & reel 0');
  });

  it('with HTML in most of its titles: they are its titles, read the same way', async () => {
    const rows = Array.from({ length: 50 }, (_, i) => ({ id: `P-${i}`, title: `${i}/8&quot; <b>hex</b> bolt` }));
    const { project, documents } = await propose({ 'shop.jsonl': rows });
    expect(project.documents).toMatchObject({ html: 'text' });
    expect(documents.preview[1]).toEqual({ id: 'P-1', title: '1/8" hex bolt' });
  });

  it('with a few rows without an id: they are left out, and told', async () => {
    const rows = shop.map(({ sku, ...row }, i) => (i === 40 || i === 700 ? row : { sku, ...row }));
    const { project, documents, notes } = await propose({ 'shop.jsonl': rows });
    expect(project.documents.unusable).toBe('leaveOut');
    expect(documents.documents).toBe(950);
    expect(
      notes.some(note => /2 rows were left out \(line 41: id is missing; line 701: id is missing\)/.test(note)),
    ).toBe(true);
  });

  it('with many such rows: the place of a row is its id, and none is left out', async () => {
    const rows = shop.map(({ sku, ...row }, i) => (i % 10 === 3 ? row : { sku, ...row }));
    const { project, documents, notices } = await propose({ 'shop.jsonl': rows });
    expect(project.documents).toMatchObject({ numbered: true });
    expect(project.documents.unusable).toBeUndefined();
    expect(documents.documents).toBe(952);
    expect(notices.some(notice => notice.includes('documents.numbered'))).toBe(true);
  });

  it('with pairs: missing documents, repeats and titles among the queries are counted', async () => {
    const pairs = [
      ...rowsOf(50, i => ({ query: `hose ${i}`, documentId: `P-${i}` })),
      { query: 'RED  hose number 0', documentId: 'P-0' },
      { query: 'hose 1', documentId: 'P-1' },
      { query: 'tent', documentId: 'gone' },
    ];
    const { project, pairs: check, notices } = await propose({ 'shop.jsonl': shop, 'clicks.jsonl': pairs });
    expect(project.pairs).toEqual({ files: ['clicks.jsonl'], columns: { query: 'query', documentId: 'documentId' } });
    expect(check).toMatchObject({
      pairs: 53,
      queries: 52,
      repeated: 1,
      equalToTitle: 1,
      unknownDocuments: 1,
      firstUnknown: 'gone',
    });
    expect(notices).toContain('1 of 53 pairs name a document that is not there (first "gone"): they are left out');
    expect(notices.some(notice => notice.startsWith('1 of 52 queries are the title of a document'))).toBe(true);
  });

  it('with a log of events: the chain, the times in days, the part of the chain that is reached', async () => {
    const { project, events: check, notices } = await propose({ 'shop.jsonl': shop, 'events.jsonl': events });
    expect(project.events).toMatchObject({ files: ['events.jsonl'], chain: ['search', 'click'] });
    expect(check).toMatchObject({
      events: 1200,
      unknownDocuments: 200,
      firstTime: 1714557700000,
      lastTime: 1714558101000,
    });
    expect(notices).toContain(
      'of the chain search > click > order the part search > click is proposed: 400 get to click, 200 get to order; events.chain changes it',
    );
  });

  it('with judged pairs: the upper half of the scale is positive', async () => {
    const judged = rowsOf(90, i => ({ query: `hose ${i % 30}`, docid: `P-${i}`, rating: i % 4 }));
    const five = rowsOf(90, i => ({ query: `hose ${i % 30}`, docid: `P-${i}`, rating: i % 5 }));
    // 0 to 4: above 2, which is no half
    expect((await propose({ 'shop.jsonl': shop, 'ratings.jsonl': five })).project.pairs).toMatchObject({
      positiveFrom: 3,
    });
    const { project, pairs } = await propose({
      'shop.jsonl': shop,
      'ratings.jsonl': judged,
      'unrated.jsonl': judged.slice(0, 9),
    });
    // 0 to 3: above 1.5
    expect(project.pairs).toMatchObject({ files: ['ratings.jsonl'], positiveFrom: 2 });
    // of 90: 23 0s, 23 1s, 22 2s, 22 3s
    expect(pairs).toMatchObject({ pairs: 44, lower: 46 });
  });

  it('with queries and judgements of them', async () => {
    const queries = rowsOf(30, i => ({ id: `q${i}`, text: `red hose ${i}` }));
    const qrels = rowsOf(30, i => ({ i }))
      .map((_, i) => `q${i} 0 P-${i} 1\n`)
      .join('');
    const { project } = await propose({
      'shop.jsonl': shop,
      'queries.dev.jsonl': queries,
      'queries.test.jsonl': queries,
      'dev.trec': qrels,
      'test.trec': qrels,
    });
    expect(project.queries).toEqual({ files: ['queries.dev.jsonl'], columns: { id: 'id', text: 'text' } });
    expect(project.qrels).toBe('dev.trec');
  });

  it('in several files of the same columns is read from all of them, and an id that stands in two is kept once', async () => {
    const { project, documents } = await propose({ 'a.jsonl': shop.slice(0, 500), 'b.jsonl': shop.slice(499) });
    expect(project.documents).toMatchObject({ files: ['a.jsonl', 'b.jsonl'], repeated: 'first' });
    expect(documents).toMatchObject({ documents: 952, repeatedIds: 1 });
  });

  it('leaves out what it cannot use, each with the reason', async () => {
    const { looked, chosen } = await propose({
      'shop.jsonl': shop,
      'brands.jsonl': rowsOf(20, i => ({ code: i, label: `the brand of ${i} things` })),
      'sizes.jsonl': rowsOf(20, i => ({ cm: i, inch: i / 2.54 })),
      'tree.txt': '1 - Garden\n2 - Garden > Hoses\n',
      'empty.csv': '',
      'README.md': '# shop',
      'model/model.json': '{}',
    });
    const told = Object.fromEntries(
      [...looked.leftOut, ...chosen.leftOut].map(({ path, reason }) => [path.split('/').at(-1), reason]),
    );
    expect(Object.keys(told).sort()).toEqual(['brands.jsonl', 'empty.csv', 'sizes.jsonl', 'tree.txt']);
    expect(told['brands.jsonl']).toMatch(/other columns than the documents; documents.files names what is read/);
    expect(told['sizes.jsonl']).toMatch(/no column reads as a title/);
    expect(told['tree.txt']).toMatch(/part the id and the text by a tab/);
  });
});

describe('a table of judged pairs that tells of its documents', () => {
  it('gives both, and what was asked does not become an attribute of a document', async () => {
    const rows = rowsOf(300, i => ({
      id: i,
      product_uid: `u${i % 100}`,
      product_title: `angle bracket of ${i % 100} millimetres`,
      search_term: `bracket ${i % 40}`,
      relevance: [1, 2.33, 3][i % 3],
    }));
    const { project, documents, pairs } = await propose({ 'train.jsonl': rows });
    expect(project.documents).toEqual({
      files: ['train.jsonl'],
      columns: { id: 'product_uid', title: 'product_title' },
      omit: ['search_term', 'relevance'],
      repeated: 'first',
    });
    expect(documents.preview[0]).toEqual({ id: 'u0', title: 'angle bracket of 0 millimetres' });
    expect(documents.documents).toBe(100);
    expect(project.pairs).toMatchObject({ positiveFrom: 2.33 });
    expect(pairs).toMatchObject({ pairs: 200, lower: 100 });
  });
});

it('a BEIR folder is read as it is', async () => {
  const files = {
    'corpus.jsonl': rowsOf(30, i => ({ _id: `d${i}`, title: '', text: `a hose for the garden, ${i} metres long` })),
    'queries.jsonl': rowsOf(9, i => ({ _id: `q${i}`, text: `hose ${i}` })),
    'qrels/train.tsv': 'query-id\tcorpus-id\tscore\nq0\td0\t1\nq1\td1\t0\nq1\td2\t2\n',
  };
  const { project, sizes, documents } = await propose(files);
  expect(project.documents).toEqual({ files: ['.'] });
  expect([sizes.documents, sizes.pairs]).toEqual([30, 2]);
  expect(documents.preview[0]).toEqual({ id: 'd0', title: 'a hose for the garden, 0 metres long' });
  expect(projectSchema.safeParse(project).success).toBe(true);
});

describe('what is doubtful is said, with the key that changes it', () => {
  it('two titles', async () => {
    const rows = rowsOf(60, i => ({ id: i, name: `garden hose of ${i} metres`, title: `hose for gardens of ${i} m` }));
    const { notices } = await propose({ 'a.jsonl': rows });
    expect(notices.filter(notice => notice.includes('documents.columns.title'))).toHaveLength(1);
  });

  it('no id, no language, equal titles', async () => {
    const { project, notices } = await propose({
      'a.csv': `title\n${rowsOf(60, i => ({ i }))
        .map((_, i) => `red hose ${i % 20}\n`)
        .join('')}`,
    });
    expect(project.documents).toMatchObject({ numbered: true });
    expect(notices.join('\n')).toMatch(
      /documents\.numbered[\s\S]*40 of 60 documents bear the title of another[\s\S]*config\.indexing\.language/,
    );
  });

  it('prices of two readings, prices that are none, prices that may be cents', async () => {
    const priced = (prices: readonly string[]): string =>
      `sku;name;price\n${prices.map((price, i) => `${i};red hose ${i} m;${price}\n`).join('')}`;
    const both = await propose({ 'a.csv': priced(['19,90', '1.234', 'per 100 g', '5,00']) });
    expect(both.project.documents?.price).toEqual({ decimal: 'comma', unreadable: 'leaveOut' });
    expect(both.notices.join('\n')).toMatch(
      /1 price such as "1\.234" is read with the comma[\s\S]*1 price cannot be read \(first "per 100 g", .*a\.csv row 4\) and left out/,
    );
    const cents = await propose({ 'a.csv': priced(['4995', '10995', '59500']) });
    expect(cents.notices.join('\n')).toMatch(/documents\.price\.divideBy/);
  });
});

describe('nothing to propose', () => {
  it.each<[string, Files, string, RegExp]>([
    ['an empty folder', {}, 'data/no-documents', /it holds no data files/],
    [
      'text without columns',
      { 'a.txt': '1 - Garden\n2 - Hoses\n', 'b.txt': '1 - Garden\n2 - Hoses\n' },
      'data/no-documents',
      /a\.txt and 1 other is text without columns/,
    ],
    ['a table without titles', { 'a.jsonl': [{ x: 1 }, { x: 2 }] }, 'data/no-documents', /no column reads as a title/],
    [
      'a file by itself that cannot be read',
      { 'a.jsonl': '{"a": 1}\n{"a"\n' },
      'data/malformed-row',
      /a\.jsonl line 2/,
    ],
  ])('%s', async (_, files, code, message) => {
    await expect(propose(files)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('a path that is not there', async () => {
    await expect(proposeProject('/nowhere/at/all')).rejects.toMatchObject({ code: 'data/not-found' });
  });
});
