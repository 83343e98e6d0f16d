import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { TandemError } from '../src/errors/tandem-error.js';
import { readFolderFile } from '../src/files/interrupted-swap.js';
import { asReadError } from './sources/bytes.js';

/** Names of the files in a folder of prepared data. */
export const preparedFiles = {
  manifest: 'manifest.json',
  documents: 'documents.jsonl',
  pairs: 'pairs.train.jsonl',
  queries: { train: 'queries.train.jsonl', validation: 'queries.validation.jsonl', test: 'queries.test.jsonl' },
  qrels: { validation: 'qrels.validation.trec', test: 'qrels.test.trec' },
} as const;

const count = z.int().min(0);
const sourceSchema = z.strictObject({ name: z.string(), bytes: count, sha256: z.string().length(64) });

/** How positives were made from events, and what was left out on the way. */
const eventsSchema = z.strictObject({
  chain: z.array(z.string()),
  windowHours: z.number(),
  maxSessionEvents: count,
  rows: count,
  /** rows equal to another one */
  duplicates: count,
  /** sessions with more events than `maxSessionEvents`, and their events; what follows is of the other sessions */
  longSessions: count,
  longSessionEvents: count,
  /** events whose type is not in the chain */
  otherTypes: count,
  searchesWithoutQuery: count,
  /** events of the chain, after the search, that name no document */
  withoutDocument: count,
  /** events of the second step that no query leads to */
  unattributed: count,
  /** events of the second step, led to by a query, that are not followed by the rest of the chain in time */
  brokenChains: count,
  /** distinct (session, query, document) that went through the chain */
  positives: count,
  /** distinct (query, document) among them */
  pairs: count,
});

/** What a folder of prepared data says about itself. */
export const dataManifestSchema = z.strictObject({
  format: z.literal('tandem-data'),
  version: z.literal(1),
  seed: z.int(),
  shares: z.strictObject({ train: z.number(), validation: z.number(), test: z.number() }),
  /** the files that were read */
  sources: z.array(sourceSchema),
  /** the files that were written, by name */
  files: z.record(z.string(), sourceSchema.omit({ name: true })),
  counts: z.strictObject({
    documents: count,
    pairs: count,
    queries: z.strictObject({ train: count, validation: count, test: count }),
    /** pairs left out because they name a document that is not there */
    unknownDocuments: count,
    /** judgements left out because they name a document that is not there */
    unknownJudged: count.default(0),
    /** judgements left out because they name a query that is not there */
    unknownQueries: count,
    /** pairs and judged queries left out because their text shows nothing: white space alone, or no character at all */
    blankQueries: count.default(0),
  }),
  /** there where the pairs were made from events */
  events: eventsSchema.optional(),
});

export type DataManifest = z.infer<typeof dataManifestSchema>;
export type EventsEntry = z.infer<typeof eventsSchema>;
export type SourceEntry = z.infer<typeof sourceSchema>;

/** Name, size in bytes and sha256 of a file. @throws TandemError 'data/not-found' */
export async function describeFile(path: string): Promise<SourceEntry> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk);
    return { name: basename(path), bytes: (await stat(path)).size, sha256: hash.digest('hex') };
  } catch (error) {
    throw asReadError(path, error);
  }
}

/**
 * Reads the manifest of a folder and checks every file against it.
 * @throws TandemError 'data/not-prepared' | 'data/unsupported-version' | 'files/damaged'
 */
export async function readManifest(folder: string): Promise<DataManifest> {
  const path = join(folder, preparedFiles.manifest);
  const text = await readFolderFile(folder, preparedFiles.manifest).catch((error: unknown) => {
    if (error instanceof TandemError) throw error;
    throw new TandemError(
      'data/not-prepared',
      `${folder}: holds no prepared data (no ${preparedFiles.manifest})`,
      { folder },
      { cause: error },
    );
  });
  const manifest = parseManifest(path, text);
  for (const [name, entry] of Object.entries(manifest.files)) {
    const found = await describeFile(join(folder, name));
    if (found.sha256 === entry.sha256) continue;
    throw new TandemError(
      'files/damaged',
      `${join(folder, name)}: is not the file that was prepared (its sha256 differs)`,
      { path: join(folder, name) },
    );
  }
  return manifest;
}

const headSchema = z.looseObject({ format: z.literal('tandem-data'), version: z.int() });

function parseManifest(path: string, text: string): DataManifest {
  const value = parseJson(text);
  const head = headSchema.safeParse(value);
  if (head.success && head.data.version !== 1) {
    throw new TandemError(
      'data/unsupported-version',
      `${path}: format version ${head.data.version}, this program reads version 1`,
      { path },
    );
  }
  const manifest = dataManifestSchema.safeParse(value);
  if (manifest.success) return manifest.data;
  const issue = manifest.error.issues[0];
  throw new TandemError('files/damaged', `${path}: ${issue.path.join('.')}: ${issue.message}`, { path });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
