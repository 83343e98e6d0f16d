import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bounds, textPaths } from '../../src/columns/attributes.js';
import { flattenObjects } from '../../src/columns/objects.js';
import type { DocumentRow } from '../../src/config/rows.js';
import { layOutSections, sectionsOf } from '../../src/lexical/section-file.js';
import { openSegmentFile } from '../../src/lexical/segment-file.js';
import { createTokenIndex, loadTokenIndex, type TokenIndex } from '../../src/lexical/token-index.js';
import { type Random, seededRandom } from '../../src/math/random.js';
import type { FilterClause } from '../../src/query/filter.js';
import { acceptedBy } from '../lexical/ask.js';
import { clauseHolds } from './naive-filter.js';
import { pick } from './random-documents.js';
import { options } from './random-index.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tandem-nested-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const term = (field: string, value: string | number): FilterClause => ({ terms: { field, values: [value] } });
const nested = (path: string, ...filter: FilterClause[]): FilterClause => ({ nested: { path, filter } });
const idsOf = (index: TokenIndex, ...filter: FilterClause[]): string[] => [...acceptedBy(index, filter).ids()].sort();

function indexOf(rows: readonly object[]): TokenIndex {
  const index = createTokenIndex(options);
  rows.forEach((row, i) => {
    index.add({ ...row, id: `${i}`, title: 'x' });
    if (i % 3 === 2) index.flush();
  });
  return index;
}

const shirts = [
  {
    variants: [
      { color: 'red', size: 'S' },
      { color: 'blue', size: 'L' },
    ],
  },
  {
    variants: [
      { color: 'red', size: 'L' },
      { color: 'blue', size: 'S' },
    ],
  },
  // one alone, in a list or not, among what is no object
  { variants: { color: 'red', size: 'L' } },
  { variants: [{ color: 'red', size: 'L' }] },
  { variants: ['red', 'L', { color: 'red', size: 'L' }, {}] },
  { variants: ['red', 'L'] },
  { variants: [{ color: ['red', 'blue'], size: ['S', 'L'] }, { color: 'green' }] },
  { variants: [[{ color: 'red' }], [{ size: 'L' }]] },
  {},
];

describe('two conditions on one object', () => {
  it('hold together for one of them, whether there are several or one', () => {
    const index = indexOf(shirts);
    const both = [term('color', 'red'), term('size', 'L')];
    expect(idsOf(index, nested('variants', ...both))).toEqual(['1', '2', '3', '4', '6']);
    expect(idsOf(index, term('variants.color', 'red'), term('variants.size', 'L'))).toEqual([
      '0',
      '1',
      '2',
      '3',
      '4',
      '6',
      '7',
    ]);
    expect(idsOf(index, nested('variants', { not: term('color', 'red') }))).toEqual(['0', '1', '6', '7']);
    expect(idsOf(index, { not: nested('variants', ...both) })).toEqual(['0', '5', '7', '8']);
    expect(idsOf(index, nested('variants', { any: [term('color', 'green'), term('size', 'S')] }))).toEqual([
      '0',
      '1',
      '6',
    ]);
    expect(
      idsOf(index, nested('variants', { exists: { field: 'size' } }, { not: { exists: { field: 'color' } } })),
    ).toEqual(['7']);
    expect(idsOf(index, nested('nowhere', { not: term('x', 1) }))).toEqual([]);
  });

  it('hold inside objects that lie in objects', () => {
    const stock = (store: string, count: number) => ({ store, count });
    const index = indexOf([
      {
        variants: [
          { color: 'red', stock: [stock('A', 0), stock('B', 5)] },
          { color: 'blue', stock: [stock('A', 5)] },
        ],
      },
      {
        variants: [
          { color: 'red', stock: [stock('A', 5), stock('B', 0)] },
          { color: 'blue', stock: [stock('B', 5)] },
        ],
      },
      { variants: { color: 'red', stock: [stock('A', 5), stock('B', 5)] } },
      { variants: [{ color: 'red', stock: stock('A', 5) }, { color: 'blue' }] },
      { variants: [{ color: 'red' }, { color: 'blue', box: { stock: stock('A', 5) } }], 'variants.stock': 7 },
      { variants: [{ color: 'red', box: { stock: [stock('A', 0), stock('B', 5)] } }, { color: 'blue' }] },
    ]);
    const there = nested('stock', term('store', 'A'), { range: { field: 'count', min: 1 } });
    expect(idsOf(index, nested('variants', term('color', 'red'), there))).toEqual(['1', '2', '3']);
    expect(idsOf(index, nested('variants.stock', term('store', 'A'), term('count', 5)))).toEqual(['0', '1', '2', '3']);
    expect(idsOf(index, nested('variants', term('color', 'red'), { not: there }))).toEqual(['0', '4', '5']);
    expect(idsOf(index, nested('variants', nested('box.stock', term('store', 'B'), term('count', 5))))).toEqual(['5']);
    expect(idsOf(index, nested('variants.box', nested('stock', term('store', 'A'), term('count', 5))))).toEqual(['4']);
  });

  it('may be of any kind', () => {
    const index = indexOf([
      {
        shops: [
          { name: 'Acme North', at: { lat: 47, lon: 8 }, since: '2020-01-01', open: true },
          { name: 'Bolt', at: { lat: 10, lon: 8 }, since: '2024-01-01', open: false },
        ],
      },
    ]);
    const near: FilterClause = { geoDistance: { field: 'at', lat: 47, lon: 8, within: 1000 } };
    const holds = (...filter: FilterClause[]) => idsOf(index, nested('shops', ...filter)).length === 1;
    expect(holds(near, { words: { field: 'name', values: ['acme'] } })).toBe(true);
    expect(holds(near, { words: { field: 'name', values: ['bolt'] } })).toBe(false);
    expect(holds(near, { prefix: { field: 'name', values: ['acme'], ignoreCase: true } })).toBe(true);
    expect(holds({ like: { field: 'name', values: ['*lt'] } }, { range: { field: 'since', min: '2023-01-01' } })).toBe(
      true,
    );
    expect(holds({ like: { field: 'name', values: ['*lt'] } }, { range: { field: 'since', max: '2023-01-01' } })).toBe(
      false,
    );
    expect(
      holds(
        { terms: { field: 'open', values: [true] } },
        { geoBox: { field: 'at', north: 20, south: 0, east: 9, west: 7 } },
      ),
    ).toBe(false);
  });
});

