import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { QueryRow } from '../../src/config/rows.js';
import { damagedFile } from '../../src/files/format-manifest.js';
import { sha256OfFile } from '../file-hashes.js';
import { artefactFiles } from '../manifest.js';
import { type ValidationQueries, validationRowSchema } from '../validation-queries.js';
import { readModelManifest } from './artefact.js';

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
    const { judgements, ...query } = validationRowSchema.parse(JSON.parse(line));
    queries.push(query);
    qrels.set(query.id, new Map(Object.entries(judgements)));
  }
  return { queries, qrels };
}
