import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { TandemError } from '../errors/tandem-error.js';
import { writeWhole } from '../files/atomic.js';
import { openSealedJson, sealedJson } from '../files/sealed-json.js';
import { claimIndex } from './claim-index.js';
import { towerKinds } from './fusion-prior.js';
import { readManifestOf, writeManifestOf } from './generation.js';
import {
  fusionClassesSchema,
  generationFolder,
  type Manifest,
  manifestSchema,
  partNames,
  readManifest,
} from './manifest.js';

/** Queries that a fusion is tuned on: given as judged, those that the model was validated on, or known items of the index itself. */
export const tuningQueries = ['judged', 'validation', 'known-item'] as const;
/**
 * plain, half-condensed: nDCG@10 decided, or its mean with that of the condensed lists; usual: no query is judged, or too few are, and the weight that
 * is usual for such towers was taken
 */
export const tuningRules = ['plain', 'half-condensed', 'usual'] as const;

const weight = z.number().min(0).max(1);
const points = z.array(z.strictObject({ weight, score: z.number(), condensed: z.number().optional() })).min(1);

const tunedSchema = z.strictObject({
  weight,
  /** of the hybrid at that weight */
  score: z.number(),
  /** every weight tried, ascending */
  curve: points,
  on: z.enum(tuningQueries),
  rule: z.enum(tuningRules),
  kind: z.enum(towerKinds),
  /** weight that is usual for towers of this kind */
  usual: weight,
  queries: z.int().min(1),
  /** queries that were judged and were too few to tell */
  few: z.int().min(1).optional(),
  /** the figure of each side alone, and how much of its first ten is judged */
  tokens: z.number(),
  vectors: z.number(),
  judged: z.strictObject({ tokens: z.number(), vectors: z.number() }),
  /** weight of the highest mean, and the range of those within one standard error of it; where queries decided */
  best: weight.optional(),
  asGood: z.strictObject({ low: weight, high: weight }).optional(),
  /** what a weight for each of two classes of queries gains over one for all, on queries that had no say; the classes where that is told from chance */
  classes: z
    .strictObject({ mean: z.number(), error: z.number().min(0), chosen: fusionClassesSchema.optional() })
    .optional(),
});

/** What earlier versions wrote. */
const olderSchema = z.strictObject({
  weight,
  score: z.number(),
  curve: points,
  lead: z.strictObject({ mean: z.number(), low: z.number(), high: z.number() }).optional(),
  on: z.enum(tuningQueries).default('judged'),
});
const curveSchema = z.union([tunedSchema, olderSchema]);

/** How the weight of the vector side was found, and the curve that it was found on. */
export type TunedFusion = z.infer<typeof tunedSchema>;
/** The same as it stands in an index, which an earlier version may have tuned. */
export type StoredFusion = z.infer<typeof curveSchema>;

/**
 * Stores how the fusion was tuned: the curve in fusion.json, and its weight in the manifest, for searches opened from now on.
 * @param generation  whose weight it is; the active one when absent
 * @throws TandemError 'index/not-found' | 'index/damaged' | 'files/*'
 */
export async function storeFusionWeight(folder: string, fusion: TunedFusion, generation?: number): Promise<Manifest> {
  const manifest = await readManifestOf(folder, generation);
  const { weight: fusionWeight, classes } = tunedSchema.parse(fusion);
  const changed = manifestSchema.parse({
    ...manifest,
    tuned: true,
    fusionClasses: classes?.chosen,
    indexing: { ...manifest.indexing, fusionWeight },
  });
  await writeWhole(curvePath(folder, manifest), sealedJson(tunedSchema.parse(fusion)));
  await writeManifestOf(folder, changed);
  return changed;
}

/**
 * Sets the weight alone, for searches opened from now on; an older curve stays and is passed over.
 * @param generation  whose weight it is; the active one when absent
 * @throws TandemError 'index/not-found' | 'index/damaged' | 'files/*'
 */
export async function setFusionWeight(folder: string, fusionWeight: number, generation?: number): Promise<Manifest> {
  const manifest = await readManifestOf(folder, generation);
  const { fusionClasses: _, ...rest } = manifest;
  const changed = manifestSchema.parse({ ...rest, indexing: { ...manifest.indexing, fusionWeight } });
  await writeManifestOf(folder, changed);
  return changed;
}

export const curvePath = (folder: string, { generation }: Pick<Manifest, 'generation'>): string =>
  join(generationFolder(folder, generation), partNames.fusion);

/**
 * Holds the claim on writing to an index, as everybody must who changes it, while something is done.
 * @throws TandemError 'index/locked' where another process writes to it, 'index/*', and what `work` throws
 */
export async function whileClaimed<T>(folder: string, work: () => Promise<T>): Promise<T> {
  await readManifest(folder);
  const release = await claimIndex(folder);
  return work().finally(release);
}

/**
 * The curve that the weight of an index was tuned on; undefined where it was not tuned, or was set to another weight since.
 * @throws TandemError 'index/damaged'
 */
export async function readFusionCurve(folder: string): Promise<StoredFusion | undefined> {
  const { indexing, tuned, generation } = await readManifest(folder);
  const path = curvePath(folder, { generation });
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    if (tuned) throw new TandemError('index/damaged', `${path}: missing`, { file: path });
    return undefined;
  });
  if (text === undefined) return undefined;
  const fusion = parseCurve(path, text);
  return fusion.weight === indexing.fusionWeight ? fusion : undefined;
}

function parseCurve(path: string, text: string): StoredFusion {
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
