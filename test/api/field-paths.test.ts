import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  buildIndex,
  type DocumentRow,
  openIndex,
  type SearchIndex,
  type WritableSearchIndex,
} from '../../src/api/index.js';

let folder: string;
const opened: SearchIndex[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-paths-'));
});
afterAll(async () => {
  for (const index of opened) await index.close();
  await rm(folder, { recursive: true, force: true });
});

const documents: readonly DocumentRow[] = [
  { id: 'object', title: 'alpha', specs: { color: 'dark green', weight: 5 } },
  { id: 'dotted', title: 'beta', 'specs.color': 'pale greens' },
  { id: 'list', title: 'gamma', specs: [{ color: 'dark' }, { color: ['green', 'red'] }] },
  { id: 'deep', title: 'delta', variants: [{ size: { label: 'Extra Large' } }, { size: { label: 'Small' } }] },
  { id: 'given', title: 'epsilon', specs: { color: 'none' }, tokens: { 'specs.color': ['viridian'] } },
  { id: 'number', title: 'zeta', specs: { color: 42 } },
  { id: 'elsewhere', title: 'eta', color: 'green', description: 'specs color green' },
];

let made = 0;
async function indexWith(fieldWeights: Record<string, number>, more: object = {}): Promise<WritableSearchIndex> {
  const out = join(folder, `index${++made}`);
  await buildIndex({ documents, out, indexing: { fieldWeights, ...more } });
  const index = await openIndex(out, { writable: true });
  opened.push(index);
  return index;
}

describe('a path among the fields of an index', () => {
  let index: WritableSearchIndex;
  beforeAll(async () => {
    index = await indexWith({ title: 1, 'specs.color': 0.5, 'variants.size.label': 1 });
  });
  const found = async (text: string): Promise<string[]> =>
    (await index.search({ text, syntax: 'query', k: 20 })).hits.map(({ id }) => id).sort();

  it.each([
    ['green', ['dotted', 'list', 'object']],
    ['specs.color:green', ['dotted', 'list', 'object']],
    ['specs.color:"dark green"', ['object']],
    ['"dark green"', ['object']],
    ['specs.color:"pale greens"', ['dotted']],
    ['specs.color:(red OR pale)', ['dotted', 'list']],
    ['specs.color:gre*', ['dotted', 'list', 'object']],
    ['specs.color:gren~', ['dotted', 'list', 'object']],
    ['viridian', ['given']],
    ['specs.color:42', ['number']],
    ['specs.color:[40 TO 45]', ['number']],
    ['extra large', ['deep']],
    ['variants.size.label:"extra large"', ['deep']],
    ['variants.size.label:"large small"', []],
    ['specs.weight:5', ['object']],
    ['title:green', []],
    ['alpha -specs.color:green', []],
  ])('%s finds %j', async (text, ids) => expect(await found(text)).toEqual(ids));

  it('shows what matches under its name', async () => {
    const { hits } = await index.search({ text: 'dark greens', highlight: {}, k: 1 });
    expect(hits[0].highlights).toEqual([
      {
        field: 'specs.color',
        fragments: [
          {
            text: 'dark green',
            spans: [
              [0, 4],
              [5, 10],
            ],
          },
        ],
      },
    ]);
  });

  it('is a value for filters, facets and sorting, and weighs what a request says', async () => {
    const filter = [{ terms: { field: 'specs.color', values: ['dark green'] } }];
    expect((await index.search({ filter })).hits.map(({ id }) => id)).toEqual(['object']);
    const words = [{ words: { field: 'specs.color', values: ['green'] } }];
    expect((await index.search({ filter: words })).hits).toHaveLength(3);
    const { facets } = await index.search({ text: 'pale', facets: [{ field: 'specs.color' }] });
    expect(facets?.[0].values).toEqual([{ value: 'pale greens', count: 1 }]);
    expect((await index.search({ text: 'green', fieldWeights: { 'specs.color': 0 } })).hits).toEqual([]);
  });

  it('follows writes', async () => {
    await index.put([{ id: 'new', title: 'theta', specs: { color: 'mauve' } }]);
    expect(await found('mauve')).toEqual(['new']);
    await index.patch([{ id: 'new', specs: { color: 'teal' } }]);
    expect([await found('mauve'), await found('teal')]).toEqual([[], ['new']]);
  });

  it('is no attribute beside its field, and its neighbours are', async () => {
    const both = await indexWith({ title: 1, 'specs.color': 0.5 }, { attributeWeight: 0.2 });
    const ids = async (text: string): Promise<string[]> =>
      (await both.search({ text, syntax: 'query', k: 20 })).hits.map(({ id }) => id).sort();
    expect(await ids('attributes:green')).toEqual(['elsewhere']);
    expect(await ids('attributes:large')).toEqual(['deep']);
    expect(await ids('green')).toEqual(['dotted', 'elsewhere', 'list', 'object']);
  });

  it('that names an object takes all texts inside it, but for paths that are fields themselves', async () => {
    const whole = await indexWith({ title: 1, specs: 1, variants: 1, 'variants.size': 0 });
    const ids = async (text: string): Promise<string[]> =>
      (await whole.search({ text, syntax: 'query', k: 20 })).hits.map(({ id }) => id).sort();
    expect(await ids('specs:green')).toEqual(['list', 'object']);
    expect(await ids('specs:5')).toEqual(['object']);
    expect(await ids('large')).toEqual([]);
  });
});
