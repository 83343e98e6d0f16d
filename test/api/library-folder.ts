import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildIndex } from '../../src/api/index.js';
import { prepareData, trainTowers } from '../../src/api/training.js';
import { documents } from '../cli/small-shop.js';
import { narrow, smallDocuments, smallPairs } from '../small-model.js';

/** Documents that towers learn from. */
export const rows = smallDocuments(60);

/** A folder with what the verbs of the library make: an index `words` without a model, `data`, `model`, and `index` made with it. */
export interface LibraryFolder {
  readonly path: string;
  at(name: string): string;
  remove(): Promise<void>;
}

export async function makeLibraryFolder(): Promise<LibraryFolder> {
  const path = await mkdtemp(join(tmpdir(), 'tandem-library-'));
  const at = (name: string): string => join(path, name);
  await buildIndex({ documents, out: at('words') });
  await prepareData({
    documents: rows,
    pairs: smallPairs(rows),
    out: at('data'),
    shares: { train: 0.6, validation: 0.2, test: 0.2 },
  });
  await trainTowers({ data: at('data'), out: at('model'), config: narrow });
  await buildIndex({ documents: at('data/documents.jsonl'), model: at('model'), out: at('index') });
  return { path, at, remove: () => rm(path, { recursive: true, force: true }) };
}

/** What a promise fails with. */
export const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );
