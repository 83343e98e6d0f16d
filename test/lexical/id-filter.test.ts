import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdFilter } from '../../src/lexical/id-filter.js';
import { createTokenIndex, loadTokenIndex } from '../../src/lexical/token-index.js';
import { searchTokens } from './ask.js';

describe('the filter of ids', () => {
  it('never denies an id that was added, however many were', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 6 }), { maxLength: 3_000 }), ids => {
        const filter = new IdFilter();
        for (const id of ids) filter.add(id);
        expect(ids.filter(id => !filter.mayHold(id))).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('denies nearly all others', () => {
    const filter = new IdFilter();
    for (let i = 0; i < 100_000; i++) filter.add(`document-${i}`);
    let wrong = 0;
    for (let i = 0; i < 100_000; i++) if (filter.mayHold(`other-${i}`)) wrong++;
    // by chance 100,000 * 100,000 / 2^32 = 2.3 of them
    expect(wrong).toBeLessThan(15);
  });
});

describe('an index that was opened and goes on being written to', () => {
  it('replaces documents of segments that were there, of those made since, and of merges of both', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tandem-ids-'));
    try {
      const options = { bm25: { k1: 1, b: 0.5 }, fieldWeights: { title: 1 }, language: 'en' };
      const first = createTokenIndex(options);
      for (let i = 0; i < 200; i++) first.add({ id: `d${i}`, title: `lamp old${i}` });
      await first.save(join(folder, 'index'));
      const index = await loadTokenIndex(join(folder, 'index'), {
        occurrences: 100,
        documents: 40,
        inlineBelow: 2 ** 20,
      });
      const round = (name: string) => {
        for (let i = 0; i < 250; i += 3) index.add({ id: `d${i}`, title: `lamp ${name}${i}` });
      };
      round('second');
      await index.compact();
      round('third');
      index.remove('d1');
      const ids = searchTokens(index, { text: 'lamp', k: 1_000 }).map(({ id }) => id);
      const wanted = Array.from({ length: 250 }, (_, i) => i).filter(i => (i < 200 || i % 3 === 0) && i !== 1);
      expect(ids.sort()).toEqual(wanted.map(i => `d${i}`).sort());
      expect(index.size).toBe(wanted.length);
      for (const gone of ['second0', 'old0', 'old3', 'old1'])
        expect(searchTokens(index, { text: gone, k: 9 })).toEqual([]);
      expect(searchTokens(index, { text: 'third249', k: 9 }).map(({ id }) => id)).toEqual(['d249']);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
