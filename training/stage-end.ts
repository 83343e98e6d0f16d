import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ModelState } from '../models/model-state.js';
import { TandemError } from '../src/errors/tandem-error.js';
import { asWriteError, writeFolderAtomically } from '../src/files/atomic.js';
import type { Basis } from './basis.js';
import { type Position, readCheckpoint } from './checkpoint.js';
import type { OptimiserState } from './optimiser.js';
import type { RunFolder } from './run-folder.js';

/** Where the state of a run lies whose last step was the last one of a stage. */
export interface StageEnd {
  readonly checkpoint: string;
  readonly log: string;
}

/** Names of the files in a folder of their own. */
export const stageEndIn = (folder: string): StageEnd => ({
  checkpoint: join(folder, 'checkpoint.safetensors'),
  log: join(folder, 'log.jsonl'),
});

/** Keeps a copy in a folder, whole or not at all. @throws TandemError 'files/*' */
export async function keepStageEnd(folder: string, { checkpoint, log }: StageEnd): Promise<void> {
  await mkdir(dirname(folder), { recursive: true }).catch((error: unknown) => {
    throw asWriteError(folder, error);
  });
  await writeFolderAtomically(folder, async temporary => {
    const copy = stageEndIn(temporary);
    await copyFile(checkpoint, copy.checkpoint);
    await copyFile(log, copy.log);
  });
}

/**
 * Begins a run where another one stood: the checkpoint is read into model and optimiser, and the log copied into the folder of the run.
 * @returns where the run stands; undefined when there is nothing to begin from, or it was damaged
 * @throws TandemError 'files/*'
 */
export async function takeStages(
  { checkpoint, log }: StageEnd,
  folder: Pick<RunFolder, 'log'>,
  model: ModelState,
  optimiser: OptimiserState,
  basis: Basis,
): Promise<Position | undefined> {
  try {
    const position = await readCheckpoint(checkpoint, model, optimiser, undefined);
    if (position === undefined) return undefined;
    await copyFile(log, folder.log);
    return { ...position, basis };
  } catch (error) {
    if (error instanceof TandemError && error.code === 'training/checkpoint-damaged') return undefined;
    throw asWriteError(folder.log, error);
  }
}
