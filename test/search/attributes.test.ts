import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DocumentRow } from '../../src/config/rows.js';
import { buildIndex } from '../../src/search/build-index.js';
import { checkIndex } from '../../src/search/check-index.js';
import { readManifest } from '../../src/search/manifest.js';
import { openIndex } from '../../src/search/open-index.js';
import type { SearchRequest } from '../../src/search/request.js';
import { openWritableIndex, type WritableIndex } from '../../src/search/writable-index.js';
import { indexing, letterModel } from './fixture.js';

const laptops: readonly DocumentRow[] = [
  {
    id: '1',
    title: 'Pavilion notebook',
    brand: 'HP',
    category: 'Laptops',
    specs: { colour: 'Café au lait' },
    size: 15,
  },
  { id: '2', title: 'Elite notebook', brand: 'Hp', category: 'laptop', size: '15 inch' },
  { id: '3', title: 'Spectre notebook', brand: 'hp inc.', category: ['Laptops', 'Sale'], size: '15' },
  { id: '4', title: 'Probook', brand: 'Hewlett Packard', category: 'Laptops', size: 5 },
  { id: '5', title: 'Cloud shoes', brand: 'On', category: 'Shoes', ean: '4006381333931', touch: true },
  { id: '6', title: 'Packard Bell desktop', brand: 'Packard Bell', touch: 'true' },
];
let folder: string;
let index: WritableIndex;
beforeAll(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'tandem-attributes-')), 'index');
  await buildIndex({ documents: laptops, indexing: indexing(), out: folder });
  index = await openWritableIndex(folder);
});
afterAll(async () => {
  await index.close();
  await rm(join(folder, '..'), { recursive: true, force: true });
});

const ask = (request: Partial<SearchRequest>) => index.search({ text: '', k: 10, mode: 'token', ...request });
const ids = async (request: Partial<SearchRequest>) => (await ask(request)).hits.map(({ id }) => id).sort();
const asked = (text: string) => ids({ text, syntax: 'query' });

describe('a condition on the words of an attribute', () => {
  it.each([
    ['brand:hp', '1 2 3'],
    ['brand:HP', '1 2 3'],
    ['-brand:hp', '4 5 6'],
    ['brand:"hewlett packard"', '4'],
    ['brand:Hewlett-Packard', '4'],
    ['brand:"packard hewlett"', ''],
    ['brand:packard', '4 6'],
    ['brand:(hp OR "packard bell")', '1 2 3 6'],
    ['brand:on', '5'],
    ['brand:ON', '5'],
    ['category:laptop', '1 2 3 4'],
    ['category:laptops category:sale', '3'],
    ['specs.colour:cafe', '1'],
    ['specs.colour:"CAFE AU LAIT"', '1'],
    ['size:15', '1 2 3'],
    ['size:5', '4'],
    ['size:[10 TO 20]', '1'],
    ['touch:true', '5 6'],
    ['ean:4006381333931', '5'],
    ['id:4', '4'],
    ['notebook brand:hp', '1 2 3'],
    ['brand:hp OR category:shoes', '1 2 3 5'],
  ])('%s finds %s', async (text, found) => expect(await asked(text)).toEqual(found === '' ? [] : found.split(' ')));

  it('is a clause of filters too, beside terms, which stay exact', async () => {
    expect(await ids({ filter: [{ words: { field: 'brand', values: ['hp', 'ON'] } }] })).toEqual(['1', '2', '3', '5']);
    expect(await ids({ filter: [{ terms: { field: 'brand', values: ['hp', 'HP'] } }] })).toEqual(['1']);
    expect(await ids({ filter: [{ not: { words: { field: 'brand', values: ['hp'] } } }] })).toEqual(['4', '5', '6']);
    for (const words of [
      { field: 'brand', values: [] },
      { field: 'brand', values: [5] },
    ])
      await expect(ask({ filter: [{ words }] as never })).rejects.toMatchObject({ code: 'request/invalid' });
    const searched = [{ words: { field: 'title', values: ['x'] } }];
    await expect(ask({ filter: searched })).rejects.toMatchObject({ code: 'search/bad-filter' });
  });

  it('follows the dictionary, whose words it keeps whole', async () => {
    expect(await asked('brand:inc')).toEqual(['3']);
    await index.setDictionary([{ text: 'hp inc' }]);
    expect(await asked('brand:inc')).toEqual([]);
    expect(await asked('brand:hp')).toEqual(['1', '2']);
    await index.setDictionary([{ text: 'packard bell' }]);
    expect([await asked('brand:hp'), await asked('brand:packard')]).toEqual([['1', '2', '3'], ['4']]);
    await index.setDictionary([]);
    expect(await asked('brand:hp')).toEqual(['1', '2', '3']);
  });
});