const colours = ['red', 'blue', 'green'];
const sizes = ['S', 'M', 'L'];

/** No deeper than what is kept of attributes. */
function randomObject(random: Random, depth: number): object {
  const inner = random.next();
  return {
    ...(random.next() < 0.8 && { color: pick(random, colours) }),
    ...(random.next() < 0.8 && {
      size: random.next() < 0.2 ? [pick(random, sizes), pick(random, sizes)] : pick(random, sizes),
    }),
    ...(random.next() < 0.3 && { n: random.below(3) }),
    ...(depth < 2 && inner < 0.4 && { parts: randomList(random, depth + 1) }),
    ...(depth === 1 && inner > 0.6 && { box: { parts: randomList(random, depth + 1) } }),
  };
}

function randomList(random: Random, depth: number): unknown {
  const length = random.below(4);
  if (length === 1 && random.next() < 0.5) return randomObject(random, depth);
  return Array.from({ length }, () =>
    random.next() < 0.1
      ? pick<unknown>(random, ['red', 5, null, {}, depth === 0 ? [randomObject(random, depth)] : 'blue'])
      : randomObject(random, depth),
  );
}

function randomCondition(random: Random, depth: number): FilterClause {
  const kind = random.below(depth < 3 ? 8 : 4);
  if (kind === 0) return term('color', pick(random, colours));
  if (kind === 1) return term('size', pick(random, sizes));
  if (kind === 2) return { range: { field: 'n', min: random.below(3) } };
  if (kind === 3) return { exists: { field: pick(random, ['color', 'n', 'parts', 'box']) } };
  if (kind === 4) return { not: randomCondition(random, depth + 1) };
  if (kind === 5) return { any: [randomCondition(random, depth + 1), randomCondition(random, depth + 1)] };
  const path = pick(
    random,
    depth === 0 ? ['variants', 'variants.parts', 'variants.parts.box'] : ['parts', 'box', 'box.parts'],
  );
  return nested(path, ...Array.from({ length: 1 + random.below(2) }, () => randomCondition(random, depth + 1)));
}

