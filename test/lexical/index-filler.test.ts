import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { DocumentRow } from '../../src/config/rows.js';
import { createFiller, type FillOptions } from '../../src/lexical/index-filler.js';
import type { SegmentCrew } from '../../src/lexical/segment-crew.js';
import { createSegmentMaker, type MakerOptions } from '../../src/lexical/segment-maker.js';
import { createTokenIndex, type TokenIndex } from '../../src/lexical/token-index.js';
import { createDictionary } from '../../src/text/dictionary.js';
import { searchTokens } from './ask.js';

const options = {
  bm25: { k1: 0.9, b: 0.4 },
  fieldWeights: { title: 1, description: 0.5 },
  attributeWeight: 0.2,
  language: 'en',
  spelling: true,
  proximity: true,
};

/** Makes segments where it is called: what threads do, without them. */
function crewHere(maker: MakerOptions): SegmentCrew {
  return {
    begin: async () => {
      const segments = createSegmentMaker(structuredClone(maker));
      return { add: segments.add, take: async () => segments.take() };
    },
    close: () => undefined,
  };
}
const small: FillOptions = { threads: 2, alone: 0, segmentUnits: 800, crew: crewHere };

async function filled(rows: readonly DocumentRow[], batch: number, given: FillOptions, more = {}): Promise<TokenIndex> {
  const index = createTokenIndex({ ...options, ...more });
  const filler = index.filler(given);
  try {
    for (let from = 0; from < rows.length; from += batch) await filler.add(rows.slice(from, from + batch));
    await filler.done();
  } finally {
    filler.close();
  }
  return index;
}

function added(rows: readonly DocumentRow[], more = {}): TokenIndex {
  const index = createTokenIndex({ ...options, ...more });
  for (const row of rows) index.add(row);
  return index;
}

const questions = [
  'garden hose',
  'hoses 12 x 4 in',
  'rote schuhe',
  'wi-fi',
  'hsoe',
  '"garden hose"',
  'red',
  'weighted term',
];

/** Words as documents write them: exact where no document of a segment was removed. */
const written = (index: TokenIndex) => index.words.written.frequent('ho', 10);

/** All that searches see. */
function seen(index: TokenIndex) {
  const live = index.segments().flatMap(segment => {
    const docs = Array.from({ length: segment.documentCount }, (_, doc) => doc);
    return docs.filter(doc => segment.isLive(doc)).map(doc => segment.idOf(doc));
  });
  return {
    size: index.size,
    live: live.sort(),
    hits: questions.map(text => searchTokens(index, { text, k: 50 })),
    totals: questions.map(text => index.prepare({ text }).matching().count),
    sorted: searchTokens(index, { query: { all: {} }, k: 50, sort: [{ field: 'price', order: 'descending' }] }),
    filtered: index.prepare({ query: { all: {} }, filter: [{ terms: { field: 'color', values: ['red'] } }] }).matching()
      .count,
    frequent: index.words.frequent('h', 10),
  };
}

const words = 'garden Hose hoses reel 12 x 4 in. ft red rote Schuhe Wi-Fi wifi the of AB-1234/X 鼠标 crêpes'.split(' ');
const text = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 8 }).map(chosen => chosen.join(' '));
const token = fc.record({ term: fc.constantFrom('weighted term', 'term'), weight: fc.constantFrom(1, 0.4, 0.7, 0.1) });
const row = fc
  .record(
    {
      // few ids, so that documents replace others within a batch, a segment and over segments
      id: fc.integer({ min: 0, max: 40 }).map(String),
      title: text,
      description: text,
      language: fc.constantFrom('de', 'en', ''),
      color: fc.constantFrom('red', 'blue'),
      price: fc.integer({ min: -5, max: 100 }),
      specs: fc.array(fc.record({ size: fc.constantFrom('S', 'M') }), { maxLength: 2 }),
      tokens: fc.record({ title: fc.array(token, { maxLength: 3 }) }),
    },
    { requiredKeys: ['id', 'title'] },
  )
  .map(made => made as DocumentRow);

