import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DocumentRow } from '../../src/config/rows.js';
import { buildIndex } from '../../src/search/build-index.js';
import { readManifest } from '../../src/search/manifest.js';
import { openIndex } from '../../src/search/open-index.js';
import type { WholeChange } from '../../src/search/patch-documents.js';
import { unitsOfTurn } from '../../src/search/turns.js';
import { openWritableIndex, type WritableIndex } from '../../src/search/writable-index.js';
import { indexing, letterModel, makeDocuments } from './fixture.js';

let folder: string;
let whole: string;
let copies = 0;
const opened: WritableIndex[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-write-'));
  whole = join(folder, 'whole');
  await buildIndex({ documents: makeDocuments(60), embedder: letterModel(), indexing: indexing(), out: whole });
});
afterEach(async () => {
  for (const index of opened.splice(0)) await index.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function copy(): Promise<string> {
  const path = join(folder, `copy-${copies++}`);
  await cp(whole, path, { recursive: true });
  return path;
}

/** Opens for writing; saves in the background do not come unless asked. */
async function open(path: string, saveEveryMs = 1e9): Promise<WritableIndex> {
  const index = await openWritableIndex(path, { embedder: letterModel(), saveEveryMs });
  opened.push(index);
  return index;
}
async function close(index: WritableIndex): Promise<void> {
  opened.splice(opened.indexOf(index), 1);
  await index.close();
}

const first = async (index: Pick<WritableIndex, 'search'>, text: string, mode: 'token' | 'vector') =>
  (await index.search({ text, k: 1, mode })).hits[0]?.id;
const row = (id: string, title: string): DocumentRow => ({ id, title });

describe('openWritableIndex', () => {
  it('finds by tokens and by vectors what was acknowledged, and nothing that was deleted', async () => {
    const index = await open(await copy());
    const sequence = await index.put([row('new', 'zebra xylophone')]);
    expect(await first(index, 'zebra', 'token')).toBe('new');
    expect(await first(index, 'zebra xylophone', 'vector')).toBe('new');
    expect(await index.delete(['new', 'never there'])).toBe(sequence + 1);
    expect((await index.search({ text: 'zebra', k: 5, mode: 'token' })).hits).toEqual([]);
    expect(await first(index, 'zebra xylophone', 'vector')).not.toBe('new');
    expect(await index.count()).toBe(60);
  });

  it('shows every write to an opening that comes after it, saved or not', async () => {
    const path = await copy();
    const index = await open(path);
    await index.put([row('a', 'quokka')]);
    await index.save();
    await index.put([row('b', 'wombat')]);
    const reader = await openIndex(path, { embedder: letterModel() });
    expect([await first(reader, 'quokka', 'token'), await first(reader, 'wombat', 'vector')]).toEqual(['a', 'b']);
    await reader.close();
  });

  it('saves a new revision, takes the old one away, and has then nothing to replay', async () => {
    const path = await copy();
    const index = await open(path);
    const sequence = await index.put([row('a', 'quokka')]);
    await index.save();
    expect((await readdir(path)).sort()).toEqual(['documents', 'manifest.json', 'tokens.1', 'vectors.1']);
    expect(await readManifest(path)).toMatchObject({ revision: 1, documents: 61, store: { sequence } });
    await index.save(); // nothing to save
    expect((await readManifest(path)).revision).toBe(1);
    await index.put([row('a', 'again')]);
    await close(index);
    expect(await readManifest(path)).toMatchObject({ revision: 2, store: { sequence: sequence + 1 } });
  });

  it('saves what was written in turns with searches', async () => {
    const path = join(folder, 'tokens');
    await buildIndex({ documents: makeDocuments(1), indexing: indexing(), out: path });
    const index = await open(path);
    await index.put(
      Array.from({ length: 6_000 }, (_, n) => row(`n${n}`, `word${n} and others of it ${n % 97} ${n % 89}`)),
    );
    const turns: number[] = [];
    const note = (message: unknown): void => void turns.push((message as { units: number }).units);
    subscribe('tandem:turn', note);
    await index.save().finally(() => unsubscribe('tandem:turn', note));
    // the terms alone are more than three turns of units
    expect(turns.length).toBeGreaterThan(3);
    expect(Math.max(...turns)).toBeLessThan(2 * unitsOfTurn);
    await close(index);
    expect(await first(await open(path), 'word1234', 'token')).toBe('n1234');
  });

  it('saves by itself at intervals', async () => {
    const path = await copy();
    const index = await open(path, 5);
    await index.put([row('a', 'quokka')]);
    while ((await readManifest(path)).revision === 0) await new Promise(resolve => setTimeout(resolve, 5));
    expect((await readManifest(path)).documents).toBe(61);
  });

  it('lets one write at a time, and the next when it is closed', async () => {
    const path = await copy();
    const index = await open(path);
    await expect(openWritableIndex(path, { embedder: letterModel() })).rejects.toMatchObject({
      code: 'index/locked',
      details: { pid: process.pid },
    });
    await index.put([row('a', 'quokka')]); // the refused one has not disturbed it
    await close(index);
    expect(await first(await open(path), 'quokka', 'token')).toBe('a');
  });

  it('takes a copy of a folder that is being written to for its own', async () => {
    const path = await copy();
    const index = await open(path);
    await index.put([row('a', 'quokka')]);
    const other = join(folder, 'other');
    await cp(path, other, { recursive: true });
    await open(other);
  });

  it('keeps the order of calls that do not wait for each other, and shares commits among them', async () => {
    const path = await copy();
    const index = await open(path);
    const before = (await readManifest(path)).store.sequence;
    const calls = Array.from({ length: 40 }, (_, i) =>
      i % 4 === 3 ? index.delete(['same']) : index.put([row('same', `numbat${i}`), row(`own${i}`, 'own')]),
    );
    const sequences = await Promise.all(calls);
    expect([...sequences].sort((a, b) => a - b)).toEqual(sequences);
    expect(sequences[39] - before).toBeLessThan(40);
    expect(await index.get('same')).toBeUndefined(); // call 39 deleted it
    expect((await index.search({ text: 'numbat38', k: 5, mode: 'token' })).hits).toEqual([]);
    expect(await index.count()).toBe(90);
  });

  it('refuses one call alone when its documents cannot be embedded', async () => {
    const path = await copy();
    const model = letterModel();
    const index = await openWritableIndex(path, {
      embedder: {
        ...model,
        embedDocuments: async documents => {
          if (documents.some(({ title }) => title === 'poison')) throw new Error('no embedding');
          return model.embedDocuments(documents);
        },
      },
    });
    opened.push(index);
    const results = await Promise.allSettled(
      ['quokka', 'poison', 'wombat'].map((title, i) => index.put([row(`n${i}`, title)])),
    );
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await index.count()).toBe(62);
  });

  it('makes a graph when it outgrows the exact scan, while it is searched and written to', async () => {
    const path = join(folder, 'growing');
    const small = indexing({ exactBelow: 100 });
    await buildIndex({ documents: makeDocuments(60), embedder: letterModel(), indexing: small, out: path });
    const index = await open(path);
    expect(index.vectorKind).toBe('flat');
    const more = makeDocuments(200).slice(60);
    for (let i = 0; i < more.length; i += 10) {
      await index.put(more.slice(i, i + 10));
      expect(await first(index, more[i].title, 'vector')).toBe(more[i].id);
    }
    await index.delete(['d0']);
    while (index.vectorKind === 'flat') await new Promise(resolve => setTimeout(resolve, 1));
    const { hits } = await index.search({ text: 'drill', k: 1000, mode: 'vector', ef: 400 });
    expect(new Set(hits.map(({ id }) => id))).toEqual(new Set(index.ids()));
    expect(hits).toHaveLength(199);
    await close(index);
    expect(await openIndex(path).then(async again => [again.vectorKind, await again.close()][0])).toBe('int4-hnsw');
  });

  it('refuses to write to vectors without their model', async () => {
    await expect(openWritableIndex(await copy())).rejects.toMatchObject({ code: 'index/model-mismatch' });
  });

  it('opens for readers at any moment of a series of saves', { timeout: 300_000 }, async () => {
    const path = await copy();
    const index = await open(path, 1);
    let writing = true;
    const writes = (async () => {
      for (let i = 0; writing; i++) await index.put([row(`w${i % 50}`, `numbat${i}`)]);
    })();
    // until there were some saves beside the openings
    for (let i = 0; i < 12 || (await readManifest(path)).revision < 2; i++) {
      const reader = await openIndex(path, { embedder: letterModel() });
      expect(await reader.count()).toBeGreaterThanOrEqual(60);
      await reader.close();
    }
    writing = false;
    await writes;
  });

  it('takes away what a killed save left behind', async () => {
    const path = await copy();
    await cp(join(path, 'tokens'), join(path, 'tokens.7.123.abcd.tmp'), { recursive: true });
    await cp(join(path, 'vectors'), join(path, 'vectors.7'), { recursive: true });
    await writeFile(join(path, 'manifest.json.123.abcd.tmp'), '{');
    await open(path);
    expect((await readdir(path)).sort()).toEqual(['documents', 'manifest.json', 'tokens', 'vectors']);
  });

  it('behaves as a Map under random writes, saves and reopenings', { timeout: 300_000 }, async () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd0', 'd1', 'd2');
    const change = fc.oneof(
      fc.record({ put: fc.record({ id, title: fc.constantFrom('hare', 'ibex', 'jackal', 'kudu') }) }),
      fc.record({ delete: id }),
    );
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.array(change, { minLength: 1, maxLength: 5 }) },
      { weight: 1, arbitrary: fc.constant('save' as const) },
      { weight: 1, arbitrary: fc.constant('reopen' as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async steps => {
        const path = await copy();
        let index = await open(path);
        const model = new Map(makeDocuments(60).map(document => [document.id, document.title]));
        for (const next of steps) {
          if (next === 'save') await index.save();
          else if (next === 'reopen') {
            await close(index);
            index = await open(path);
          } else {
            await index.write(next);
            applyToModel(model, next);
          }
        }
        for (const word of ['hare', 'ibex', 'jackal', 'kudu']) {
          const { hits } = await index.search({ text: word, k: 100, mode: 'token' });
          const expected = [...model].filter(([, title]) => title === word).map(([key]) => key);
          expect(hits.map(hit => hit.id)).toEqual(expected.sort());
        }
        const { hits } = await index.search({ text: 'x', k: 1000, mode: 'vector' });
        expect(new Map(hits.map(hit => [hit.id, hit.document.title]))).toEqual(model);
        await close(index);
      }),
      { numRuns: 15 },
    );
  });
});

