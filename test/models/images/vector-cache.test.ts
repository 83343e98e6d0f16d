import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeyTable } from '../../../models/images/key-table.js';
import { openVectorCache, type VectorCache } from '../../../models/images/vector-cache.js';
import { recordBytes } from '../../../models/images/vector-file.js';

const encoder = 'ab'.repeat(32);
const width = 3;
/** magic 8, version 4, width 4, encoder 32, checksum 4 */
const headBytes = 52;
const key = (n: number): Buffer => createHash('sha256').update(String(n)).digest();
const vector = (n: number): Float32Array => Float32Array.of(n, -n, n / 7);

let folder: string;
let damaged: (readonly [string, number | 'all'])[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-cache-'));
  damaged = [];
});
afterEach(() => rm(folder, { recursive: true }));

const place = (): string => join(folder, encoder.slice(0, 32));
const files = async (): Promise<string[]> => (await readdir(place())).map(name => join(place(), name));

function withCache<T>(use: (cache: VectorCache) => T): T {
  const cache = openVectorCache({ folder, encoder, width, onDamage: (path, lost) => damaged.push([path, lost]) });
  try {
    return use(cache);
  } finally {
    cache.close();
  }
}

const putAll = (numbers: readonly number[]): void =>
  withCache(cache => {
    for (const n of numbers) cache.put([{ key: key(n), vector: vector(n) }]);
  });

const found = (numbers: readonly number[]): number[] =>
  withCache(cache =>
    numbers.filter(n => {
      const got = cache.get(key(n));
      if (got !== undefined) expect(got).toEqual(vector(n));
      return got !== undefined;
    }),
  );

describe('openVectorCache', () => {
  it('gives back what was put, in this run and in later ones, to the bit', () => {
    withCache(cache => {
      expect([cache.has(key(1)), cache.get(key(1)), cache.size]).toEqual([false, undefined, 0]);
      cache.put([1, 2].map(n => ({ key: key(n), vector: vector(n) })));
      expect([cache.has(key(2)), cache.get(key(2)), cache.size]).toEqual([true, vector(2), 2]);
    });
    putAll([3]);
    expect(found([1, 2, 3, 4])).toEqual([1, 2, 3]);
  });

  it('a run that puts nothing writes nothing', async () => {
    withCache(() => {});
    expect(await files()).toEqual([]);
  });

  it('keeps the vectors of other encoders apart', () => {
    putAll([1]);
    const other = openVectorCache({ folder, encoder: 'cd'.repeat(32), width: 5 });
    expect(other.size).toBe(0);
    other.put([{ key: key(1), vector: new Float32Array(5) }]);
    other.close();
    expect(found([1])).toEqual([1]);
  });

  it('several may write at a time, each to a file of its own', async () => {
    const all = Array.from({ length: 3 }, () => openVectorCache({ folder, encoder, width }));
    for (let n = 0; n < 30; n++) all[n % 3].put([{ key: key(n), vector: vector(n) }]);
    for (const cache of all) cache.close();
    expect(await files()).toHaveLength(3);
    const numbers = Array.from({ length: 30 }, (_, n) => n);
    expect(found(numbers)).toEqual(numbers);
  });

  it('what a killed writer left half done is passed over, at any byte', async () => {
    putAll([1, 2, 3]);
    const [path] = await files();
    const whole = await readFile(path);
    expect(whole).toHaveLength(headBytes + 3 * recordBytes(width));
    for (let length = whole.length; length >= 0; length--) {
      await writeFile(path, whole);
      await truncate(path, length);
      const records = Math.max(0, Math.floor((length - headBytes) / recordBytes(width)));
      expect(found([1, 2, 3])).toEqual([1, 2, 3].slice(0, records));
    }
    expect(damaged).toEqual([]);
  });

  it('a damaged record is told, lost and made again; the sound ones stay', async () => {
    putAll([1, 2, 3]);
    const [path] = await files();
    const bytes = await readFile(path);
    bytes[headBytes + recordBytes(width) + 40] ^= 1;
    await writeFile(path, bytes);
    expect(found([1, 2, 3])).toEqual([1, 3]);
    expect(damaged).toEqual([[path, 1]]);
    putAll([2]);
    expect(found([1, 2, 3])).toEqual([1, 2, 3]);
    // told once: the file was replaced by its sound records
    expect(damaged).toHaveLength(1);
    expect((await files()).filter(name => name.endsWith('.tmp'))).toEqual([]);
  });

  it('a file with a damaged head is told and emptied; the others stay', async () => {
    putAll([1]);
    const [first] = await files();
    putAll([2]);
    const bytes = await readFile(first);
    bytes[3] ^= 1;
    await writeFile(first, bytes);
    expect(found([1, 2])).toEqual([2]);
    expect(found([1, 2])).toEqual([2]);
    expect(damaged).toEqual([[first, 'all']]);
  });

  it('any altered byte costs at most the record that it stands in', async () => {
    const numbers = Array.from({ length: 8 }, (_, n) => n);
    putAll(numbers);
    const [path] = await files();
    const whole = await readFile(path);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: headBytes, max: whole.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, change) => {
          const bytes = Buffer.from(whole);
          bytes[at] ^= change;
          await writeFile(path, bytes);
          const lost = Math.floor((at - headBytes) / recordBytes(width));
          expect(found(numbers)).toEqual(numbers.filter(n => n !== lost));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('a folder that cannot be made is told with its code', async () => {
    await appendFile(join(folder, 'file'), '');
    expect(() => openVectorCache({ folder: join(folder, 'file'), encoder, width })).toThrow(
      expect.objectContaining({ code: 'files/write-failed' }),
    );
  });

  it('after kill -9 all that was told to be there is there, and nothing is damaged', { timeout: 60_000 }, async () => {
    const child = spawn(process.execPath, [
      '--import',
      'tsx',
      fileURLToPath(new URL('./cache.child.ts', import.meta.url)),
      folder,
    ]);
    let told = '';
    await new Promise<void>(resolve => {
      child.stdout.on('data', chunk => {
        told += chunk;
        if (told.length > 400) child.kill('SIGKILL');
      });
      child.on('close', () => resolve());
    });
    const numbers = told.trimEnd().split('\n').slice(0, -1).map(Number);
    expect(numbers.length).toBeGreaterThan(10);
    expect(found(numbers)).toEqual(numbers);
    expect(damaged).toEqual([]);
  });
});

describe('KeyTable', () => {
  it('is a Map, however many keys there are and whichever begin alike', () => {
    const keys = Array.from({ length: 5000 }, (_, n) => {
      const made = key(n);
      if (n % 3 === 0) made.fill(0, 0, 4); // all of these have one hash
      return made;
    });
    const table = new KeyTable();
    const oracle = new Map<string, { file: number; record: number }>();
    for (const [i, n] of [...keys.keys(), ...keys.keys()].entries()) {
      if (i % 7 === 0) continue;
      const at = { file: i % 5, record: i };
      table.set(keys[n], at);
      oracle.set(keys[n].toString('hex'), at);
    }
    expect(table.size).toBe(oracle.size);
    for (const each of keys) expect(table.get(each)).toEqual(oracle.get(each.toString('hex')));
    expect(table.get(key(-1))).toBeUndefined();
  });
});