describe('a pattern of an attribute', () => {
  it.each([
    ['brand:h*', '1 2 3 4'],
    ['brand:H?', '1 2'],
    ['brand:?n', '5'],
    ['brand:*bell', '6'],
    ['brand:*pack*', '4 6'],
    ['brand:(on OR hp*)', '1 2 3 5'],
    ['notebook -brand:*inc.', '1 2'],
    ['category:lap*s', '1 3 4'],
    ['specs.colour:CAFÉ*', '1'],
    ['ean:40063*', '5'],
    ['id:*4', '4'],
    ['size:1*', '2 3'],
  ])('%s finds %s', async (text, found) => expect(await asked(text)).toEqual(found.split(' ')));

  it('is a clause of filters too, with case or without', async () => {
    const like = (values: string[], ignoreCase?: boolean) =>
      ids({ filter: [{ like: { field: 'brand', values, ignoreCase } }] });
    expect([await like(['H*']), await like(['H*'], true), await like(['h*p', 'O?'])]).toEqual([
      ['1', '2', '4'],
      ['1', '2', '3', '4'],
      ['5'],
    ]);
    const prefix = (values: string[], ignoreCase?: boolean) =>
      ids({ filter: [{ prefix: { field: 'brand', values, ignoreCase } }] });
    expect([await prefix(['H']), await prefix(['HP'], true), await prefix(['h*'])]).toEqual([
      ['1', '2', '4'],
      ['1', '2', '3'],
      [],
    ]);
    const terms = { field: 'brand', values: ['HP', 'ON'], ignoreCase: true };
    expect(await ids({ filter: [{ terms }] })).toEqual(['1', '2', '5']);
    expect(await ids({ query: { bool: { mustNot: [{ filter: { terms } }] } } })).toEqual(['3', '4', '6']);
    await expect(ask({ filter: [{ prefix: { field: 'title', values: ['P'] } }] })).rejects.toMatchObject({
      code: 'search/bad-filter',
    });
    expect((await ask({ filter: [{ prefix: { field: 'brnd', values: ['P'] } }] })).warnings).toEqual([
      'filter: no document has a field `brnd`; did you mean `brand`?',
    ]);
  });
});

describe('attributes in a search', () => {
  it('are found by their words, and say which one it was', async () => {
    const { hits } = await ask({ text: 'hewlett laptops', highlight: {} });
    expect(hits[0].id).toBe('4');
    expect(hits[0].highlights).toEqual([
      { field: 'brand', fragments: [{ text: 'Hewlett Packard', spans: [[0, 7]] }] },
      { field: 'category', fragments: [{ text: 'Laptops', spans: [[0, 7]] }] },
    ]);
    expect(await ids({ text: 'attributes:hewlett', syntax: 'query' })).toEqual(['4']);
    expect(await ids({ text: 'hewlett', fieldWeights: { attributes: 0 } })).toEqual([]);
    const explained = await index.explain({ text: 'hewlett', k: 1, mode: 'token' }, '4');
    expect(explained?.value).toBe((await ask({ text: 'hewlett' })).hits[0].score);
    expect(JSON.stringify(explained)).toContain('attributes');
  });

  it('complete what is typed, and mend it', async () => {
    expect((await index.complete({ text: 'hewl', k: 5 })).map(({ text }) => text)).toEqual(['hewlett']);
    await index.put(['7', '8', '9'].map(id => ({ id, title: 'Galaxy', brand: 'Samsung' })));
    const { hits, suggestion } = await ask({ text: 'samsnug' });
    expect([hits.length, suggestion]).toEqual([3, 'samsung']);
    await index.delete(['7', '8', '9']);
  });

  it('are named in the manifest, and the index agrees with its documents', async () => {
    const manifest = await readManifest(folder);
    expect(manifest.attributes).toEqual(['brand', 'category', 'ean', 'size', 'specs.colour', 'touch']);
    expect(manifest.indexing.attributeWeight).toBe(0.2);
    await index.save();
    expect((await readManifest(folder)).attributes).toEqual(manifest.attributes);
    expect(await checkIndex(folder)).toMatchObject({ problems: [] });
  });

  it('are left alone where the configuration names the fields', async () => {
    const out = join(folder, '..', 'titles');
    const manifest = await buildIndex({ documents: laptops, indexing: indexing({ fieldWeights: { title: 1 } }), out });
    expect([manifest.indexing.attributeWeight, manifest.attributes]).toEqual([0, undefined]);
    const titles = await openIndex(out);
    expect((await titles.search({ text: 'hewlett', k: 9, mode: 'token' })).hits).toEqual([]);
    await titles.close();
  });

  it('answer conditions on their words all the same, by the dictionary as it is', async () => {
    const titles = await openWritableIndex(join(folder, '..', 'titles'));
    const found = async (text: string) =>
      (await titles.search({ text, syntax: 'query', k: 9, mode: 'token' })).hits.map(({ id }) => id).sort();
    expect([await found('brand:hewlett'), await found('brand:packard')]).toEqual([['4'], ['4', '6']]);
    // no document is indexed anew by it: what was found before must not be taken for the answer
    await titles.setDictionary([{ text: 'packard bell' }]);
    expect(await found('brand:packard')).toEqual(['4']);
    await titles.setDictionary([{ text: 'hewlett packard' }]);
    expect(await found('brand:packard')).toEqual(['6']);
    await titles.close();
  });
});

