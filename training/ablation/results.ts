import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { PreparedData } from '../../data/prepared.js';
import type { Config } from '../../src/config/schema.js';
import { asWriteError, writeWhole } from '../../src/files/atomic.js';
import { openSealedJson, sealedJson } from '../../src/files/sealed-json.js';

/** The queries that an ablation may be measured by. */
export const splits = ['validation', 'test'] as const;
export type Split = (typeof splits)[number];

const queryResultSchema = z.strictObject({
  id: z.string(),
  figures: z.record(z.string(), z.number()),
  /** documents that it finds with their scores, best first: figures can be made anew from them */
  hits: z.array(z.tuple([z.string(), z.number()])),
});

const measuredSchema = z.strictObject({
  'ROC AUC': z.number(),
  /** least gain that the figures take for relevant */
  relevanceLevel: z.int(),
  queries: z.array(queryResultSchema),
});

const trainedSchema = z.strictObject({
  /** of the configuration, the seed, the data and the program: see fingerprintOf */
  fingerprint: z.string(),
  steps: z.int(),
  /** time of these steps */
  seconds: z.number(),
  droppedChannels: z.array(z.string()),
});

const resultSchema = trainedSchema.extend({
  format: z.literal('tandem-ablation-run'),
  version: z.literal(1),
  variant: z.string(),
  seed: z.int(),
  splits: z.strictObject({ validation: measuredSchema.optional(), test: measuredSchema.optional() }),
});

/** What is known of a model when it has been trained. */
export type Trained = z.infer<typeof trainedSchema>;
/** What one model finds for the queries of a split. */
export type Measured = z.infer<typeof measuredSchema>;
/** One variant with one seed: trained and measured. */
export type RunResult = z.infer<typeof resultSchema>;

/** Where the files of one run lie. */
export interface RunFiles {
  readonly result: string;
  readonly model: string;
  /** in the folder of a model that is trained: Trained */
  readonly trained: string;
}

/** The name of a row as part of a file name; rows whose names give the same are told to be of one name. */
export const fileName = (name: string): string => name.normalize('NFC').replace(/[^\p{L}\p{N}._+-]+/gu, '-');

export function runFiles(out: string, variant: string, seed: number): RunFiles {
  const path = join(out, 'runs', `${fileName(variant)}.${seed}`);
  const model = `${path}.model`;
  return { result: `${path}.json`, model, trained: join(model, 'trained.json') };
}

/** Where stages that several runs have in common are kept while there are runs to train; of all, or of one such beginning. */
export const stagesFolder = (out: string, id = ''): string => join(out, 'runs', '.stages', id);

/** @throws TandemError 'files/disk-full' | 'files/write-failed' */
export async function makeRunsFolder(out: string): Promise<void> {
  await mkdir(join(out, 'runs'), { recursive: true }).catch((error: unknown) => {
    throw asWriteError(out, error);
  });
}

/**
 * Tells runs apart whose models differ: sha256 of the configuration, less what changes no model, and of the data.
 * @param about  what else a model depends on: the imported encoder, the program
 */
export function fingerprintOf(config: Config, data: PreparedData, about: readonly (string | undefined)[]): string {
  const { indexing: _indexing, training, ...rest } = config;
  const { checkpointSeconds: _seconds, ...learning } = training;
  const files = Object.entries(data.manifest.files).map(([name, { sha256 }]) => [name, sha256]);
  return createHash('sha256')
    .update(JSON.stringify([rest, learning, files, about]))
    .digest('hex');
}

/** @returns undefined where there is none, or none of this fingerprint, or it was altered: then it is made anew */
export const readResult = (path: string, fingerprint: string): Promise<RunResult | undefined> =>
  readSealed(path, resultSchema, fingerprint);

/** Of a model that was trained and not measured yet; see readResult. */
export const readTrained = (path: string, fingerprint: string): Promise<Trained | undefined> =>
  readSealed(path, trainedSchema, fingerprint);

/** Writes a result whole or not at all. @throws TandemError 'files/*' */
export const writeResult = (path: string, result: RunResult): Promise<void> => writeWhole(path, sealedJson(result));

/** See writeResult. */
export const writeTrained = (path: string, trained: Trained): Promise<void> => writeWhole(path, sealedJson(trained));

async function readSealed<T extends Trained>(
  path: string,
  schema: z.ZodType<T>,
  fingerprint: string,
): Promise<T | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const found = schema.parse(openSealedJson(text));
    return found.fingerprint === fingerprint ? found : undefined;
  } catch {
    return undefined;
  }
}
