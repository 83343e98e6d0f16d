import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type PreparedData, readPrepared } from '../../../data/prepared.js';
import { readModelManifest } from '../../../models/runtime/artefact.js';
import { joinRows, type LoggedRows, readRows, writeRows } from '../../../training/ranking/rows-file.js';
import { TandemError } from '../../errors/tandem-error.js';
import type { JudgedQueries } from '../../evaluation/tune-index.js';
import { isThere } from '../../files/is-there.js';
import type { EnsembleFeature } from '../../ranking/trees/ensemble.js';
import { murmur3 } from '../../text/murmur3.js';
import { makeIndex } from '../indexes/make-index.js';
import { trainModel } from '../training/train-model.js';
import type { Watch } from '../watch.js';
import { collectRows } from './collect-rows.js';
import { type RankedIndex, withRankedIndex } from './ranked-index.js';

export interface FoldOptions {
  /** index that the ranker is for */
  readonly index: RankedIndex;
  /** prepared data that the towers of the index learnt from */
  readonly data: string;
  readonly folds: number;
  readonly judged: JudgedQueries;
  readonly features: readonly EnsembleFeature[];
  readonly depth: number;
  /** whether embeddings are kept */
  readonly embeddings: boolean;
  /** folder for what is made on the way; what an interrupted run finished there is taken up, and it is removed at the end */
  readonly work: string;
}

/** Part of a query: all pairs of one text are in one part. */
const partOf = (text: string, folds: number): number => murmur3(text.trim().toLowerCase(), 1) % folds;

/**
 * What a ranker would see of queries whose answers the towers do not know: for each part of the queries the towers learn again from the pairs of all other
 * parts, as those of the index did, and index the same documents in a folder of this machine. So the work is that of training the towers once for each part.
 * @throws TandemError as the training of towers, and as `collectRows`
 */
export async function foldRows(options: FoldOptions, watch: Watch): Promise<LoggedRows> {
  const { folds, work, judged } = options;
  await mkdir(work, { recursive: true });
  const parts: LoggedRows[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const queries = judged.queries.filter(({ text }) => partOf(text, folds) === fold);
    if (queries.length === 0) continue;
    const path = join(work, `${fold}-of-${folds}-${fingerprint(options)}.rows`);
    if (!(await isThere(path))) {
      watch.tell(`part ${fold + 1} of ${folds}: towers that do not know ${queries.length} queries`);
      await writeRows(path, await rowsOfFold(options, fold, { ...judged, queries }, watch));
    }
    parts.push(await readRows(path));
  }
  return joinRows(parts);
}

/** Rows of another question are not taken up. */
function fingerprint({ index, data, judged, features, depth, embeddings }: FoldOptions): string {
  const asked = judged.queries.map(({ id, text }) => [id, text]);
  const names = features.map(({ name }) => name);
  return murmur3(JSON.stringify([index.modelId, data, asked, names, depth, embeddings]), 0).toString(16);
}

async function rowsOfFold(
  { index, data, folds, features, depth, embeddings, work }: FoldOptions,
  fold: number,
  judged: JudgedQueries,
  watch: Watch,
): Promise<LoggedRows> {
  const { manifest } = await readModelManifest(index.model);
  const place = join(work, String(fold));
  await rm(place, { recursive: true, force: true });
  await mkdir(place, { recursive: true });
  const inPlace = (name: string): string => join(place, name);
  const others = withoutPart(await readPrepared(data), fold, folds);
  await trainModel({ data: others, config: manifest.config, out: inPlace('model'), resume: false }, watch);
  const { documents, indexing } = index;
  await makeIndex({ documents, model: inPlace('model'), indexing, out: inPlace('index') }, watch);
  const rows = await withRankedIndex(inPlace('index'), {}, own =>
    collectRows(own, { ...judged, features, depth, embeddings }, watch),
  );
  await rm(place, { recursive: true, force: true });
  return rows;
}

/** The pairs of the queries of all other parts. */
function withoutPart(prepared: PreparedData, fold: number, folds: number): PreparedData {
  const pairs = prepared.pairs.filter(({ query }) => partOf(query, folds) !== fold);
  if (pairs.length === 0)
    throw new TandemError(
      'data/no-queries',
      `${prepared.folder}: no pairs are left without part ${fold + 1} of ${folds}`,
    );
  return { ...prepared, pairs };
}
