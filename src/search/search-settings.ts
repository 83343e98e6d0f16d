import { z } from 'zod';
import { type Manifest, manifestSchema, readManifest, writeManifest } from './manifest.js';
import { mostHits } from './request.js';

/** How broadly an index is searched: what trades time for quality, and nothing that it was made of. */
export const searchSettingsSchema = z
  .strictObject({
    /** breadth of the graph's walk */
    ef: z.int().min(1),
    /** hits that each side gives to be ranked together */
    candidates: z.int().min(1),
    /** hits that each side gives, and breadth of the graph's walk, once more are wanted than those ranked together */
    deeperCandidates: z.int().min(1).max(mostHits),
    /** hits that the ranker of the index orders anew at most; null: as many as it was trained for */
    rankingDepth: z.int().min(1).nullable(),
  })
  .readonly();
export type SearchSettings = z.infer<typeof searchSettingsSchema>;

/** What golden queries said of the settings that were written by them. */
export type TunedSettings = NonNullable<Manifest['golden']>;

export const settingsOf = ({
  indexing: { hnsw, candidates, deeperCandidates, rankingDepth },
}: Pick<Manifest, 'indexing'>): SearchSettings => ({ ef: hnsw.ef, candidates, deeperCandidates, rankingDepth });

export const sameSettings = (a: SearchSettings, b: SearchSettings): boolean =>
  (Object.keys(a) as (keyof SearchSettings)[]).every(name => a[name] === b[name]);

/** The manifest of the same index searched by other settings. */
export const withSettings = <M extends Pick<Manifest, 'indexing'>>(
  manifest: M,
  { ef, ...settings }: SearchSettings,
): M => ({
  ...manifest,
  indexing: { ...manifest.indexing, ...settings, hnsw: { ...manifest.indexing.hnsw, ef } },
});

/**
 * Writes settings into the manifest of an index, for searches opened from now on, with what they were found by: both or neither, since it is one file.
 * The claim on the index is the caller's to hold.
 * @throws TandemError 'index/*' | 'files/*'; then the index is as it was
 */
export async function storeSettings(
  folder: string,
  settings: SearchSettings,
  golden: TunedSettings,
): Promise<Manifest> {
  const changed = manifestSchema.parse({ ...withSettings(await readManifest(folder), settings), golden });
  await writeManifest(folder, changed);
  return changed;
}