describe('filling an index by several threads', () => {
  it('gives what adding one document after the other gives', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 80 }),
        fc.integer({ min: 1, max: 30 }),
        fc.constantFrom(0, 100, 1000, 4000),
        fc.constantFrom(null, { field: 'price', order: 'descending' as const }),
        async (rows, batch, alone, sort) => {
          const several = await filled(rows, batch, { ...small, alone }, { sort });
          const one = added(rows, { sort });
          expect(seen(several)).toEqual(seen(one));
          await Promise.all([several.compact(), one.compact()]);
          expect(seen(several)).toEqual(seen(one));
          expect(several.words.attributeNames()).toEqual(one.words.attributeNames());
          if (new Set(rows.map(({ id }) => id)).size === rows.length) expect(written(several)).toEqual(written(one));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('does so in threads, and keeps the order of the documents', async () => {
    const rows = Array.from({ length: 3000 }, (_, i) => ({
      id: `d${(i * 7919) % 2500}`,
      title: `${words[i % words.length]} ${words[(i * 7) % words.length]} ${i % 97}`,
      price: i,
    }));
    const several = await filled(rows, 100, { threads: 2, alone: 20_000, segmentUnits: 40_000 });
    const one = added(rows);
    expect(seen(several)).toEqual(seen(one));
    await Promise.all([several.compact(), one.compact()]);
    const [made] = several.segments();
    const [expected] = one.segments();
    expect(Array.from({ length: made.documentCount }, (_, doc) => made.idOf(doc))).toEqual(
      Array.from({ length: expected.documentCount }, (_, doc) => expected.idOf(doc)),
    );
  });

  it('replaces what an index held before, and obeys its dictionary', async () => {
    const made = (): TokenIndex => {
      const index = createTokenIndex(options);
      index.chains.setDictionary(createDictionary([{ text: 'garden hose' }]).words);
      for (let i = 0; i < 20; i++) index.add({ id: `${i}`, title: `old garden hose ${i}` });
      index.flush();
      return index;
    };
    const rows = Array.from({ length: 30 }, (_, i) => ({ id: `${i + 10}`, title: `new garden hose ${i}` }));
    const several = made();
    const filler = several.filler(small);
    for (const each of rows) await filler.add([each]);
    await filler.done();
    const one = made();
    for (const each of rows) one.add(each);
    expect(seen(several)).toEqual(seen(one));
    expect(searchTokens(several, { text: 'old', k: 30 })).toHaveLength(10);
  });

  it('goes on by itself where a thread dies, and says so', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const dead = (): SegmentCrew => ({
      begin: async () => ({ add: () => undefined, take: () => Promise.reject(new Error('died')) }),
      close: () => undefined,
    });
    const rows = Array.from({ length: 200 }, (_, i) => ({ id: `${i % 150}`, title: `garden hose ${i}` }));
    const index = await filled(rows, 10, { ...small, crew: dead });
    expect(seen(index)).toEqual(seen(added(rows)));
    expect(warn).toHaveBeenCalledOnce();
    expect(String(warn.mock.calls[0][0])).toContain('died');
    warn.mockRestore();
  });

  it('refuses a language that there is none of, as adding does', async () => {
    const rows = [{ id: '1', title: 'hose', language: 'not a language' }];
    await expect(filled(rows, 1, small)).rejects.toMatchObject({ code: 'text/bad-language' });
  });

  it('starts no thread where there is one processor, nor for a few documents', async () => {
    const none = (): SegmentCrew => {
      throw new Error('a thread was started');
    };
    const rows = Array.from({ length: 100 }, (_, i) => ({ id: `${i}`, title: `garden hose ${i}` }));
    expect((await filled(rows, 10, { threads: 1, alone: 0, crew: none })).size).toBe(100);
    expect(seen(await filled(rows, 10, { threads: 2, crew: none }))).toEqual(seen(added(rows)));
    await expect(filled(rows, 10, { ...small, crew: none })).rejects.toThrow('a thread was started');
  });

  it('tells what went wrong in a segment to whoever fills', async () => {
    const list = {
      expect: () => false,
      takeIn: () => {
        throw new Error('no room');
      },
      made: { flushes: 1 },
    };
    const filler = createFiller(
      {
        list,
        fields: { weighted: [] },
        maker: () => ({ options, dictionary: [] }),
        add: () => undefined,
        note: () => undefined,
      } as never,
      small,
    );
    await filler.add([{ id: '1', title: 'garden hose' }]);
    await expect(filler.done()).rejects.toThrow('no room');
  });
});
