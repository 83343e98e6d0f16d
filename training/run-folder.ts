import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asWriteError } from '../src/files/atomic.js';
import { isThere } from '../src/files/is-there.js';

/** What an unfinished run keeps beside the artefact that it will write. */
export interface RunFolder {
  readonly path: string;
  /** a fresh run has taken away the checkpoint of an interrupted one */
  readonly leftBehind: boolean;
  readonly checkpoint: string;
  readonly log: string;
  /** where the teacher's embeddings are kept */
  readonly teacher: string;
  /** Where the mined negatives of a stage are kept. */
  mined(stage: number): string;
  /** Takes the folder away, once the artefact stands. */
  remove(): Promise<void>;
}

/** Where a run begins. */
export interface TrainingStart {
  /** steps taken before; 0 = it begins anew */
  readonly resumedAt: number;
  /** a fresh run has taken away the checkpoint of an interrupted one */
  readonly leftBehind: boolean;
}

/**
 * Makes the folder of a run, `OUT.training`. A fresh run takes away what an earlier one has left, so that nothing can be resumed that
 * is not its own; a resumed run takes away files that a kill has left half-written.
 * @throws TandemError 'files/disk-full' | 'files/write-failed'
 */
export async function openRunFolder(out: string, resume: boolean): Promise<RunFolder> {
  const path = `${out}.training`;
  const checkpoint = join(path, 'checkpoint.safetensors');
  let leftBehind = false;
  try {
    leftBehind = !resume && (await isThere(checkpoint));
    if (!resume) await rm(path, { recursive: true, force: true });
    await mkdir(path, { recursive: true });
    const left = (await readdir(path)).filter(name => name.endsWith('.tmp'));
    for (const name of left) await rm(join(path, name), { force: true });
  } catch (error) {
    throw asWriteError(path, error);
  }
  return {
    path,
    leftBehind,
    checkpoint,
    log: join(path, 'log.jsonl'),
    teacher: join(path, 'teacher.safetensors'),
    mined: stage => join(path, `mined.${stage}.safetensors`),
    remove: () => rm(path, { recursive: true, force: true }),
  };
}
