import { mkdtemp, readFile, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BitSet, createBitSet, setBit } from '../../src/math/bit-set.js';
import { type Random, seededRandom } from '../../src/math/random.js';
import type { AcceptedIds, DocumentList } from '../../src/vector/accepted-nodes.js';
import { loadVectorIndex } from '../../src/vector/load-vector-index.js';
import type { VectorIndex } from '../../src/vector/vector-index.js';

/** Normalised rows around `clusters` centres, as embeddings of a catalogue lie: float32 [n * width]. */
export function clusteredVectors(n: number, width: number, clusters: number, random: Random): Float32Array {
  const centres = Array.from({ length: clusters * width }, () => random.normal());
  const rows = new Float32Array(n * width);
  for (let row = 0; row < n; row++) {
    const centre = random.below(clusters) * width;
    const values = Array.from({ length: width }, (_, i) => centres[centre + i] + 0.6 * random.normal());
    const norm = Math.hypot(...values);
    rows.set(
      values.map(value => value / norm),
      row * width,
    );
  }
  return rows;
}

/** Ids 0..n-1 by inner product, the plain way. */
export function bruteForce(rows: Float32Array, query: Float32Array, k: number): { id: string; score: number }[] {
  const scored = Array.from({ length: rows.length / query.length }, (_, row) => {
    let score = 0;
    for (let i = 0; i < query.length; i++) score += rows[row * query.length + i] * query[i];
    return { id: String(row), score };
  });
  return scored.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)).slice(0, k);
}

/** A list of documents that is written behind; a removed one has no id any more. */
export function documentList(): DocumentList & { ids: (string | undefined)[] } {
  const ids: (string | undefined)[] = [];
  return {
    ids,
    get documentCount() {
      return ids.length;
    },
    idOf: doc => ids[doc] ?? '',
    find: id => ids.indexOf(id),
  };
}

/** Documents of some lists that may be found. */
export function acceptedAmong(
  segments: readonly (DocumentList & { ids: (string | undefined)[] })[],
  accept: (id: string) => boolean,
): AcceptedIds {
  const found = new Set<string>();
  const documents = segments.map(({ ids }): BitSet => {
    const bits = createBitSet(ids.length);
    for (const [doc, id] of ids.entries()) {
      if (id === undefined || !accept(id)) continue;
      setBit(bits, doc);
      found.add(id);
    }
    return bits;
  });
  return { count: found.size, has: id => found.has(id), segments, documents };
}

/** One embedding for all ids, of which the last is removed, and one that goes from a shared place to none and back. */
const repeats: [({ id: string; at: number } | { id: string } | { save: boolean })[], number][] = [
  [
    [...['id3', 'id1', 'id2'].map(id => ({ id, at: 0 })), { id: 'id1' }, { id: 'id2' }, { save: true }, { id: 'id3' }],
    5,
  ],
  [[{ id: 'id1', at: 2 }, { id: 'id2', at: 2 }, { id: 'id1', at: 6 }, { save: true }, { id: 'id1', at: 2 }], 1],
];

