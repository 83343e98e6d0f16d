import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildIndex } from '../../src/search/build-index.js';
import { followIndex } from '../../src/search/follow-index.js';
import { openIndex } from '../../src/search/open-index.js';
import { restoreSnapshot, takeSnapshot } from '../../src/search/snapshot.js';
import { openWritableIndex } from '../../src/search/writable-index.js';
import { indexing } from './fixture.js';

let folder: string;
let index: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-synonyms-'));
  index = join(folder, 'index');
  const documents = [
    { id: 'sofa', title: 'grey sofa' },
    { id: 'lamp', title: 'desk lamp' },
  ];
  await buildIndex({ documents, indexing: indexing({ synonyms: ['couch, sofa'] }), out: index });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('synonyms that are set stand in place of those of the making, for readers, later openings and snapshots', async () => {
  const writer = await openWritableIndex(index, { saveEveryMs: 1e9 });
  const companions = { close: async () => undefined };
  const reader = await followIndex(index, { openCompanions: async () => companions, everyMs: 0 });
  const found = async (of: Pick<typeof reader, 'search'>, text: string): Promise<string[]> =>
    (await of.search({ text })).hits.map(({ id }) => id);
  expect([await reader.synonyms(), await found(reader, 'couch')]).toEqual([['couch, sofa'], ['sofa']]);

  const receipt = await writer.setSynonyms(['lantern, lamp']);
  expect(await found(writer, 'lantern')).toEqual(['lamp']);
  await reader.caughtUp(Number(receipt));
  expect([await found(reader, 'lantern'), await found(reader, 'couch')]).toEqual([['lamp'], []]);
  await reader.close();
  await writer.close();

  const copy = join(folder, 'restored');
  await takeSnapshot(index, join(folder, 'snapshot'));
  await restoreSnapshot(join(folder, 'snapshot'), copy);
  for (const place of [index, copy]) {
    const again = await openIndex(place);
    expect([await again.synonyms(), await found(again, 'lantern')]).toEqual([['lantern, lamp'], ['lamp']]);
    await again.close();
  }
});
