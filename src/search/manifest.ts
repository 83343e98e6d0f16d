import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { resolvedIndexingSchema } from '../config/indexing.js';
import { TandemError } from '../errors/tandem-error.js';
import { writeWhole } from '../files/atomic.js';
import { readFolderFile } from '../files/interrupted-swap.js';
import { openSealedJson, sealedJson } from '../files/sealed-json.js';
import { mostNamed } from '../lexical/attribute-texts.js';
import { type ClassFact, classFacts } from '../ranking/query-classes.js';

/**
 * Version of the folder's layout; a fixture of every version stays readable. In version 1 neither the records of the store nor the manifest
 * have checksums. Up to version 2 equal embeddings have a node each in the graph, and documents that a model can read nothing in have a place
 * among the vectors. Up to version 3 the manifest calls its revision `generation`. Up to version 4 there is one generation, and neither the manifest nor the
 * store have a word for it. Up to version 5 embeddings of a graph have no checksums by block, and at first graphs are hnswlib's alone. An index of an older version becomes one of this version when it is first written to.
 */
export const indexFormat = 6;
/** the first one whose manifest has a `revision` */
const revisionFormat = 4;
const oldestFormat = 1;

const graphCheckSchema = z.strictObject({
  /** part of the exact 10 nearest that the graph finds at breadth `ef`, meaned over so many queries; see measureGraph */
  recall: z.number().min(0).max(1),
  ef: z.int().min(1),
  queries: z.int().min(1),
});
export type GraphCheck = z.infer<typeof graphCheckSchema>;

const fusionWeight = z.number().min(0).max(1);
/** Two classes of queries with a weight of the vector side each, see src/ranking/query-classes.ts. */
export const fusionClassesSchema = z.strictObject({
  fact: z.enum(Object.keys(classFacts) as [ClassFact, ...ClassFact[]]),
  threshold: z.number(),
  below: fusionWeight,
  above: fusionWeight,
});
const share = z.number().min(0).max(1);
const goldenSchema = z.strictObject({
  /** recall that was wanted */
  wanted: share,
  /** part of the exact 10 nearest that was found */
  recall: share,
  /** the same for deeper pages: of the exact `rank` nearest */
  deeper: z.strictObject({ rank: z.int().min(1), recall: share }),
  /** overlap of the first 10 hits with those of the broadest search */
  agreement: share,
  queries: z.int().min(1),
});

/** What of a manifest belongs to its generation, beside some settings. */
export const generationFields = {
  /** sha256 of the model whose embeddings are inside; null = token index alone */
  modelId: z.string().nullable(),
  /** D, null without a model */
  width: z.int().min(1).nullable(),
  /** documents then that have no place among the vectors: the model can read nothing in them; 0 without a model */
  nothingToEmbed: z
    .int()
    // switching while documents were deleted once wrote numbers below 0
    .transform(count => Math.max(0, count))
    .default(0),
  /** how well the graph answered when it was made; absent where vectors are searched exactly */
  graph: graphCheckSchema.optional(),
  /** whether fusion.json was written beside it; absent in format 1 and where the fusion was not tuned */
  tuned: z.literal(true).optional(),
  /** weights of the fusion by class of query, in place of `indexing.fusionWeight`; absent where one weight is as good */
  fusionClasses: fusionClassesSchema.optional(),
  /** what golden queries said of the settings of searching when these were tuned on them; absent where they were not */
  golden: goldenSchema.optional(),
  /** sha256 of the file of the ranker; absent where there is none */
  ranker: z.string().length(64).optional(),
};

