import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type QueryRow, queryRowSchema } from '../src/config/rows.js';
import { damagedFile } from '../src/files/format-manifest.js';
import { seededRandom, shuffle } from '../src/math/random.js';
import { sha256OfFile } from './file-hashes.js';
import { artefactFiles } from './manifest.js';
import { readModelManifest } from './runtime/artefact.js';

/** Queries that a model was validated on and has not learnt from, with their judgements. */
export interface ValidationQueries {
  readonly queries: readonly QueryRow[];
  /** query id -> document id -> gain */
  readonly qrels: Map<string, Map<string, number>>;
}

/** More would make an index wait and tell no more. */
const mostQueries = 4_000;

const rowSchema = queryRowSchema.extend({ judgements: z.record(z.string(), z.int()) });

/** The rows of validation.jsonl: judged queries in their order, drawn by chance where there are more than 4,000. */
export function writeValidationRows({ queries, qrels }: ValidationQueries): string {
  const judged = queries.filter(({ id }) => qrels.has(id));
  const drawn = shuffle(Int32Array.from(judged.keys()), seededRandom(0)).slice(0, mostQueries).sort();
  const rows = Array.from(drawn, at => ({
    ...judged[at],
    judgements: Object.fromEntries(qrels.get(judged[at].id) ?? []),
  }));
  return rows.map(row => `${JSON.stringify(row)}\n`).join('');
}

/**
 * The validation queries that a model artefact carries; undefined where it has none: it learnt without pairs, was imported, or was written
 * before models carried them.
 * @throws TandemError 'data/not-found' | 'model/damaged' (names the file) | 'model/unsupported-version'
 */
export async function readValidationQueries(folder: string): Promise<ValidationQueries | undefined> {
  const { manifest } = await readModelManifest(folder);
  const described = manifest.files[artefactFiles.validation];
  if (described === undefined) return undefined;
  const path = join(folder, artefactFiles.validation);
  if ((await sha256OfFile(path).catch(() => undefined)) !== described.sha256)
    throw damagedFile(path, 'is missing or was altered');
  const queries: QueryRow[] = [];
  const qrels: ValidationQueries['qrels'] = new Map();
  for (const line of (await readFile(path, 'utf8')).split('\n')) {
    if (line === '') continue;
    const { judgements, ...query } = rowSchema.parse(JSON.parse(line));
    queries.push(query);
    qrels.set(query.id, new Map(Object.entries(judgements)));
  }
  return { queries, qrels };
}
