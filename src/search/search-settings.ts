import { type Manifest, manifestSchema, readManifest, writeManifest } from './manifest.js';

/** How broadly an index is searched: what trades time for quality, and nothing that it was made of. */
export interface SearchSettings {
  /** breadth of the graph's walk, >= 1 */
  readonly ef: number;
  /** hits that each side gives to be ranked together, >= 1 */
  readonly candidates: number;
  /** hits that each side gives, and breadth of the graph's walk, once more are wanted than those ranked together; 1..1000 */
  readonly deeperCandidates: number;
  /** hits that the ranker of the index orders anew at most; null: as many as it was trained for */
  readonly rankingDepth: number | null;
}

/** What golden queries said of the settings that were written by them. */
export type TunedSettings = NonNullable<Manifest['golden']>;

export const settingsOf = ({
  indexing: { hnsw, candidates, deeperCandidates, rankingDepth },
}: Pick<Manifest, 'indexing'>): SearchSettings => ({ ef: hnsw.ef, candidates, deeperCandidates, rankingDepth });

export const sameSettings = (a: SearchSettings, b: SearchSettings): boolean =>
  (Object.keys(a) as (keyof SearchSettings)[]).every(name => a[name] === b[name]);

/** The manifest of the same index searched by other settings. */
export const withSettings = (manifest: Manifest, { ef, ...settings }: SearchSettings): Manifest => ({
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