describe('nested conditions on random documents', () => {
  it('hold as the plain definition says, over segments, removals, merges and the disk', async () => {
    let found = 0;
    for (let seed = 1; seed <= 25; seed++) {
      const random = seededRandom(seed);
      const sort = pick(random, [null, { field: 'rank', order: 'descending' } as const]);
      const made = createTokenIndex({ ...options, sort });
      const documents = new Map<string, DocumentRow>();
      for (let i = 0; i < 80; i++) {
        const id = `d${random.below(60)}`;
        const row = { id, title: 'x', rank: random.below(9), variants: randomList(random, 0) };
        documents.set(id, row);
        made.add(row);
        if (random.next() < 0.1 && documents.delete(id)) made.remove(id);
        if (random.next() < 0.08) made.flush();
      }
      const conditions = Array.from({ length: 25 }, () =>
        nested('variants', randomCondition(random, 1), randomCondition(random, 1)),
      );
      conditions.push(...Array.from({ length: 25 }, () => randomCondition(random, 0)));
      await made.save(join(root, `${seed}`));
      const compacted = await loadTokenIndex(join(root, `${seed}`));
      await compacted.compact();
      for (const index of [made, await loadTokenIndex(join(root, `${seed}`)), compacted])
        for (const clause of conditions) {
          const wanted = [...documents.values()].filter(document => clauseHolds(clause, document)).map(({ id }) => id);
          expect(idsOf(index, clause), `seed ${seed}: ${JSON.stringify(clause)}`).toEqual(wanted.sort());
          found += wanted.length;
        }
    }
    expect(found).toBeGreaterThan(12_000);
  });
});

describe('the objects of a document', () => {
  const texts = textPaths(['title']);
  const row = (rest: object): DocumentRow => ({ id: '1', title: 'x', ...rest });

  it('are kept apart where there are several, each below the one that it lies in', () => {
    const objects = flattenObjects(
      row({ a: [{ b: [{ c: 1 }, { c: 2 }] }, { b: { c: 3 }, d: {} }], e: { f: 1 }, g: [{ h: 1 }, {}, null] }),
      texts,
    );
    expect(objects.map(({ path, parent }) => [path, parent])).toEqual([
      ['a', -1],
      ['a.b', 0],
      ['a.b', 0],
      ['a', -1],
      ['a.b', 3],
    ]);
    expect([...objects[0].attributes.keys()]).toEqual(['a', 'a.b', 'a.b.c']);
    expect(objects[0].attributes.get('a.b.c')?.numbers).toEqual([1, 2]);
  });

  it('are none where there are no lists of them, and no more than the first ones', () => {
    expect(flattenObjects(row({ a: { b: { c: 1 } }, d: [1, 2], images: ['x'] }), texts)).toEqual([]);
    const many = Array.from({ length: 2 * bounds.objects }, (_, n) => ({ n }));
    expect(flattenObjects(row({ a: many }), texts)).toHaveLength(bounds.objects);
    let deep: unknown = [{ n: 1 }, { n: 2 }];
    for (let i = 0; i < 10_000; i++) deep = [deep];
    expect(flattenObjects(row({ a: deep }), texts)).toEqual([]);
  });
});

describe('segments that were written before objects were kept apart', () => {
  const old = async (): Promise<TokenIndex> => {
    const index = createTokenIndex(options);
    index.add({ id: '0', title: 'x', ...shirts[0] });
    index.add({ id: '1', title: 'x', price: 5 });
    index.flush();
    const [segment] = index.segments();
    if (!('file' in segment && segment.file instanceof Uint8Array)) throw new Error('no file');
    const { header } = openSegmentFile(segment.file);
    expect(header.objects).toBe(1);
    const { objects, ...rest } = header;
    const sections = [...sectionsOf(segment.file).sections].filter(([name]) => !name.startsWith('object'));
    expect(sections.length).toBeLessThan(sectionsOf(segment.file).sections.size);
    const file = layOutSections(rest, new Map(sections));
    const { StoredSegment } = await import('../../src/lexical/stored-segment.js');
    const { writeSegments } = await import('../../src/lexical/persist.js');
    await writeSegments(join(root, 'old'), [new StoredSegment(file)], options);
    return loadTokenIndex(join(root, 'old'));
  };
  const redAndL = nested('variants', term('color', 'red'), term('size', 'L'));
  const refused = expect.objectContaining({
    code: 'search/bad-filter',
    message: expect.stringContaining('index its documents again'),
  });

  it('answer all but what they cannot know, which is refused, also when they are merged', async () => {
    const index = await old();
    expect(idsOf(index, term('variants.color', 'red'))).toEqual(['0']);
    expect(idsOf(index, nested('price', term('x', 1)))).toEqual([]);
    expect(() => idsOf(index, redAndL)).toThrow(refused);
    // of what attributes say together nothing follows for one object
    expect(() => idsOf(index, nested('variants', { not: term('color', 'red') }))).toThrow(refused);
    index.add({ id: '2', title: 'x', ...shirts[1] });
    await index.compact();
    expect(() => idsOf(index, redAndL)).toThrow(refused);
    index.add({ id: '0', title: 'x', ...shirts[0] });
    index.add({ id: '2', title: 'x', ...shirts[1] });
    expect(() => idsOf(index, redAndL)).toThrow(refused);
  });
});
