import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ModelState } from '../models/model-state.js';
import { type NamedArray, readSafetensors, type Safetensors, writeSafetensors } from '../models/safetensors.js';
import { TandemError } from '../src/errors/tandem-error.js';
import { writeFileAtomically } from '../src/files/atomic.js';
import { type Basis, differences } from './basis.js';
import type { OptimiserState } from './optimiser.js';

/** Where a run stands. Examples, dropout and order are functions of the seed and these numbers, so no random state is kept. */
export const positionSchema = z.strictObject({
  /** what the run learns from; see Basis. A key that is absent was undefined */
  basis: z.record(z.string(), z.unknown()),
  stage: z.int().min(0),
  /** next step of the stage; a stage that is over, early or not, stands as the first step of the next one */
  step: z.int().min(0),
  /** steps taken before this stage */
  stepsBefore: z.int().min(0),
  optimiserStep: z.int().min(0),
  /** steps that the average of the weights has followed */
  followed: z.int().min(0).default(0),
  /** best validation ROC AUC and nDCG@10 of this stage, and evaluations since one of them got better */
  best: z.strictObject({ auc: z.number(), ndcg: z.number() }),
  sinceBest: z.int().min(0),
  /** bytes of the training log that belong to the steps taken */
  logBytes: z.int().min(0),
});

export type Position = z.infer<typeof positionSchema>;

/** Before the first evaluation of a stage. */
export const noBest: Position['best'] = { auc: 0, ndcg: 0 };

/** Where a run stands before its first step. */
export const firstPosition = (basis: Basis): Position => ({
  basis,
  stage: 0,
  step: 0,
  stepsBefore: 0,
  optimiserStep: 0,
  followed: 0,
  best: noBest,
  sinceBest: 0,
  logBytes: 0,
});

/** Every array that training changes, by a name that says what it is. */
function trainedArrays(model: ModelState, optimiser: OptimiserState): Record<string, NamedArray> {
  const arrays: Record<string, NamedArray> = {};
  const add = (kind: string, name: string, shape: readonly number[], values: NamedArray['values']): void => {
    arrays[`${kind}:${name}`] = { shape, values };
  };
  for (const [name, { shape, values }] of Object.entries(model.dense)) {
    add('dense', name, shape, values);
    add('dense.first', name, shape, optimiser.dense[name].first);
    add('dense.second', name, shape, optimiser.dense[name].second);
  }
  for (const [name, { rows, width, values }] of Object.entries(model.tables)) {
    const moments = optimiser.tables[name as keyof typeof model.tables]!;
    add('table', name, [rows, width], values);
    add('table.first', name, [rows, width], moments.first);
    add('table.second', name, [rows, width], moments.second);
  }
  for (const [name, values] of Object.entries(optimiser.average?.dense ?? {})) {
    add('dense.average', name, [values.length], values);
  }
  for (const [name, { values, seen }] of Object.entries(optimiser.average?.tables ?? {})) {
    add('table.average', name, [values.length], values);
    add('table.seen', name, [seen.length], seen);
  }
  return arrays;
}

/** Writes the state of a run, whole or not at all: a kill at any moment leaves the checkpoint before it. */
export async function writeCheckpoint(
  path: string,
  model: ModelState,
  optimiser: OptimiserState,
  position: Position,
): Promise<void> {
  const metadata = { position: JSON.stringify(position) };
  await writeFileAtomically(path, handle => writeSafetensors(handle, trainedArrays(model, optimiser), metadata));
}

/**
 * Reads a checkpoint into the model and the optimiser, in place.
 * @param basis  of the run that goes on; undefined = the caller knows that it goes on with this checkpoint
 * @returns where the run stands, or undefined when there is no checkpoint
 * @throws TandemError 'training/checkpoint-mismatch' when it learnt from something else, naming what differs,
 *   'training/checkpoint-damaged' when it is cut short or altered; model and optimiser are as they were then
 */
export async function readCheckpoint(
  path: string,
  model: ModelState,
  optimiser: OptimiserState,
  basis: Basis | undefined,
): Promise<Position | undefined> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw damaged(path, error.message, error);
  });
  if (bytes === undefined) return undefined;
  const { arrays, position } = parseCheckpoint(bytes, path);
  if (basis !== undefined) checkBasis(path, position.basis, basis);
  const trained = Object.entries(trainedArrays(model, optimiser));
  for (const [name, { values }] of trained) {
    if (arrays[name]?.values.length !== values.length) throw damaged(path, `${name} is missing or of another size`);
  }
  for (const [name, { values }] of trained) values.set(arrays[name].values);
  optimiser.step = position.optimiserStep;
  optimiser.followed = position.followed;
  return position;
}

/** Differences that a message names; the details of the error have all. */
const mostNamed = 8;

function checkBasis(path: string, before: Basis, now: Basis): void {
  // as JSON has it: what is undefined is absent
  const differing = differences(before, JSON.parse(JSON.stringify(now)) as Basis);
  if (differing.length === 0) return;
  const named = differing.slice(0, mostNamed).map(name => `${name} (${shown(before[name])}, now ${shown(now[name])})`);
  const more = differing.length > mostNamed ? ` and ${differing.length - mostNamed} more` : '';
  throw new TandemError('training/checkpoint-mismatch', `${path}: was made with other ${named.join(', ')}${more}`, {
    path,
    differing,
  });
}

/** A value short enough for a message. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'none';
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

const damaged = (path: string, why: string, cause?: unknown): TandemError =>
  new TandemError('training/checkpoint-damaged', `${path}: ${why}`, { path }, { cause });

function parseCheckpoint(bytes: Buffer, path: string): { arrays: Safetensors['arrays']; position: Position } {
  try {
    const { arrays, metadata } = readSafetensors(bytes, path);
    return { arrays, position: positionSchema.parse(JSON.parse(metadata.position ?? '{}')) };
  } catch (error) {
    const why = error instanceof TandemError ? 'is cut short or altered' : 'says nothing about where the run stood';
    throw damaged(path, why, error);
  }
}
