/**
 * Tandem as a library: build an index, open it with its model, search it, write to it, serve it, measure it. Nothing is loaded before a verb is
 * called. Training stands in `tandem-search/training`. docs/library.md has an example for each.
 */

import type {
  AddGenerationOptions,
  BuildIndexOptions,
  BuiltIndex,
  ComparedGenerations,
  ComparedRules,
  CompareGenerationsOptions,
  CompareRulesOptions,
  CreateServerOptions,
  EmbedDocumentsOptions,
  Embedded,
  EmbedQueriesOptions,
  EvaluateIndexOptions,
  EvaluateRunsOptions,
  GenerationChoice,
  GenerationInfo,
  LoadModelOptions,
  Measured,
  Model,
  OpenIndexOptions,
  Server,
  SwitchedGeneration,
  TunedWeight,
  TuneIndexOptions,
  Watched,
} from './options.js';
import type { SearchIndex, WritableSearchIndex } from './types.js';

export type { QueryRow } from '../config/rows.js';
export type { ErrorCode } from '../errors/table.js';
export { TandemError } from '../errors/tandem-error.js';
export type { Filter, FilterClause } from '../query/filter.js';
export type { Facet, FacetRequest, Query, ScoreFunction, SortKey } from '../query/query.js';
export type * from './options.js';
export type * from './types.js';
export type { Progress, Watch } from './watch.js';

/**
 * Opens an index with the model that it was made with. `close` it in the end.
 *
 * ```ts
 * const index = await openIndex('out/index');
 * const { hits } = await index.search({ text: 'watering the lawn', k: 5 });
 * ```
 * @param folder  that `buildIndex` or `tandem index` wrote
 * @param options.writable  open it for writing too; one process at a time may
 * @throws TandemError 'index/not-found' | 'index/damaged' | 'index/locked' | 'index/*' | 'model/*'
 */
export async function openIndex(folder: string, options: { readonly writable: true }): Promise<WritableSearchIndex>;
export async function openIndex(folder: string, options?: OpenIndexOptions): Promise<SearchIndex>;
export async function openIndex(folder: string, options: OpenIndexOptions = {}): Promise<SearchIndex> {
  const { openIndexFolder } = await import('./indexes/open-index.js');
  return openIndexFolder(folder, options);
}

/**
 * Makes an index from documents: tokens, and with a model vectors too. The model becomes part of the index.
 *
 * ```ts
 * await buildIndex({ documents: [{ id: '17', title: 'Garden hose' }], out: 'out/index' });
 * await buildIndex({ documents: 'shop.csv', model: 'out/model', out: 'out/index', replace: true });
 * ```
 * @throws TandemError 'files/exists' where an index stands already and `replace` is not given, 'files/not-ours' for anything else that is there |
 *   'data/*' | 'config/*' | 'model/*'; then nothing is changed
 */
export async function buildIndex(options: BuildIndexOptions): Promise<BuiltIndex> {
  const { buildIndexFolder } = await import('./indexes/build-index.js');
  return buildIndexFolder(options);
}

/**
 * Puts the file of a ranker into an index, where it orders the best hits of hybrid searches anew; or takes the index its own.
 *
 * ```ts
 * await setRanker('out/index', 'out/ranker.json');
 * await setRanker('out/index', null);
 * ```
 * @throws TandemError 'index/locked' where it is open for writing | 'index/no-vectors' | 'ranker/*' | 'index/*'
 */
export async function setRanker(folder: string, ranker: string | null, options: Watched = {}): Promise<void> {
  const { setRankerOf } = await import('./ranking/set-ranker.js');
  return setRankerOf(folder, ranker, options);
}

/**
 * Finds or sets how much vectors count beside tokens in an index that stands. Who searches it reads the new weight when the index is opened next.
 *
 * ```ts
 * await tuneIndex('out/index', { judged: { queries: 'judged.jsonl', qrels: 'judged.trec' } });
 * await tuneIndex('out/index', { weight: 0.3 });
 * ```
 * @throws TandemError 'index/locked' where it is open for writing | 'index/no-vectors' | 'index/*' | 'data/*'
 */
export async function tuneIndex(folder: string, options: TuneIndexOptions = {}): Promise<TunedWeight> {
  const { tuneIndexAt } = await import('./indexes/set-weight.js');
  return tuneIndexAt(folder, options);
}

/**
 * Shows on golden queries what each rule of curation changes (docs/rules.md); the index stays as it is.
 *
 * ```ts
 * const { rules } = await compareRules('out/index', { golden: 'golden.jsonl', rules: 'rules.json' });
 * for (const { id, queries } of rules) console.log(id, queries.length);
 * ```
 * @throws TandemError 'rules/invalid' | 'data/*' | 'index/*' | 'model/*'
 */
export async function compareRules(folder: string, options: CompareRulesOptions): Promise<ComparedRules> {
  const { compareRulesAt } = await import('./curation/check-rules.js');
  return compareRulesAt(folder, options);
}

/**
 * The generations of an index: what each model that it was given has made in it (docs/generations.md).
 *
 * ```ts
 * await generations.add('out/index', { model: 'out/better-model' });
 * await generations.switch('out/index', { model: 'out/better-model' });
 * await generations.rollback('out/index');
 * ```
 */
