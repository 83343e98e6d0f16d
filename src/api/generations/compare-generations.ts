import type { QueryRow } from '../../config/rows.js';
import { agreementOf } from '../../evaluation/changed-queries.js';
import { differencesOf } from '../../evaluation/compare.js';
import { evaluateRun } from '../../evaluation/evaluate.js';
import { readGolden } from '../../evaluation/golden/golden-file.js';
import type { EvaluatedRun } from '../../evaluation/report/evaluation-report.js';
import { evaluationSections } from '../../evaluation/report/evaluation-sections.js';
import { generationSections } from '../../evaluation/report/generation-sections.js';
import { renderReport } from '../../evaluation/report/render-report.js';
import { runQueries } from '../../evaluation/run-queries.js';
import type { Qrels, Run } from '../../evaluation/trec.js';
import { writeWhole } from '../../files/atomic.js';
import { bringUp } from '../../search/bring-up.js';
import { readManifest } from '../../search/manifest.js';
import { checkOptions, maybe, mode, path, rows, watch, whole } from '../check-options.js';
import { compareWithFirst } from '../evaluation/compare-runs.js';
import { type BackendChoice, clusterPlace, type OpenBackend } from '../indexes/cluster-place.js';
import { isFolder, modelFolder, openWithImages } from '../indexes/index-models.js';
import { withSearch } from '../indexes/open-search.js';
import type { ChangedHits, ComparedGenerations, CompareGenerationsOptions } from '../options.js';
import { readGains, readQueryRows } from '../project/read-rows.js';
import type { Watch } from '../watch.js';
import { writeWatched } from '../write-watched.js';
import type { ComparedThere } from './cluster-generations.js';
import { namedGeneration } from './list-generations.js';

/** Hits that are compared, and that figures are taken of. */
const comparedHits = 10;
const depth = 100;
/** Queries that are shown, and hits of each. */
const shownQueries = 50;
const shownHits = 3;
const figure = 'nDCG@10';

export interface CompareOptions extends Omit<CompareGenerationsOptions, 'watch' | 'replace' | 'report'> {
  /** HTML report */
  readonly out?: string;
  /** where the index lies */
  readonly place?: BackendChoice;
  /** model of the generation that it is compared with, for an index of a cluster */
  readonly withModel?: string;
}

/** What `tandem generation compare` does. @throws TandemError 'generation/*' | 'index/*' | 'model/*' | 'data/*' | 'evaluation/*' */
export async function compareGenerations(
  folder: string,
  options: CompareOptions,
  watch: Watch,
): Promise<ComparedGenerations> {
  const { seed = 1, out } = options;
  const queries = await readAsked(options, watch);
  const qrels = options.qrels === undefined ? undefined : await readGains(options.qrels);
  const { numbers, use } = await comparedSides(folder, options);
  const [before, after] = numbers;
  const names = numbers.map(number => `generation ${number}`) as [string, string];
  const asked: Asked[] = [];
  for (const number of numbers)
    asked.push(await use(number, search => ask(search, number, queries, options.mode, watch)));
  const [first, second] = asked;
  const runs = qrels === undefined ? [] : evaluate(names, asked, qrels);
  const gains =
    runs.length === 0 ? [] : differencesOf(runs[1].evaluation.perQuery, runs[0].evaluation.perQuery, figure);
  const agreement = agreementOf(
    ...([first.run, second.run, comparedHits] as const),
    new Map(gains.map(({ query, difference }) => [query, difference])),
  );
  const texts = new Map(queries.map(({ id, text }) => [id, text]));
  const changed = agreement.byChange.slice(0, shownQueries).map(({ query, overlap, gain }): ChangedHits => {
    const ids = (run: Run): string[] => (run.get(query) ?? []).slice(0, comparedHits).map(({ id }) => id);
    return {
      ...{ query, text: texts.get(query) ?? '', overlap, first: ids(first.run), second: ids(second.run) },
      ...(gain !== undefined && { gain }),
    };
  });
  if (out !== undefined) {
    const titled = changed.map(each => ({
      ...each,
      first: each.first.slice(0, shownHits).map(id => first.titles.get(id) ?? id),
      second: each.second.slice(0, shownHits).map(id => second.titles.get(id) ?? id),
    }));
    const judged = runs.length === 0 ? [] : evaluationSections({ runs, figure, seed, queryTexts: texts });
    const sections = [...generationSections(names, agreement, titled, comparedHits), ...judged];
    await writeWhole(out, renderReport({ title: `${names[1]} beside ${names[0]}`, sections }));
  }
  const { queries: count, overlap, rbo, changed: other, reordered } = agreement;
  return {
    ...{ first: before, second: after, queries: count, overlap, rbo, changed: other, reordered, byChange: changed },
    ...(runs.length > 0 && {
      metrics: runs.map(({ evaluation }) => evaluation.means),
      comparison: compareWithFirst([runs[1], runs[0]], figure, seed)[0],
    }),
  };
}

