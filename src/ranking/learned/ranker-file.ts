import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { TandemError } from '../../errors/tandem-error.js';
import { writeWhole } from '../../files/atomic.js';
import { openSealedJson, sealedJson } from '../../files/sealed-json.js';
import { aboutFeature } from '../features/catalogue.js';
import type { Popularity } from '../features/popularity.js';
import type { TreeEnsemble } from '../trees/ensemble.js';
import { readEnsemble, writeEnsemble } from '../trees/stored-ensemble.js';
import { calibrationSchema } from './calibration.js';
import { deepPartSchema } from './deep-part.js';

/** Bytes of a file that is read at most. */
const mostBytes = 256 * 2 ** 20;

export const labelKinds = ['judged', 'engaged'] as const;

const figures = z.record(z.string(), z.number());

const learntSchema = z.strictObject({
  /** who said what is good: people who judged, or people who clicked, put into the cart and ordered */
  labels: z.enum(labelKinds),
  queries: z.int().min(0),
  rows: z.int().min(0),
  /** queries that decided when to stop */
  validationQueries: z.int().min(0),
  seed: z.int().min(0),
  /** sha256 of the model whose cosines it learnt from; null without a model */
  modelId: z.string().nullable(),
  /** on the validation queries: of the first ranking, and of this one */
  before: figures.optional(),
  after: figures.optional(),
});

/** How a ranker came to be. */
export type Learnt = z.infer<typeof learntSchema>;

const fileSchema = z.strictObject({
  format: z.literal('tandem-ranker'),
  version: z.literal(1),
  /** version of Tandem that wrote it */
  tandem: z.string(),
  created: z.iso.datetime(),
  /** candidates of the first ranking that it orders */
  depth: z.int().min(1).max(1_000),
  learnt: learntSchema.optional(),
  calibration: calibrationSchema.optional(),
  /** by document, where the trees ask for it: see features/popularity.ts */
  popularity: z.record(z.string(), z.number().min(0)).optional(),
  /** what orders the first hits of the trees anew */
  deep: deepPartSchema.optional(),
  trees: z.unknown(),
});

/** A ranker as it is kept: what orders the candidates, and how it came to be. */
export interface RankerFile extends Omit<z.infer<typeof fileSchema>, 'format' | 'version' | 'trees' | 'popularity'> {
  readonly popularity?: Popularity;
  readonly trees: TreeEnsemble;
}

/** @throws TandemError 'files/disk-full' | 'files/write-failed' */
export const writeRanker = (path: string, { trees, popularity, ...about }: RankerFile): Promise<void> =>
  writeWhole(
    path,
    sealedJson({
      format: 'tandem-ranker',
      version: 1,
      ...about,
      ...(popularity && { popularity: Object.fromEntries(popularity) }),
      trees: writeEnsemble(trees),
    }),
  );

/**
 * @throws TandemError 'ranker/not-found' | 'ranker/damaged' | 'ranker/too-large' | 'ranker/unknown-feature'
 */
export async function readRanker(path: string): Promise<RankerFile> {
  const text = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new TandemError('ranker/not-found', `${path}: cannot be read (${error.code})`, { path }, { cause: error });
  });
  if (text.length > mostBytes)
    throw new TandemError('ranker/too-large', `${path}: ${text.length} bytes, more than ${mostBytes}`);
  return parseRanker(path, text.toString('utf8'));
}

/** @param path  named in errors */
export function parseRanker(path: string, text: string): RankerFile {
  let value: Record<string, unknown>;
  try {
    value = openSealedJson(text);
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'not the file of a ranker' : (error as Error).message;
    throw new TandemError('ranker/damaged', `${path}: ${reason}`, { path }, { cause: error });
  }
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success) {
    const [{ path: at, message }] = parsed.error.issues;
    throw new TandemError('ranker/damaged', `${path}: ${at.join('.') || 'it'}: ${message}`, { path });
  }
  const { format: _, version: __, trees, popularity, ...about } = parsed.data;
  const ensemble = readEnsemble(trees);
  if (about.deep !== undefined && about.deep.depth > about.depth)
    throw new TandemError(
      'ranker/damaged',
      `${path}: deep.depth: ${about.deep.depth} hits where the trees order ${about.depth}`,
      { path },
    );
  for (const { name } of [...ensemble.features, ...(about.deep?.features ?? [])])
    if (aboutFeature(name) === undefined)
      throw new TandemError('ranker/unknown-feature', `${path}: it asks for ${name}, which this version does not know`);
  return { ...about, ...(popularity && { popularity: new Map(Object.entries(popularity)) }), trees: ensemble };
}
