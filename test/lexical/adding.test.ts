import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTokenIndex, loadTokenIndex, type TokenIndex } from '../../src/lexical/token-index.js';
import { unitsOfTurn } from '../../src/search/turns.js';
import { longestText } from '../../src/text/analyzer.js';
import { searchTokens } from './ask.js';

const options = { bm25: { k1: 0.9, b: 0.4 }, fieldWeights: { title: 2, description: 1 }, language: 'en' };
const made = (): TokenIndex => createTokenIndex(options);
const rows = Array.from({ length: 50 }, (_, i) => ({
  id: `d${i}`,
  title: `hose ${i}`,
  description: `number ${i % 7}`,
}));

/** More distinct words than any turn takes, in scripts with and without spaces. */
const texts: Readonly<Record<string, string>> = {
  'distinct words': Array.from({ length: 40_000 }, (_, i) => `w${((i * 7919) % 65_521).toString(36)}`).join(' '),
  'one word many times': 'hose '.repeat(50_000),
  'Han characters': Array.from({ length: longestText }, (_, i) =>
    String.fromCodePoint(0x4e00 + ((i * 7919) % 20_000)),
  ).join(''),
  hyphens: 'a-'.repeat(longestText / 2),
};
const giant = (text: string) => ({ id: 'd7', title: 'giant hose', description: text, more: text });

const idsOf = (index: TokenIndex, text: string): string[] =>
  searchTokens(index, { text, k: 100 })
    .map(({ id }) => id)
    .sort();

describe('taking in a document as work that tells its units', () => {
  it.each(Object.entries(texts))('goes on in small steps: %s', (_name, text) => {
    const index = made();
    for (const row of rows) index.add(row);
    let steps = 0;
    for (const units of index.adding(giant(text))) {
      steps++;
      // with what a step may add to a turn that is nearly over
      expect(units).toBeLessThanOrEqual(4 * unitsOfTurn);
    }
    expect(steps).toBeGreaterThan(text.length / 2 ** 15);
  });

  it('finds the document as it was until it is there as it is, and loses nothing by a save meanwhile', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tandem-adding-'));
    const whole = made();
    for (const row of [...rows, giant(texts['distinct words'])]) whole.add(row);
    for (const savedAt of [0, 3, 12, 25, 40, 60, 90]) {
      const index = made();
      for (const row of rows) index.add(row);
      let step = 0;
      let saved: Promise<void> | undefined;
      for (const _ of index.adding(giant(texts['distinct words']))) {
        if (step === savedAt) saved = index.save(join(folder, `${savedAt}`));
        if (idsOf(index, 'giant').length === 0) expect(idsOf(index, 'number 0')).toContain('d7');
        step++;
      }
      expect(idsOf(index, 'giant')).toEqual(['d7']);
      expect(index.size).toBe(50);
      expect(idsOf(index, 'number hose')).toEqual(idsOf(whole, 'number hose'));
      expect(searchTokens(index, { text: 'hose giant', k: 5 })).toEqual(
        searchTokens(whole, { text: 'hose giant', k: 5 }),
      );
      await saved;
      await index.save(join(folder, 'after'));
      const loaded = await loadTokenIndex(join(folder, 'after'));
      expect(idsOf(loaded, 'giant')).toEqual(['d7']);
      expect(loaded.size).toBe(50);
      await rm(join(folder, 'after'), { recursive: true });
    }
    await rm(folder, { recursive: true });
  });
});
