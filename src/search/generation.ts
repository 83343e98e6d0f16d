import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { TandemError } from '../errors/tandem-error.js';
import { writeWhole } from '../files/atomic.js';
import { openSealedJson, sealedJson } from '../files/sealed-json.js';
import {
  derivedFolders,
  generationFields,
  generationFolder,
  type Manifest,
  manifestSchema,
  partNames,
  readManifest,
  writeManifest,
} from './manifest.js';

const fileName = 'generation.json';

/** generation.json: a generation that is not the active one, which the manifest describes. The file has its own checksum beside this. */
const generationSchema = z.strictObject({
  format: z.literal(1),
  number: z.int().min(0),
  created: z.iso.datetime(),
  ...generationFields,
  /** what of `indexing` is its own */
  settings: z.strictObject({
    fusionWeight: z.number().min(0).max(1),
    ef: z.int().min(1),
    candidates: z.int().min(1),
    deeperCandidates: z.int().min(1),
    rankingDepth: z.int().min(1).nullable(),
  }),
  /** its saved vectors; absent while it is being added, and where it has no model */
  vectors: z
    .strictObject({
      revision: z.int().min(0),
      /** last commit that they know */
      sequence: z.int().min(0),
      files: manifestSchema.shape.files,
    })
    .optional(),
});

export type Generation = z.infer<typeof generationSchema>;

/** Where a generation is described; there is none without this file. */
export const descriptionPath = (folder: string, number: number): string =>
  join(generationFolder(folder, number), fileName);

/** Whether it can be searched: it has its vectors, or is one of tokens alone. */
export const isReady = ({ modelId, vectors }: Pick<Generation, 'modelId' | 'vectors'>): boolean =>
  modelId === null || vectors !== undefined;

/** What the manifest says of its generation, as it is said of one that is not active. */
export function generationOf(manifest: Manifest): Generation {
  const { generation: number, created, indexing, revision, store, files } = manifest;
  const { modelId, width, nothingToEmbed, graph, tuned, fusionClasses, golden, ranker } = manifest;
  const { fusionWeight, hnsw, candidates, deeperCandidates, rankingDepth } = indexing;
  const at = derivedFolders(revision, number).vectors;
  const own = Object.entries(files).filter(([name]) => name.startsWith(`${at}/`));
  return generationSchema.parse({
    ...{ format: 1, number, created: manifest.generationCreated ?? created },
    ...{ modelId, width, nothingToEmbed, graph, tuned, fusionClasses, golden, ranker },
    settings: { fusionWeight, ef: hnsw.ef, candidates, deeperCandidates, rankingDepth },
    ...(modelId !== null && { vectors: { revision, sequence: store.sequence, files: Object.fromEntries(own) } }),
  });
}

/** The manifest of the index with another generation in the place of its own; of the files those of the tokens alone. */
export function manifestWith(manifest: Manifest, generation: Generation): Manifest {
  const { number, created, settings, vectors: _, format: __, ...own } = generation;
  const { tuned: _t, fusionClasses: _c, golden: _g, ranker: _r, graph: _h, ...index } = manifest;
  const { ef, ...searching } = settings;
  const at = derivedFolders(manifest.revision, manifest.generation).tokens;
  const tokens = Object.entries(manifest.files).filter(([name]) => name.startsWith(`${at}/`));
  return {
    ...index,
    ...own,
    generation: number,
    generationCreated: created,
    indexing: { ...manifest.indexing, ...searching, hnsw: { ...manifest.indexing.hnsw, ef } },
    files: Object.fromEntries(tokens),
  };
}

/** @throws TandemError 'generation/unknown' | 'index/damaged' */
export async function readGeneration(folder: string, number: number): Promise<Generation> {
  const path = descriptionPath(folder, number);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
    throw new TandemError('generation/unknown', `${folder}: there is no generation ${number}`, { number });
  });
  try {
    return generationSchema.parse(openSealedJson(text));
  } catch (error) {
    const message = `${path}: not what was written of a generation`;
    throw new TandemError('index/damaged', message, { file: path }, { cause: error });
  }
}

export const writeGeneration = (folder: string, generation: Generation): Promise<void> =>
  writeGenerationIn(generationFolder(folder, generation.number), generation);

/** Writes it into the folder that will be its own. */
export const writeGenerationIn = (own: string, generation: Generation): Promise<void> =>
  writeWhole(join(own, fileName), sealedJson(generationSchema.parse(generation), 2));

/** All generations of an index, in the order of their numbers; of the active one what the manifest says. @throws TandemError 'index/*' */
export async function readGenerations(folder: string): Promise<{ manifest: Manifest; generations: Generation[] }> {
  const manifest = await readManifest(folder);
  const names = await readdir(join(folder, partNames.generations)).catch(() => []);
  const numbers = [0, ...names.filter(name => /^[1-9]\d*$/.test(name)).map(Number)];
  const generations = [generationOf(manifest)];
  for (const number of numbers) {
    if (number === manifest.generation) continue;
    const found = await readGeneration(folder, number).catch((error: unknown) => {
      // one that is being dropped has lost its description already, and the first one has none while it is active
      if (error instanceof TandemError && error.code === 'generation/unknown') return undefined;
      throw error;
    });
    if (found !== undefined) generations.push(found);
  }
  return { manifest, generations: generations.sort((a, b) => a.number - b.number) };
}

/**
 * The manifest of an index as it is for one of its generations.
 * @param number  the active one when absent
 * @throws TandemError 'index/*' | 'generation/unknown'
 */
export async function readManifestOf(folder: string, number?: number): Promise<Manifest> {
  const manifest = await readManifest(folder);
  if (number === undefined || number === manifest.generation) return manifest;
  return manifestWith(manifest, await readGeneration(folder, number));
}

/** Writes what was changed in the manifest of a generation to where that is described. */
export async function writeManifestOf(folder: string, manifest: Manifest): Promise<void> {
  if ((await readManifest(folder)).generation === manifest.generation) return writeManifest(folder, manifest);
  const { vectors } = await readGeneration(folder, manifest.generation);
  return writeGeneration(folder, { ...generationOf(manifest), ...(vectors && { vectors }) });
}