function applyToModel(model: Map<string, string>, changes: readonly WholeChange[]): void {
  for (const change of changes) {
    if ('put' in change) model.set(change.put.id, change.put.title);
    else model.delete(change.delete);
  }
}

describe('hostile documents', () => {
  const nested = (levels: number): unknown => {
    let value: unknown = 1;
    for (let i = 0; i < levels; i++) value = [value];
    return value;
  };
  const bad: [string, Record<string, unknown>, string][] = [
    ['NaN', { price: Number.NaN }, 'data/malformed-row'],
    ['an infinite number deep inside', { stock: [{ n: -Infinity }] }, 'data/malformed-row'],
    ['deep JSON', { deep: nested(100_000) }, 'data/malformed-row'],
    ['a prototype', JSON.parse('{"__proto__":{"polluted":true}}'), 'data/malformed-row'],
    ['half a surrogate pair in the id', { id: 'a\ud800' }, 'data/malformed-row'],
    ['an empty id', { id: '' }, 'data/malformed-row'],
    ['a long id', { id: 'x'.repeat(513) }, 'data/malformed-row'],
    ['a title that is too long', { title: 'x'.repeat(65_537) }, 'data/malformed-row'],
    ['a title that is none', { title: 5 }, 'data/malformed-row'],
    ['a language that is none', { language: '../etc' }, 'text/bad-language'],
    ['a symbol', { big: Symbol('big') }, 'data/malformed-row'],
  ];

  it.each(bad)('%s is refused, and nothing changes', async (_name, fields, code) => {
    const path = await copy();
    const index = await open(path);
    const document = { id: 'x', title: 'numbat', ...fields } as DocumentRow;
    await expect(index.put([row('fine', 'numbat'), document])).rejects.toMatchObject({ code });
    expect(await index.count()).toBe(60);
    expect((await index.search({ text: 'numbat', k: 5, mode: 'token' })).hits).toEqual([]);
  });

  const odd: [string, Record<string, unknown>][] = [
    ['a description of one word of a million letters', { description: 'x'.repeat(1_000_000) }],
    ['half a surrogate pair in the title', { title: 'numbat \ud800 \udc00' }],
    ['control characters', { title: 'numbat \u0000\u0001\u001b[31m\u202e', description: '\u0000'.repeat(1000) }],
    ['an empty title', { title: '', description: 'numbat' }],
    ['attributes of every shape', { title: 'numbat', '': { '': [[], {}, '', -0, 1e308] }, constructor: 1 }],
    ['ten thousand words', { description: Array.from({ length: 10_000 }, (_, i) => `w${i}`).join(' ') }],
  ];

  it.each(odd)('%s is stored, found and still there after a reopening', async (_name, fields) => {
    const path = await copy();
    const index = await open(path);
    const document = { id: 'x', title: 'numbat', ...fields } as DocumentRow;
    await index.put([document]);
    const text = 'numbat';
    expect((await index.search({ text, k: 5, mode: 'token' })).hits.map(({ id }) => id)).toEqual(['x']);
    await close(index);
    const again = await openIndex(path, { embedder: letterModel() });
    expect((await again.search({ text, k: 5, mode: 'token' })).hits.map(({ id }) => id)).toEqual(['x']);
    expect(await again.get('x')).toEqual(JSON.parse(JSON.stringify(document)));
    await again.close();
    expect(await readFile(join(path, 'manifest.json'), 'utf8')).toContain('"documents": 61');
  });
});
