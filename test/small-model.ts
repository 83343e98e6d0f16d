import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { prepare } from '../data/prepare.js';
import { readPrepared } from '../data/prepared.js';
import type { DocumentRow, PairRow } from '../src/config/rows.js';
import { type Config, configSchema } from '../src/config/schema.js';
import { type Random, seededRandom } from '../src/math/random.js';
import { train } from '../training/trainer.js';

const colours = ['red', 'green', 'blue', 'white', 'black', 'yellow'];
const nouns = [
  'hammer',
  'drill',
  'saw',
  'ladder',
  'lamp',
  'shelf',
  'paint',
  'brush',
  'screw',
  'nail',
  'hinge',
  'valve',
];
const countries = ['de', 'fr', 'us'];

/** n documents of a hardware shop; ids d0, d1, ... */
export function smallDocuments(n: number, random: Random = seededRandom(1)): DocumentRow[] {
  const draw = (words: readonly string[]): string => words[random.below(words.length)];
  return Array.from({ length: n }, (_, i) => ({
    id: `d${i}`,
    title: `${draw(colours)} ${draw(nouns)} ${draw(nouns)}`,
    description: `for ${draw(nouns)} and ${draw(nouns)}`,
    country: draw(countries),
  }));
}

/** A query of two words of each document's title, from its country. */
export const smallPairs = (documents: readonly DocumentRow[]): PairRow[] =>
  documents.map(({ id, title, country }) => ({
    query: title.split(' ').slice(0, 2).join(' '),
    country,
    documentId: id,
  }));

export const jsonLines = (rows: readonly object[]): string => rows.map(row => `${JSON.stringify(row)}\n`).join('');

/** Towers so narrow that they are trained in a second: D = 16. */
export const narrow = {
  towers: { embeddingWidth: 16, tableWidth: 8, trigramBuckets: 512, wordBuckets: 256 },
  training: {
    batchSize: 32,
    warmupSteps: 2,
    learningRate: 0.01,
    threads: 1,
    stages: [{ name: 'short', epochs: 4, pseudoShare: 0.5 }],
  },
};

export interface SmallModel {
  /** folder of the model artefact */
  readonly model: string;
  /** folder of the prepared data */
  readonly data: string;
  readonly documents: readonly DocumentRow[];
}

/**
 * Trains a tiny model in a folder, through preparation and the trainer; call it once for a test file, in beforeAll.
 * @param changes  keys of `towers` in place of the narrow ones
 */
export async function trainSmallModel(folder: string, changes: Partial<Config['towers']> = {}): Promise<SmallModel> {
  const documents = smallDocuments(120);
  await mkdir(folder, { recursive: true });
  const files = { documents: join(folder, 'documents.jsonl'), pairs: join(folder, 'pairs.jsonl') };
  await writeFile(files.documents, jsonLines(documents));
  await writeFile(files.pairs, jsonLines(smallPairs(documents)));
  const [data, model] = [join(folder, 'data'), join(folder, 'model')];
  await prepare({ ...files, out: data, shares: { train: 0.8, validation: 0.1, test: 0.1 }, seed: 3 });
  const config = configSchema.parse({ ...narrow, towers: { ...narrow.towers, ...changes } });
  await train({ data: await readPrepared(data), config, out: model, tandem: '0' });
  return { model, data, documents };
}
