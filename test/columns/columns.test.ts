import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SegmentColumns } from '../../src/columns/segment-columns.js';
import { openSegmentFile } from '../../src/lexical/segment-file.js';
import type { SegmentReader } from '../../src/lexical/segment-reader.js';
import { createTokenIndex, loadTokenIndex, type TokenIndex } from '../../src/lexical/token-index.js';
import { createBitSet, fullBitSet, setBit } from '../../src/math/bit-set.js';
import { seededRandom } from '../../src/math/random.js';
import { attributeValues, dateOf } from './naive-filter.js';
import { randomField } from './random-documents.js';
import { options, randomIndex } from './random-index.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tandem-columns-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

function smallIndex(): TokenIndex {
  const index = createTokenIndex(options);
  index.add({ id: '1', title: 'a', n: 5, k: ['y', 'x', 'y'], d: '1970-01-02' });
  index.add({ id: '2', title: 'b', n: [3, 1], k: 'z', d: [7, '1970-01-01'], b: true, p: { lat: 1, lon: 2 } });
  index.add({ id: '3', title: 'c' });
  return index;
}

/** Both forms: in memory, and of the same documents on disk. */
const forms: readonly [string, () => SegmentReader][] = [
  ['in memory', () => smallIndex().segments()[0]],
  [
    'immutable',
    () => {
      const index = smallIndex();
      index.flush();
      return index.segments()[0];
    },
  ],
];

const eachOf = (column: { each: SegmentColumnsEach } | undefined, docs: Uint32Array): [number, number][] => {
  const seen: [number, number][] = [];
  column?.each(docs, (value, doc) => seen.push([doc, value]));
  return seen;
};
type SegmentColumnsEach = NonNullable<ReturnType<SegmentColumns['numbers']>>['each'];

describe.each(forms)('columns %s', (_, open) => {
  const { columns } = open();
  const second = createBitSet(3);
  setBit(second, 1);

  it('give the numbers of each document, dates among them', () => {
    const n = columns.numbers('n');
    expect([0, 1, 2].map(doc => n?.values(doc))).toEqual([[5], [1, 3], []]);
    expect([0, 1, 2].map(doc => [n?.least(doc), n?.greatest(doc)])).toEqual([
      [5, 5],
      [1, 3],
      [Number.NaN, Number.NaN],
    ]);
    expect(eachOf(n, fullBitSet(3))).toEqual([
      [0, 5],
      [1, 1],
      [1, 3],
    ]);
    expect(eachOf(n, second)).toEqual([
      [1, 1],
      [1, 3],
    ]);
    const d = columns.numbers('d');
    expect([0, 1, 2].map(doc => d?.values(doc))).toEqual([[86_400_000], [0, 7], []]);
    expect([d?.least(0), d?.least(1), d?.greatest(1), d?.greatest(2)]).toEqual([86_400_000, 0, 7, Number.NaN]);
    expect(eachOf(d, second)).toEqual([
      [1, 0],
      [1, 7],
    ]);
    expect(columns.numbers('d', 'numbers')?.values(1)).toEqual([7]);
    expect(columns.numbers('d', 'dates')?.values(1)).toEqual([0]);
  });

  it('give the strings of each document by their place in order', () => {
    const k = columns.keywords('k');
    expect(Array.from({ length: k?.count ?? 0 }, (_value, ordinal) => k?.value(ordinal))).toEqual(['x', 'y', 'z']);
    expect([0, 1, 2].map(doc => k?.ordinals(doc))).toEqual([[0, 1], [2], []]);
    expect(eachOf(k, fullBitSet(3))).toEqual([
      [0, 0],
      [0, 1],
      [1, 2],
    ]);
    const id = columns.keywords('id');
    expect([id?.count, id?.value(1), id?.ordinals(2)]).toEqual([3, '2', [2]]);
    expect(eachOf(id, second)).toEqual([[1, 1]]);
  });

  it('are absent where no document has such values', () => {
    for (const field of ['b', 'p', 'k', 'nowhere', 'id', '']) expect(columns.numbers(field), field).toBeUndefined();
    for (const field of ['b', 'p', 'n', 'nowhere', '']) expect(columns.keywords(field), field).toBeUndefined();
    expect(columns.numbers('n', 'dates')).toBeUndefined();
  });
});

describe('columns of random documents', () => {
  it('give every value back, over segments, merges and the disk', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = seededRandom(seed);
      const made = randomIndex(random);
      await made.index.save(root);
      const compacted = await loadTokenIndex(root);
      await compacted.compact();
      for (const index of [made.index, await loadTokenIndex(root), compacted]) {
        let seen = 0;
        for (const { columns, documentCount, isLive, idOf } of index.segments().map(bound)) {
          const field = randomField(random);
          const [found, wanted]: number[][][] = [[], []];
          for (let doc = 0; doc < documentCount; doc++) {
            const document = made.documents.get(idOf(doc));
            if (!isLive(doc) || document === undefined) continue;
            seen++;
            const values = attributeValues(document, field);
            const numbers = values.flatMap(value => (typeof value === 'number' ? [value + 0] : (dateOf(value) ?? [])));
            wanted.push([...new Set(numbers)].sort((a, b) => a - b));
            found.push([...(columns.numbers(field)?.values(doc) ?? [])]);
          }
          expect(found, `seed ${seed}, ${field}`).toEqual(wanted);
        }
        expect(seen).toBe(made.documents.size);
      }
    }
  });
});

const bound = (segment: SegmentReader) => ({
  columns: segment.columns,
  documentCount: segment.documentCount,
  isLive: (doc: number) => segment.isLive(doc),
  idOf: (doc: number) => segment.idOf(doc),
});

describe('columns on disk', () => {
  it.each(['columnPaths', 'columnPathEnds', 'columnStarts', 'columnData'] as const)(
    'are found out when a bit of %s is flipped',
    async name => {
      await smallIndex().save(root);
      const path = join(root, '0.segment');
      const bytes = await readFile(path);
      const { arrays } = openSegmentFile(
        new Uint8Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)),
      );
      bytes[arrays[name].byteOffset + 3] ^= 4;
      await writeFile(path, bytes);
      await expect(loadTokenIndex(root)).rejects.toThrow(
        expect.objectContaining({ code: 'index/damaged', message: `${path}: section ${name} is altered` }),
      );
    },
  );

  it('take whole numbers below 2^32 in as few bytes as they need', () => {
    for (const [values, bytes] of [
      [[0, 255], 1],
      [[0, 256], 2],
      [[0, 65_536], 4],
      [[0, 2 ** 32], 8],
      [[-1, 0], 8],
      [[0.5, 1], 8],
    ] as const) {
      const index = createTokenIndex(options);
      const rows = Array.from({ length: 2000 }, (_, i) => ({ id: String(i), title: 'x', n: values[i % 2] }));
      for (const row of rows) index.add(row);
      index.flush();
      // 4 bytes more for the order by value; the path, its record and what belongs to the title are the rest
      expect(Math.floor(index.measures().bytes.columns / 2000)).toBe(bytes + 4);
      const [{ columns }] = index.segments();
      expect(rows.map((_, doc) => columns.numbers('n')?.least(doc))).toEqual(rows.map(({ n }) => n));
    }
  });

  it('are counted among the sizes', () => {
    const index = smallIndex();
    index.flush();
    const { bytes } = index.measures();
    const parts = Object.entries(bytes).reduce((sum, [name, size]) => sum + (name === 'total' ? 0 : size), 0);
    expect(bytes.columns).toBeGreaterThan(100);
    expect(parts).toBeLessThan(bytes.total);
  });

  it('make the segment in memory an immutable one when there is much in them', () => {
    const index = createTokenIndex(options);
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`k${i}`, i]));
    // 2^19 occurrences and values: one term, the title that is there, and 200 numbers make 202 a document
    for (let i = 0; i < 2_597; i++) index.add({ ...many, id: `${i}`, title: 'lamp' });
    expect(index.segments().map(({ documentCount }) => documentCount)).toEqual([2_596, 1]);
  });
});