/** Queries of a file or a program, or golden ones. */
async function readAsked({ queries, golden }: CompareOptions, watch: Watch): Promise<QueryRow[]> {
  if (golden !== undefined) return readGolden(golden);
  return readQueryRows(queries ?? [], watch);
}

/** The generations that are meant, and how each is opened. */
async function comparedSides(folder: string, options: CompareOptions): Promise<ComparedThere> {
  const { generation, model, withModel } = options;
  const place = clusterPlace(folder, options.place ?? {});
  if (place !== undefined) {
    const { comparedThere } = await import('./cluster-generations.js');
    return comparedThere(place, { generation, model }, options.with, [model, withModel]);
  }
  const before = options.with ?? (await readManifest(folder)).generation;
  const numbers = [before, await namedGeneration(folder, options)] as const;
  for (const number of numbers) await bringUp(folder, number, () => openModelOf(folder, number));
  return { numbers, use: (number, work) => withSearch(folder, work, number) };
}

async function openModelOf(folder: string, number: number) {
  const model = modelFolder(folder, number);
  return (await isFolder(model)) ? openWithImages(folder, model) : { close: async () => undefined };
}

interface Asked {
  readonly run: Run;
  /** by id, of the first hits */
  readonly titles: ReadonlyMap<string, string>;
}

async function ask(
  { index, modes }: OpenBackend,
  number: number,
  queries: readonly QueryRow[],
  wanted: CompareOptions['mode'],
  watch: Pick<Watch, 'progress'>,
): Promise<Asked> {
  const progress = watch.progress(`asking generation ${number}`, 'queries', queries.length);
  try {
    const onProgress = (done: number): void => progress.update(done);
    const run = await runQueries(index, queries, { mode: wanted ?? modes[0], k: depth, onProgress });
    const titles = new Map<string, string>();
    for (const hits of run.values())
      for (const { id } of hits.slice(0, shownHits)) titles.set(id, (await index.get(id))?.title ?? id);
    return { run, titles };
  } finally {
    progress.finish();
  }
}

const evaluate = (names: readonly string[], asked: readonly Asked[], qrels: Qrels): EvaluatedRun[] =>
  // of the judged queries those that were asked
  asked.map(({ run }, at) => {
    const judged: Qrels = new Map([...qrels].filter(([query]) => run.has(query)));
    return { name: names[at], evaluation: evaluateRun(run, judged) };
  });

/** What `generations.compare` of the library does. */
export async function compareGenerationsOf(
  folder: string,
  options: CompareGenerationsOptions,
): Promise<ComparedGenerations> {
  const number = whole(0, Number.MAX_SAFE_INTEGER).optional();
  checkOptions(
    'generations.compare',
    { folder, ...options },
    {
      ...{ folder: path, generation: number, model: path.optional(), with: number, mode: mode.optional() },
      ...{ queries: rows.optional(), golden: path.optional(), qrels: rows.optional() },
      ...{ seed: whole(0, 2 ** 32 - 1).optional(), report: path.optional(), replace: maybe, watch },
    },
  );
  const { report, replace = false, watch: wanted, ...asked } = options;
  const destinations = report === undefined ? [] : [{ path: report, kind: 'file' as const, force: replace }];
  return writeWatched(destinations, wanted, watching =>
    compareGenerations(folder, { ...asked, out: report }, watching),
  );
}
