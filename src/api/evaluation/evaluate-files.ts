import { basename } from 'node:path';
import { z } from 'zod';
import type { QueryRow } from '../../config/rows.js';
import { TandemError } from '../../errors/tandem-error.js';
import { type EvaluateOptions, evaluateRun, namesJudgedDocuments, otherQueries } from '../../evaluation/evaluate.js';
import { measureVectors, type VectorMeasures } from '../../evaluation/measure-vectors.js';
import type { EvaluatedRun } from '../../evaluation/report/evaluation-report.js';
import { runQueries } from '../../evaluation/run-queries.js';
import type { SliceLabels } from '../../evaluation/slices.js';
import { textLines } from '../../evaluation/text-lines.js';
import { type Qrels, type Run, readRun } from '../../evaluation/trec.js';
import { readText } from '../../files/read-text.js';
import type { SearchMode } from '../../search/request.js';
import type { OpenBackend } from '../indexes/cluster-place.js';
import type { OpenSearch } from '../indexes/open-search.js';
import type { Watch } from '../watch.js';

/** A run, its name, and what it is called in a warning. */
export interface NamedRun {
  readonly name: string;
  readonly from: string;
  readonly run: Run;
}

/** Run files, each under its tag; under its file name where two bear the same tag. @throws TandemError 'data/*' */
export async function readRunFiles(paths: readonly string[]): Promise<NamedRun[]> {
  const tags = await Promise.all(paths.map(readTag));
  const nameOf = (tag: string, path: string): string =>
    tags.indexOf(tag) === tags.lastIndexOf(tag) ? tag : basename(path);
  const runs: NamedRun[] = [];
  for (const [i, path] of paths.entries()) {
    runs.push({ name: nameOf(tags[i], path), from: path, run: await readRun(path) });
  }
  return runs;
}

/** Runs measured by judgements. */
export const evaluateNamedRuns = (
  runs: readonly NamedRun[],
  qrels: Qrels,
  options: EvaluateOptions,
  watch: Watch,
): EvaluatedRun[] =>
  runs.map(({ name, from, run }) => {
    const evaluation = evaluateRun(run, qrels, options);
    if (!namesJudgedDocuments(run, qrels)) watch.warn(otherDocuments(from, run, qrels));
    return { name, evaluation };
  });

/** Where not one document is judged, the two most likely write ids in two ways. */
function otherDocuments(name: string, run: Run, qrels: Qrels): string {
  const found = [...run.values()].flat()[0]?.id;
  const [judged] = [...qrels.values()][0].keys();
  return `${name}: none of its documents is judged, so every figure is 0: it names documents such as '${found}', the judgements such as '${judged}'`;
}

/** The last column of the first line; a malformed line is told by readRun. */
async function readTag(path: string): Promise<string> {
  for await (const { text } of textLines(path)) return text.trim().split(/\s+/).at(-1) ?? basename(path);
  return basename(path);
}

/** Hits that a measured run holds: as deep as the deepest metric looks. */
const depth = 100;

/** An index measured in each of the modes, under the name of the mode. Only judged queries are asked. */
export async function evaluateModes(
  search: Pick<OpenBackend, 'index'>,
  modes: readonly SearchMode[],
  queries: readonly QueryRow[],
  qrels: Qrels,
  options: EvaluateOptions,
  watch: Watch,
): Promise<EvaluatedRun[]> {
  const judged = queries.filter(({ id }) => qrels.has(id));
  if (judged.length === 0) throw otherQueries(queries[0].id, qrels);
  const evaluated: EvaluatedRun[] = [];
  for (const mode of modes) {
    const progress = watch.progress(`searching (${mode})`, 'queries', judged.length);
    try {
      const run = await runQueries(search.index, judged, { mode, k: depth, onProgress: done => progress.update(done) });
      evaluated.push({ name: mode, evaluation: evaluateRun(run, qrels, options) });
      if (run.size > 0 && !namesJudgedDocuments(run, qrels)) watch.warn(otherDocuments(mode, run, qrels));
    } finally {
      progress.finish();
    }
  }
  return evaluated;
}

/** The embeddings of an index measured by themselves; undefined where it has none or no query has a relevant document in it. */
export async function evaluateVectors(
  { index, embedder }: OpenSearch,
  queries: readonly QueryRow[],
  qrels: Qrels,
  { relevanceLevel = 1, seed }: { readonly relevanceLevel?: number; readonly seed: number },
  watch: Watch,
): Promise<VectorMeasures | undefined> {
  if (embedder === undefined) return undefined;
  const progress = watch.progress('measuring the embeddings', 'queries');
  const onProgress = (done: number, total: number): void => progress.update(done, total);
  try {
    return await measureVectors(index, embedder, queries, qrels, { relevanceLevel, seed, onProgress });
  } catch (error) {
    if (error instanceof TandemError && error.code === 'evaluation/no-queries') return undefined;
    throw error;
  } finally {
    progress.finish();
  }
}

const labels = z.record(
  z.string(),
  z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)),
);

/** Slices of queries: one JSON object, query id -> { slice name: value }. @throws TandemError 'data/not-found' | 'data/malformed-row' */
export async function readSlices(path: string): Promise<SliceLabels> {
  const text = await readText(path);
  try {
    return new Map(Object.entries(labels.parse(JSON.parse(text))));
  } catch (error) {
    const message = `${path}: expected { query id: { slice name: value } }`;
    throw new TandemError('data/malformed-row', message, { path }, { cause: error });
  }
}