/** manifest.json of an index: what it was made of and what its files must look like. The file has its own checksum beside this. */
export const manifestSchema = z.strictObject({
  format: z.int().min(oldestFormat).max(indexFormat),
  /** version of Tandem that wrote it */
  tandem: z.string(),
  created: z.iso.datetime(),
  /** `indexing` of the configuration, resolved */
  indexing: resolvedIndexingSchema,
  /** attributes whose words the field `attributes` was made of, those of most documents first; absent where there is no such field */
  attributes: z.array(z.string()).max(mostNamed).optional(),
  /** the active generation: what searches use */
  generation: z.int().min(0).default(0),
  /** when that was added; as old as the index when absent */
  generationCreated: z.iso.datetime().optional(),
  /** the one that was active before; absent where none was, or it is gone */
  previousGeneration: z.int().min(0).optional(),
  ...generationFields,
  /** live documents when it was written */
  documents: z.int().min(0),
  /** rows whose id came again later in the input: the later one was kept */
  duplicates: z.int().min(0),
  store: z.strictObject({
    /** last commit that the derived parts (tokens, vectors) have seen */
    sequence: z.int().min(0),
    /** size of the LMDB file then; it never shrinks */
    bytes: z.int().min(0),
  }),
  /** number of the derived parts: saved anew they lie in folders of the next number */
  revision: z.int().min(0),
  /** checksums of the derived files, by path from the index folder */
  files: z.record(z.string(), z.strictObject({ bytes: z.int().min(0), sha256: z.string().length(64) })),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** Where the parts of an index lie in its folder. */
export const partNames = {
  manifest: 'manifest.json',
  documents: 'documents',
  tokens: 'tokens',
  vectors: 'vectors',
  /** how the fusion was tuned, where it was */
  fusion: 'fusion.json',
  /** the generations that came after the first one, each in a folder of its number */
  generations: 'generations',
  /** copy of the model that a generation was made with */
  model: 'model',
  /** what orders the best hits of a hybrid search anew, where there is such a thing: the beginning of its name */
  ranker: 'ranker',
} as const;

/** Where what belongs to a generation alone lies, from the index folder: '' for the first one, which lies in that itself. */
const placeOf = (generation: number): string => (generation === 0 ? '' : `${partNames.generations}/${generation}/`);

/** Folder of what belongs to a generation alone: its model, its vectors, its ranker. */
export const generationFolder = (folder: string, generation: number): string => join(folder, placeOf(generation));

/** Folders of the derived parts of a revision, from the index folder. The first one, as built, bears no number. */
export function derivedFolders(
  revision: number,
  generation = 0,
): { readonly tokens: string; readonly vectors: string } {
  const suffix = revision === 0 ? '' : `.${revision}`;
  return { tokens: `${partNames.tokens}${suffix}`, vectors: `${placeOf(generation)}${partNames.vectors}${suffix}` };
}

/** Writes it in the present version; nothing is written that could not be read. */
export const writeManifest = async (folder: string, manifest: Manifest): Promise<void> =>
  writeWhole(
    join(folder, partNames.manifest),
    sealedJson(manifestSchema.parse({ ...manifest, format: indexFormat }), 2),
  );

/** The content of a manifest of any version, under the names of this one. At first there was one revision, and no number. */
function inPresentNames(format: number, content: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (format >= revisionFormat) return content;
  const { generation = 0, ...rest } = content;
  return { ...rest, revision: generation };
}

/** @throws TandemError 'index/not-found' | 'index/manifest-damaged' | 'index/unsupported-version' */
export async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, partNames.manifest);
  const text = await readFolderFile(folder, partNames.manifest).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
    const hasStore = await stat(join(folder, partNames.documents)).catch(() => undefined);
    if (hasStore === undefined) throw new TandemError('index/not-found', `${folder}: no index here`, { folder });
    // the folder may have been swapped for another between the two looks
    return readFolderFile(folder, partNames.manifest).catch(() => {
      throw new TandemError('index/manifest-damaged', `${path}: missing`, { file: path });
    });
  });
  const damaged = (cause: unknown): TandemError => {
    const reason =
      cause instanceof Error && !(cause instanceof z.ZodError) ? cause.message : 'not the manifest of an index';
    return new TandemError('index/manifest-damaged', `${path}: ${reason}`, { file: path }, { cause });
  };
  let value: Readonly<Record<string, unknown>>;
  try {
    value = openSealedJson(text);
  } catch (error) {
    throw damaged(error);
  }
  const version = z.object({ format: z.int() }).safeParse(value);
  if (version.success && version.data.format > indexFormat) {
    const message = `${path}: format ${version.data.format}, this version reads ${oldestFormat} to ${indexFormat}`;
    throw new TandemError('index/unsupported-version', message, { file: path });
  }
  const manifest = manifestSchema.safeParse(version.success ? inPresentNames(version.data.format, value) : value);
  if (!manifest.success) throw damaged(manifest.error);
  return manifest.data;
}
