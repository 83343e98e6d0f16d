import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TandemError } from '../errors/tandem-error.js';
import type { OpenPairScorer } from '../ranking/learned/deep-ranker.js';
import { LiveVectors } from '../vector/live-vectors.js';
import { catchUp, catchUpTo } from './catch-up.js';
import { type Generation, generationOf, isReady, manifestWith, readGeneration, writeGeneration } from './generation.js';
import { loadRanker } from './index-ranker.js';
import { derivedFolders, type Manifest, readManifest, writeManifest } from './manifest.js';
import { loadOtherVectors } from './open-parts.js';
import { embeddedAtOnce } from './prepared-changes.js';
import { removeOldParts, type SavedParts, saveParts } from './save-revision.js';
import { inTurns } from './turns.js';
import { type OpenWritingModel, openFitting, type Written, writtenParts } from './written-parts.js';

export interface SwitchOptions {
  readonly openModel: OpenWritingModel;
  readonly openScorer?: OpenPairScorer;
  /** last commit that the tokens have seen, at the moment */
  readonly applied: () => number;
  /** Does the last step while nothing is written. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>;
  /** Searches and writes go to these from now on. */
  readonly take: (next: Written) => void;
}

/**
 * Makes another generation the one that is searched and written to. It is brought up to what was written, and saved with the tokens, while the present one
 * goes on; then, in a moment without a write, the last documents are embedded and the manifest is put in the place of the one before, by a rename. Ended at any
 * moment, either of them is active, and whole. The one before stays, and can be switched to in the same way.
 * Nothing may be saved meanwhile.
 * @throws TandemError 'generation/unknown' | 'generation/unfinished' | 'generation/busy' | 'index/model-mismatch' | 'model/*' | 'files/*'; then nothing has changed
 */
export async function switchGeneration(
  folder: string,
  number: number,
  present: Written,
  options: SwitchOptions,
): Promise<Manifest> {
  const { store } = present.parts;
  const release = await store.generations.claim(number);
  try {
    const generation = await readReady(folder, number);
    const before = await readManifest(folder);
    const model = await openFitting(folder, manifestWith(before, generation), options.openModel);
    try {
      return await switchTo(folder, generation, before, present, model, options);
    } catch (error) {
      await model.close();
      throw error;
    }
  } finally {
    await release();
  }
}

/** @throws TandemError 'generation/unknown' | 'generation/unfinished' */
export async function readReady(folder: string, number: number): Promise<Generation> {
  const generation = await readGeneration(folder, number);
  if (isReady(generation)) return generation;
  throw new TandemError('generation/unfinished', `${folder}: generation ${number} is not finished`, { number });
}

/** Documents that may be left to be embedded while nothing is written. */
const fewLeft = 2 * embeddedAtOnce;

async function switchTo(
  folder: string,
  generation: Generation,
  before: Manifest,
  present: Written,
  model: Written['model'],
  { openScorer, applied, alone, take }: SwitchOptions,
): Promise<Manifest> {
  const { number } = generation;
  const store = present.parts.store.ofGeneration(number);
  const loaded = await loadOtherVectors(folder, generation, store);
  const live = loaded && new LiveVectors(loaded);
  const embedder = generation.modelId === null ? undefined : model.embedder;
  const catching = { embedder, vectors: live, batch: embeddedAtOnce };
  const { tokens } = present.parts;
  await alone(() => inTurns(tokens.flushing()));
  await catchUpTo(fewLeft, store, catching);
  const revision = Math.max(before.revision, generation.vectors?.revision ?? 0) + 1;
  const sequence = Math.min(applied(), store.seen() ?? 0);
  const written = derivedFolders(revision, number);
  try {
    const saved = await saveParts(folder, revision, number, { tokens, vectors: live, sequence });
    const next = manifestOfNext(before, generation, saved);
    const ranker = await loadRanker(folder, next, openScorer);
    const parts = { manifest: next, store, tokens, ranker, sequence };
    await catchUpTo(fewLeft, store, catching);
    await alone(async () => {
      await catchUp(store, catching);
      await store.checkClaim();
      const left = await readManifest(folder);
      await writeGeneration(folder, generationOf(left));
      await store.generations.write(left.generation, [], { kept: left.store.sequence });
      await writeManifest(folder, next);
      take(writtenParts(parts, live, model));
    });
    await removeOldParts(folder, next);
    return next;
  } catch (error) {
    if ((await readManifest(folder)).generation !== number)
      for (const name of Object.values(written)) await rm(join(folder, name), { recursive: true, force: true });
    throw error;
  }
}

const manifestOfNext = (before: Manifest, generation: Generation, saved: SavedParts): Manifest => ({
  ...manifestWith(before, generation),
  previousGeneration: before.generation,
  ...saved,
});
