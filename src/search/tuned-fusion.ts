import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { TandemError } from '../errors/tandem-error.js';
import { writeWhole } from '../files/atomic.js';
import { openSealedJson, sealedJson } from '../files/sealed-json.js';
import { claimIndex } from './claim-index.js';
import { type Manifest, manifestSchema, parts, readManifest, writeManifest } from './manifest.js';

/** Queries that a fusion is tuned on: judged by people, or known items of the index itself. */
export const tuningQueries = ['judged', 'known-item'] as const;

const weight = z.number().min(0).max(1);
const curveSchema = z.strictObject({
  weight,
  score: z.number(),
  curve: z.array(z.strictObject({ weight, score: z.number() })).min(1),
  /** absent in what was written before it was kept */
  lead: z.strictObject({ mean: z.number(), low: z.number(), high: z.number() }).optional(),
  on: z.enum(tuningQueries).default('judged'),
});

/** A curve, and what queries it was drawn from. */
export type TunedFusion = z.infer<typeof curveSchema>;

/**
 * Stores how the fusion was tuned: the curve in fusion.json, and its weight in the manifest, for searches opened from now on.
 * @throws TandemError 'index/locked' where another process writes to the index, 'index/not-found' | 'index/damaged' | 'files/*'
 */
export async function storeFusionWeight(folder: string, fusion: z.input<typeof curveSchema>): Promise<Manifest> {
  await readManifest(folder);
  const release = await claimIndex(folder);
  return storeClaimed(folder, fusion).finally(release);
}

async function storeClaimed(folder: string, fusion: z.input<typeof curveSchema>): Promise<Manifest> {
  const manifest = await readManifest(folder);
  const { weight: fusionWeight } = curveSchema.parse(fusion);
  const changed = manifestSchema.parse({ ...manifest, tuned: true, indexing: { ...manifest.indexing, fusionWeight } });
  await writeWhole(join(folder, parts.fusion), sealedJson(curveSchema.parse(fusion)));
  await writeManifest(folder, changed);
  return changed;
}

/**
 * The curve that the weight of an index was tuned on; undefined where it was not tuned, or was set to another weight since.
 * @throws TandemError 'index/damaged'
 */
export async function readFusionCurve(folder: string): Promise<TunedFusion | undefined> {
  const path = join(folder, parts.fusion);
  const { indexing, tuned } = await readManifest(folder);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    if (tuned) throw new TandemError('index/damaged', `${path}: missing`, { file: path });
    return undefined;
  });
  if (text === undefined) return undefined;
  const fusion = parseCurve(path, text);
  return fusion.weight === indexing.fusionWeight ? fusion : undefined;
}

function parseCurve(path: string, text: string): TunedFusion {
  try {
    return curveSchema.parse(openSealedJson(text));
  } catch (error) {
    throw new TandemError(
      'index/damaged',
      `${path}: not the curve of the fusion that was written`,
      { file: path },
      { cause: error },
    );
  }
}