export const generations = {
  /** All of them, in the order of their numbers. @throws TandemError 'index/*' */
  async list(folder: string): Promise<readonly GenerationInfo[]> {
    const { listGenerationsOf } = await import('./generations/list-generations.js');
    return listGenerationsOf(folder);
  },
  /**
   * Embeds the documents of an index with another model, beside what is searched and written to by whatever process. Ended at any moment, it goes on where
   * it stopped when it is called again.
   * @throws TandemError 'generation/exists' | 'generation/unfinished' | 'generation/busy' | 'model/*' | 'index/*' | 'files/*'
   */
  async add(folder: string, options: AddGenerationOptions): Promise<GenerationInfo> {
    const { addGenerationOf } = await import('./generations/add-generation.js');
    return addGenerationOf(folder, options);
  },
  /**
   * Asks two generations the same queries: how much their hits agree, which queries change most, and with judgements the figures of both.
   * @throws TandemError 'generation/unknown' | 'generation/unfinished' | 'data/*' | 'evaluation/*' | 'index/*' | 'model/*'
   */
  async compare(folder: string, options: CompareGenerationsOptions): Promise<ComparedGenerations> {
    const { compareGenerationsOf } = await import('./generations/compare-generations.js');
    return compareGenerationsOf(folder, options);
  },
  /**
   * Makes another generation the one that is searched and written to.
   * @throws TandemError 'index/locked' where it is open for writing | 'generation/unknown' | 'generation/unfinished' | 'generation/busy' | 'index/*' | 'model/*'
   */
  async switch(folder: string, options: GenerationChoice = {}): Promise<SwitchedGeneration> {
    const { switchGenerationOf } = await import('./generations/switch-generation.js');
    return switchGenerationOf(folder, options);
  },
  /** Goes back to the generation that was active before. @throws TandemError 'generation/no-previous', and as `switch` */
  async rollback(folder: string): Promise<SwitchedGeneration> {
    const { rollbackGenerationOf } = await import('./generations/switch-generation.js');
    return rollbackGenerationOf(folder);
  },
  /**
   * Takes a generation out of an index, finished or not; the active one stays. @returns its number
   * @throws TandemError 'generation/active' | 'generation/unknown' | 'generation/busy' | 'index/*' | 'files/*'
   */
  async drop(folder: string, options: GenerationChoice = {}): Promise<number> {
    const { dropGenerationOf } = await import('./generations/switch-generation.js');
    return dropGenerationOf(folder, options);
  },
} as const;

/**
 * Loads a model, to embed queries and documents with. `close` it in the end.
 *
 * ```ts
 * const model = await loadModel('out/model');
 * const { embedding } = await model.embedQuery({ text: 'watering the lawn' });
 * ```
 * @throws TandemError 'data/not-found' | 'model/damaged' | 'model/unsupported-version'
 */
export async function loadModel(folder: string, options: LoadModelOptions = {}): Promise<Model> {
  const { loadModelFolder } = await import('./embedding/load-model.js');
  return loadModelFolder(folder, options);
}

/**
 * Embeds the documents of a file into another, a row each, in the same order.
 *
 * ```ts
 * await embedDocuments({ model: 'out/model', in: 'documents.jsonl', out: 'out/documents.parquet' });
 * ```
 * @throws TandemError 'files/exists' without `replace` | 'data/*' (with the line) | 'model/*'; then nothing is written
 */
export async function embedDocuments(options: EmbedDocumentsOptions): Promise<Embedded> {
  const { embedRowsOf } = await import('./embedding/embed-rows.js');
  return embedRowsOf('documents', options);
}

/**
 * The same for queries.
 *
 * ```ts
 * await embedQueries({ model: 'out/model', in: 'queries.jsonl', out: 'out/queries.jsonl' });
 * ```
 * @throws TandemError as embedDocuments
 */
export async function embedQueries(options: EmbedQueriesOptions): Promise<Embedded> {
  const { embedRowsOf } = await import('./embedding/embed-rows.js');
  return embedRowsOf('queries', options);
}

/**
 * Measures runs by judgements, and compares the first with each of the others.
 *
 * ```ts
 * const qrels = { q1: { '17': 1 } };
 * const { runs } = await evaluateRuns({ runs: { mine: { q1: [{ id: '17', score: 2.5 }] } }, qrels });
 * console.log(runs[0].means['nDCG@10']);
 * ```
 * @throws TandemError 'data/*' | 'evaluation/*' | 'files/exists' for a report without `replace`
 */
export async function evaluateRuns(options: EvaluateRunsOptions): Promise<Measured> {
  const { evaluateRunsOf } = await import('./evaluation/evaluate-runs.js');
  return evaluateRunsOf(options);
}

/**
 * Measures an index in each of its modes by judged queries.
 *
 * ```ts
 * const { runs } = await evaluateIndex({ index: 'out/index', queries: 'queries.jsonl', qrels: 'qrels.trec' });
 * for (const { name, means } of runs) console.log(name, means['nDCG@10']);
 * ```
 * @throws TandemError 'index/*' | 'model/*', and as evaluateRuns
 */
export async function evaluateIndex(options: EvaluateIndexOptions): Promise<Measured> {
  const { evaluateIndexAt } = await import('./evaluation/evaluate-runs.js');
  return evaluateIndexAt(options);
}

/**
 * Serves an index over HTTP, with a page at / and the interface at /docs, until it is closed.
 *
 * ```ts
 * const server = await createServer({ index: 'out/index', port: 8080 });
 * console.log(server.url);
 * await server.close();
 * ```
 * @throws TandemError 'index/*' | 'model/*' | 'server/port-taken'
 */
export async function createServer(options: CreateServerOptions): Promise<Server> {
  const { serveUntilClosed } = await import('./server/create-server.js');
  return serveUntilClosed(options);
}