/** What every VectorIndex keeps to. @param file  the binary file that `save` writes beside vectors.json */
export function describeVectorIndex(name: string, file: string, create: (width: number) => VectorIndex): void {
  describe(`${name} as a vector index`, () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'tandem-vectors-'));
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    it('scores by cosine, best first, ties by id', () => {
      const index = create(2);
      index.add(['b', 'a', 'up', 'back'], Float32Array.of(1, 0, 1, 0, 0.6, 0.8, -1, 0));
      const found = index.search(Float32Array.of(1, 0), 4);
      expect(found.map(({ id }) => id)).toEqual(['a', 'b', 'up', 'back']);
      [1, 1, 0.6, -1].forEach((score, i) => {
        expect(found[i].score).toBeCloseTo(score, 6);
      });
      expect(index.search(Float32Array.of(1, 0), 1)).toHaveLength(1);
    });

    it('answers with what there is: nothing, or fewer than k', () => {
      const index = create(2);
      expect(index.search(Float32Array.of(1, 0), 5)).toEqual([]);
      index.add(['a'], Float32Array.of(0, 1));
      expect(index.search(Float32Array.of(1, 0), 5)).toEqual([{ id: 'a', score: 0 }]);
      expect(index.search(Float32Array.of(1, 0), 0)).toEqual([]);
    });

    it('replaces and removes by id', () => {
      const index = create(2);
      index.add(['a', 'b', 'c'], Float32Array.of(1, 0, 0, 1, -1, 0));
      index.add(['a', 'a'], Float32Array.of(0.6, 0.8, 0.8, -0.6));
      expect([index.remove('c'), index.remove('c'), index.remove('none')]).toEqual([true, false, false]);
      expect(index.size).toBe(2);
      const found = index.search(Float32Array.of(1, 0), 3);
      expect(found.map(({ id }) => id)).toEqual(['a', 'b']);
      expect(found[0].score).toBeCloseTo(0.8, 6);
      index.add(['c'], Float32Array.of(1, 0));
      expect(index.search(Float32Array.of(1, 0), 1)[0].id).toBe('c');
    });

    it('returns only what is accepted', () => {
      const index = create(8);
      const rows = clusteredVectors(300, 8, 5, seededRandom(3));
      index.add(
        Array.from({ length: 300 }, (_, i) => String(i)),
        rows,
      );
      const found = index.search(rows.slice(0, 8), 10, { accept: id => Number(id) % 7 === 3, ef: 300 });
      const expected = bruteForce(rows, rows.slice(0, 8), 300).filter(({ id }) => Number(id) % 7 === 3);
      expect(found.map(({ id }) => id)).toEqual(expected.slice(0, 10).map(({ id }) => id));
    });

    it('lists ids of one embedding by id, and the first of them that are accepted', () => {
      const index = create(2);
      index.add(['d', 'b', 'e', 'a', 'c'], Float32Array.of(1, 0, 1, 0, 1, 0, 1, 0, 0.6, 0.8));
      const ids = (k: number, accept?: (id: string) => boolean): string[] =>
        index.search(Float32Array.of(1, 0), k, { accept }).map(({ id }) => id);
      expect(ids(2)).toEqual(['a', 'b']);
      expect(ids(9)).toEqual(['a', 'b', 'd', 'e', 'c']);
      expect(ids(3, id => id > 'b')).toEqual(['d', 'e', 'c']);
      index.remove('a');
      expect(ids(2)).toEqual(['b', 'd']);
      index.add(['b'], Float32Array.of(0, 1));
      expect(ids(9)).toEqual(['d', 'e', 'c', 'b']);
      for (const id of 'bcde') index.remove(id);
      expect(ids(9)).toEqual([]);
      index.add(['z'], Float32Array.of(1, 0));
      expect(ids(9)).toEqual(['z']);
    });

    it('has no place for an embedding of zeros, and no answer to one', () => {
      const index = create(2);
      index.add(['a', 'b', 'c'], Float32Array.of(0, 0, 1, 0, 0, 1));
      expect([index.size, index.has('a')]).toEqual([2, false]);
      index.add(['b', 'a'], Float32Array.of(0, -0, 1, 0));
      expect(index.search(Float32Array.of(1, 0), 9).map(({ id }) => id)).toEqual(['a', 'c']);
      expect([index.size, index.has('b'), index.remove('b')]).toEqual([2, false, false]);
      expect(index.search(Float32Array.of(0, 0), 9)).toEqual([]);
    });

    it('answers as a map of ids would, however often embeddings repeat, are replaced, removed, saved and loaded', async () => {
      const width = 4;
      const pool = clusteredVectors(6, width, 6, seededRandom(17));
      const embedding = (at: number): Float32Array =>
        at === 6 ? new Float32Array(width) : pool.slice(at * width, (at + 1) * width);
      const id = fc.integer({ min: 0, max: 11 }).map(n => `id${n}`);
      const step = fc.oneof(
        { weight: 6, arbitrary: fc.record({ id, at: fc.integer({ min: 0, max: 6 }) }) },
        { weight: 3, arbitrary: fc.record({ id }) },
        { weight: 1, arbitrary: fc.constant({ save: true }) },
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.integer({ min: 1, max: 14 }), async (steps, k) => {
          let index = create(width);
          const model = new Map<string, number>();
          const lists = [documentList(), documentList()];
          for (const next of steps) {
            if ('save' in next) {
              await index.save(join(folder, 'model'));
              index = await loadVectorIndex(join(folder, 'model'));
            } else if ('at' in next) {
              for (const { ids } of lists) if (ids.includes(next.id)) ids[ids.indexOf(next.id)] = undefined;
              lists[next.at % 2].ids.push(next.id);
              index.add([next.id], embedding(next.at));
              if (next.at === 6) model.delete(next.id);
              else model.set(next.id, next.at);
            } else {
              expect(index.remove(next.id)).toBe(model.delete(next.id));
            }
            const among = acceptedAmong(lists, each => each !== 'id1');
            const hits = index.search(embedding(0), 99, { among }).map(hit => hit.id);
            expect(hits.sort()).toEqual([...model.keys()].filter(each => each !== 'id1').sort());
          }
          expect(index.size).toBe(model.size);
          for (let q = 0; q < 6; q++) {
            const accept = q % 2 === 0 ? undefined : (each: string): boolean => each.endsWith(String(q));
            const wanted = [...model]
              .filter(([each]) => accept === undefined || accept(each))
              .map(([each, at]) => ({ id: each, score: bruteForce(embedding(at), embedding(q), 1)[0].score }))
              .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
              .slice(0, k);
            const found = index.search(embedding(q), k, { accept });
            expect(found.map(hit => hit.id)).toEqual(wanted.map(hit => hit.id));
            found.forEach(({ score }, i) => {
              expect(score).toBeCloseTo(wanted[i].score, 6);
            });
            const among = acceptedAmong(lists, accept ?? (() => true));
            expect(index.search(embedding(q), k, { among })).toEqual(found);
            const both = { among, accept: (each: string): boolean => each !== wanted[0]?.id };
            expect(index.search(embedding(q), k, both).map(hit => hit.id)).toEqual(
              index
                .search(embedding(q), k, { accept: each => (accept?.(each) ?? true) && both.accept(each) })
                .map(hit => hit.id),
            );
          }
        }),
        { numRuns: 60, examples: repeats },
      );
    });

    it('refuses vectors of another width or with a value that is no number, and stays as it was', () => {
      const index = create(2);
      expect(() => index.add(['a'], Float32Array.of(1, 0, 0))).toThrow('have 2 values, got 3');
      expect(() => index.add(['a', 'b'], Float32Array.of(1, 0, 0, Number.NaN))).toThrow('value 1 of vector 1 is NaN');
      expect(() => index.search(Float32Array.of(1), 1)).toThrow('have 2 values, got 1');
      expect(index.size).toBe(0);
    });

    it('is the same after saving and loading, removed ids included, and goes on from there', async () => {
      const index = create(16);
      const rows = clusteredVectors(1500, 16, 20, seededRandom(5));
      const ids = Array.from({ length: 1500 }, (_, i) => String(i));
      index.add(ids, rows);
      for (const id of ids.slice(0, 200)) index.remove(id);
      await index.save(join(folder, 'saved'));
      const loaded = await loadVectorIndex(join(folder, 'saved'));
      expect([loaded.kind, loaded.size, loaded.width]).toEqual([index.kind, 1300, 16]);
      for (let q = 0; q < 50; q++) {
        const query = rows.slice(q * 16, (q + 1) * 16);
        // so narrow that a graph is walked, and not compared whole
        expect(loaded.search(query, 10, { ef: 10 })).toEqual(index.search(query, 10, { ef: 10 }));
      }
      loaded.add(ids.slice(0, 200), rows.slice(0, 200 * 16));
      expect(loaded.size).toBe(1500);
      expect(loaded.search(rows.slice(0, 16), 1)[0].id).toBe('0');
    });

    it('saves and loads when it is empty', async () => {
      await create(4).save(join(folder, 'saved'));
      const loaded = await loadVectorIndex(join(folder, 'saved'));
      expect(loaded.search(Float32Array.of(1, 0, 0, 0), 3)).toEqual([]);
      loaded.add(['a'], Float32Array.of(1, 0, 0, 0));
      expect(loaded.search(Float32Array.of(1, 0, 0, 0), 3)).toEqual([{ id: 'a', score: 1 }]);
    });

    it('writes the same bytes for the same insertions', async () => {
      const rows = clusteredVectors(400, 8, 5, seededRandom(9));
      const ids = Array.from({ length: 400 }, (_, i) => String(i));
      for (const at of ['one', 'two']) {
        const index = create(8);
        index.add(ids, rows);
        await index.save(join(folder, at));
      }
      expect(await readFile(join(folder, 'one', file))).toEqual(await readFile(join(folder, 'two', file)));
    });

    it.each([
      ['cut in half', (path: string) => readFile(path).then(bytes => truncate(path, bytes.length >> 1))],
      ['one byte short', (path: string) => readFile(path).then(bytes => truncate(path, bytes.length - 1))],
      ['empty', (path: string) => truncate(path, 0)],
      ['longer', (path: string) => writeFile(path, 'more', { flag: 'a' })],
      ['missing', (path: string) => unlink(path)],
    ])('names a file that is %s', async (_, spoil) => {
      const index = create(8);
      index.add(
        Array.from({ length: 100 }, (_unused, i) => String(i)),
        clusteredVectors(100, 8, 5, seededRandom(1)),
      );
      await index.save(join(folder, 'saved'));
      for (const name of [file, 'vectors.json']) {
        if (name === 'vectors.json' && _ === 'longer') continue; // JSON with more behind it is tested by what follows
        await index.save(join(folder, name));
        const path = join(folder, name, name);
        await spoil(path);
        await expect(loadVectorIndex(join(folder, name))).rejects.toMatchObject({
          code: 'index/damaged',
          details: { file: path },
        });
      }
    });
  });
}