describe('a field that no document has', () => {
  const warned = async (request: Partial<SearchRequest>) => (await ask(request)).warnings;

  it('is told wherever it is named, with the nearest that some have', async () => {
    const brand = 'no document has a field `brnd`; did you mean `brand`?';
    const exists = { exists: { field: 'brnd' } };
    expect(await warned({ filter: [{ not: { any: [exists] } }] })).toEqual([`filter: ${brand}`]);
    expect(
      await warned({
        sort: [
          { field: 'brnd', order: 'ascending' },
          { field: '_score', order: 'descending' },
        ],
      }),
    ).toEqual([`sort: ${brand}`]);
    expect(await warned({ text: 'notebook', facets: [{ field: 'brnd' }, { field: 'brand' }] })).toEqual([
      `facets: ${brand}`,
    ]);
    expect(await warned({ text: 'x', functions: [{ saturation: { field: 'brnd', pivot: 1 } }] })).toEqual([
      `functions: ${brand}`,
    ]);
    expect(await warned({ text: 'x', highlight: { fields: ['title', 'brnd'] } })).toEqual([`highlight: ${brand}`]);
    expect(await warned({ query: { bool: { must: [{ filter: exists }], should: [{ all: {} }] } } })).toEqual([
      `query: ${brand}`,
    ]);
    expect(await warned({ query: { bag: { text: 'x', fields: ['titel'] } } })).toEqual([
      'query: no field `titel` is searched by its words; did you mean `title`?',
    ]);
    const taken = 'text: `brnd:` is taken as text, for no document has that field; did you mean `brand`?';
    for (const text of ['brnd:hp', '-brnd:hp', 'x AND (brnd:"a b")', '+brnd:(a b)'])
      expect(await warned({ text, syntax: 'query' }), text).toEqual([taken]);
  });

  it('is told where it is compared with what is no number', async () => {
    for (const bound of ['1,234', '12,90kr', 'cheap', '12,900'])
      expect(await warned({ text: `brand:<${bound}`, syntax: 'query' })).toEqual([
        `text: \`brand:\` is taken as text, for \`${bound}\` is neither a number nor a date`,
      ]);
    for (const bound of ['5', '12,90', '1.299,00', '2024-01-01'])
      expect(await warned({ text: `brand:<${bound}`, syntax: 'query' })).toBeUndefined();
  });

  it('is told where it is compared, though no name is near it', async () => {
    for (const text of ['kosten:<100 hp', 'kosten:>=5', 'kosten:[10 TO 50]', '-kosten:{1 TO 2}'])
      expect(await warned({ text, syntax: 'query' }), text).toEqual([
        'text: `kosten:` is taken as text, for no document has that field',
      ]);
  });

  it('is told by the last part of its path, or without a guess', async () => {
    expect(await warned({ filter: [{ exists: { field: 'color' } }] })).toEqual([
      'filter: no document has a field `color`; did you mean `specs.colour`?',
    ]);
    expect(await warned({ filter: [{ exists: { field: 'warehouse' } }] })).toEqual([
      'filter: no document has a field `warehouse`',
    ]);
  });

  it('is not told where there is none, where text is text, or where there are no documents', async () => {
    expect(
      await warned({ text: 'x', filter: [{ exists: { field: 'specs.colour' } }, { exists: { field: 'id' } }] }),
    ).toBeUndefined();
    for (const text of ['http://brnd/x', 'warehouse:north', '"brnd:hp"', '2:1', 'brand:hp', 'title:x'])
      expect(await warned({ text, syntax: 'query' }), text).toBeUndefined();
    expect(await warned({ text: 'brnd:hp' })).toBeUndefined();
    const out = join(folder, '..', 'emptied');
    await buildIndex({ documents: laptops.slice(0, 1), indexing: indexing(), out });
    const emptied = await openWritableIndex(out);
    await emptied.delete(['1']);
    const request = { text: '', filter: [{ exists: { field: 'brnd' } }], k: 1, mode: 'token' } as const;
    expect((await emptied.search(request)).warnings).toBeUndefined();
    await emptied.close();
  });
});

