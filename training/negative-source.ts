import { readFile } from 'node:fs/promises';
import type { Example } from '../data/examples.js';
import type { ModelState } from '../models/model-state.js';
import { readSafetensors, writeSafetensors } from '../models/safetensors.js';
import type { StageConfig } from '../src/config/training.js';
import { writeFileAtomically } from '../src/files/atomic.js';
import type { Corpus } from './corpus.js';
import { embedTowerFeatures, nearestDocuments } from './exact-search.js';
import { drawNegatives, type MinedNegatives, minedCount, mineNegatives } from './mining.js';

/** (examples, seed of the step) -> the negatives beside them, document numbers. */
export type NegativeSource = (examples: readonly Example[], seed: number) => number[];

/**
 * Makes the source of mined negatives of a stage. The lists are mined with the model as it is when the stage begins and kept in a file, so
 * that a run that is resumed in its middle goes on with the same.
 * @param path  where the lists of this stage are kept
 * @throws TandemError 'training/diverged' | 'files/*'
 */
export async function negativeSource(
  path: string,
  stage: StageConfig,
  model: ModelState,
  corpus: Corpus,
): Promise<NegativeSource> {
  const count = minedCount(stage, corpus.config.training.batchSize);
  if (count === 0 || corpus.positives.size === 0) return () => [];
  const mined = (await readMined(path)) ?? (await mine(path, stage, model, corpus));
  const numberOf = new Map([...corpus.positives.keys()].map((key, q) => [key, q]));
  return (examples, seed) => drawNegatives(mined, numberOf, examples, count, corpus.documents.length, seed);
}

async function mine(path: string, stage: StageConfig, model: ModelState, corpus: Corpus): Promise<MinedNegatives> {
  const { threads } = corpus.config.training;
  const queries = [...corpus.positives.keys()].map(key => {
    const tab = key.lastIndexOf('\t');
    return corpus.queryFeatures({ text: key.slice(0, tab), country: key.slice(tab + 1) || undefined });
  });
  const q = await embedTowerFeatures(model, 'query', queries, threads);
  const d = await embedTowerFeatures(model, 'document', corpus.documents, threads);
  const found = await nearestDocuments(q, d, corpus.config.towers.embeddingWidth, stage.mined.to, threads);
  const ranked = found.map(list => list.map(({ document }) => document));
  const mined = mineNegatives(ranked, [...corpus.positives.values()], stage.mined);
  const { documents, width } = mined;
  const shape = [documents.length / width, width];
  await writeFileAtomically(path, handle => writeSafetensors(handle, { mined: { shape, values: documents } }, {}));
  return mined;
}

async function readMined(path: string): Promise<MinedNegatives | undefined> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (bytes === undefined) return undefined;
  const { mined } = readSafetensors(bytes, path).arrays;
  return { documents: mined.values as Int32Array, width: mined.shape[1] };
}
