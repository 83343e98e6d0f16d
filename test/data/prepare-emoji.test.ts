import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { prepareEmoji, slicesFile } from '../../data/prepare-emoji.js';
import { readPrepared } from '../../data/prepared.js';
import { temporaryFolder } from './temporary-folder.js';

describe('prepareEmoji', () => {
  it('writes a folder that is read like any other, with the slices of its held-out queries', async () => {
    const out = join(await temporaryFolder(), 'demo');
    const shares = { train: 0.8, validation: 0.1, test: 0.1 };
    const { manifest } = await prepareEmoji({ out, locales: ['de'], fast: true, shares, seed: 1 });
    const data = await readPrepared(out);
    expect(data.manifest).toEqual(manifest);
    expect(data.documents.length).toBe(manifest.counts.documents);
    expect(
      data.pairs.every(({ country, language, weight }) => country === 'DE' && language === 'de' && weight === 1),
    ).toBe(true);
    const slices = JSON.parse(await readFile(join(out, slicesFile), 'utf8'));
    for (const { id } of data.test?.queries ?? []) expect(slices[id]).toMatchObject({ locale: 'de', group: 'Latin' });
    expect(data.test?.queries.length).toBeGreaterThan(20);
  });
});