describe('conditions on one object of a list', () => {
  it('hold in every mode, as a filter and in a tree, and follow what is written', async () => {
    const out = join(folder, '..', 'nested');
    const variants = (...all: [string, string][]) => all.map(([color, size]) => ({ color, size }));
    const documents = [
      { id: 'mixed', title: 'shirt', variants: variants(['red', 'S'], ['blue', 'L']) },
      { id: 'right', title: 'shirt', variants: variants(['blue', 'S'], ['red', 'L']) },
      { id: 'alone', title: 'shirt', variants: { color: 'red', size: 'L' } },
    ];
    const embedder = letterModel();
    await buildIndex({ documents, embedder, indexing: indexing(), out });
    const shirts = await openWritableIndex(out, { embedder });
    const inner = [
      { terms: { field: 'color', values: ['red'] } },
      { like: { field: 'size', values: ['l'], ignoreCase: true } },
    ];
    const filter = [{ nested: { path: 'variants', filter: inner } }];
    const found = async (request: SearchRequest) => (await shirts.search(request)).hits.map(({ id }) => id).sort();
    for (const mode of ['token', 'vector', 'hybrid'] as const)
      expect(await found({ text: 'shirt', mode, filter })).toEqual(['alone', 'right']);
    const [clause] = filter;
    expect(
      await found({ query: { bool: { must: [{ bag: { text: 'shirt' } }], mustNot: [{ filter: clause }] } } }),
    ).toEqual(['mixed']);
    await shirts.put([{ id: 'mixed', title: 'shirt', variants: variants(['red', 'L'], ['blue', 'S']) }]);
    expect(await found({ filter })).toEqual(['alone', 'mixed', 'right']);
    await shirts.save();
    expect(await found({ filter })).toEqual(['alone', 'mixed', 'right']);
    const misspelt = [{ nested: { path: 'variants', filter: [{ exists: { field: 'colour' } }] } }];
    expect((await shirts.search({ filter: misspelt })).warnings).toEqual([
      'filter: no document has a field `variants.colour`; did you mean `variants.color`?',
    ]);
    await shirts.close();
  });
});

describe('titles as values', () => {
  it('are filtered, sorted by and counted, also when they are long, where the configuration keeps them', async () => {
    const out = join(folder, '..', 'valued');
    const long = `Étagère ${'x'.repeat(400)}`;
    const documents = ['Zulu lamp', 'éclair', 'Lamp', 'lamp', 'Lamp', long].map((title, i) => ({ id: `${i}`, title }));
    await buildIndex({ documents, indexing: indexing({ valueFields: ['title'] }), out });
    const titles = await openWritableIndex(out);
    const found = async (request: SearchRequest) => (await titles.search(request)).hits.map(({ id }) => id);
    for (const saved of [false, true]) {
      if (saved) await titles.save();
      expect(await found({ text: 'lamp', sort: [{ field: 'title', order: 'ascending' }] })).toEqual([
        '3',
        '2',
        '4',
        '0',
      ]);
      expect(await found({ filter: [{ prefix: { field: 'title', values: ['É'], ignoreCase: true } }] })).toEqual([
        '1',
        '5',
      ]);
      expect((await titles.search({ text: 'lamp', facets: [{ field: 'title', size: 2 }] })).facets).toEqual([
        {
          field: 'title',
          values: [
            { value: 'Lamp', count: 2 },
            { value: 'lamp', count: 1 },
          ],
          documents: 4,
        },
      ]);
      await titles.put([{ id: '6', title: 'aubergine' }]);
      expect(await found({ sort: [{ field: 'title', order: 'ascending' }], k: 1 })).toEqual(['6']);
      await titles.delete(['6']);
    }
    await titles.close();
    await expect(ask({ facets: [{ field: 'title' }], text: 'x' })).rejects.toMatchObject({
      code: 'search/bad-filter',
      message: expect.stringContaining('indexing.valueFields'),
    });
  });
});
