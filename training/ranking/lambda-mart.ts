import { setImmediate as giveWay } from 'node:timers/promises';
import type { LambdaMartOptions } from '../../src/config/ranking.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { instantiate } from '../../src/math/wasm.js';
import { compileEnsemble } from '../../src/ranking/trees/compile.js';
import type { Tree, TreeEnsemble } from '../../src/ranking/trees/ensemble.js';
import { packBins } from './binned-rows.js';
import { type FeatureBins, findBins, sampleRows } from './bins.js';
import { openCrew } from './crew.js';
import { drawShare, randomOf } from './draw.js';
import { type Growth, growTree } from './grow-tree.js';
import { addLeaves, asTree, type GrownTree } from './grown-tree.js';
import { ndcgMeter } from './ndcg.js';
import { openWorkspace } from './open-workspace.js';
import { checkRows, checkSameFeatures, learnableQueries, type RankingRows } from './rows.js';
import { taskKinds } from './tasks.js';
import { trainKernels } from './train-kernels.js';
import { type Workspace, wordsOf } from './workspace.js';

/** Quality after a tree, nDCG@k. */
export interface CurvePoint {
  /** from 1 */
  readonly tree: number;
  readonly train: number;
  readonly validation?: number;
}

/** What a later run needs to go on: all trees so far. */
export interface LambdaMartState {
  readonly ensemble: TreeEnsemble;
  readonly curve: readonly CurvePoint[];
}

export interface LambdaMartHooks {
  /** @param progress  `trees` at most, `seconds` since this run began */
  onTree?(progress: CurvePoint & { readonly trees: number; readonly seconds: number }): void;
  /** Trees of a run before, over the same rows and options; the trees that follow are those that it would have grown. */
  readonly state?: LambdaMartState;
  /** Called after each tree; awaited. */
  saveState?(state: LambdaMartState): void | Promise<void>;
}

export interface TrainedRanker {
  /** up to the best tree by validation; all trees without it */
  readonly ensemble: TreeEnsemble;
  /** of all trees, those behind the best one too */
  readonly curve: readonly CurvePoint[];
  /** where the ensemble ends */
  readonly best: CurvePoint;
}

/**
 * LambdaMART: each tree fits the lambdas of all queries by one Newton step (Burges, MSR-TR-2010-82). Trees are functions of rows, options and seed; neither the
 * number of threads nor an interruption changes them. Queries whose documents all have one gain teach nothing and are left out.
 * @param validation  the ensemble ends where it has the highest nDCG@k, and training `earlyStop` trees later
 * @throws TandemError 'ranker/bad-rows' | 'ranker/nothing-to-learn' | 'ranker/other-features' | 'ranker/too-large'
 */
export async function trainLambdaMart(
  rows: RankingRows,
  validation: RankingRows | undefined,
  options: LambdaMartOptions,
  hooks: LambdaMartHooks = {},
): Promise<TrainedRanker> {
  checkRows(rows);
  if (validation) {
    checkRows(validation);
    checkSameFeatures(validation.features, rows.features);
  }
  const queries = learnableQueries(rows);
  if (queries.length === 0)
    throw new TandemError('ranker/nothing-to-learn', 'no query has documents of different gains');
  const started = performance.now();
  const bins = binsOf(rows, options);
  const workspace = openWorkspace(rows, bins, options);
  const judge = validation && validationScores(validation, bins, options.k);
  const trainNdcg = ndcgMeter(rows, options.k);
  const { part } = instantiate(trainKernels, workspace.memory);
  const trees: Tree[] = [];
  const curve: CurvePoint[] = [];
  if (hooks.state) {
    checkSameFeatures(hooks.state.ensemble.features, rows.features);
    trees.push(...hooks.state.ensemble.trees);
    curve.push(...hooks.state.curve);
    addScores(hooks.state.ensemble, rows.columns, workspace.lambdas.scores);
    if (validation && judge) addScores(hooks.state.ensemble, validation.columns, judge.scores);
  }
  const ensembleOf = (count: number): TreeEnsemble => ({
    features: rows.features,
    base: 0,
    trees: trees.slice(0, count),
  });

  const crew = await openCrew(workspace, options.threads);
  try {
    while (trees.length < options.trees && !hasStopped(curve, options.earlyStop)) {
      const number = trees.length;
      const drawn = drawShare(queries, options.queryShare, randomOf(options.seed, number, 'queries'));
      drawFeatures(workspace, options, number);
      crew.run(taskKinds.lambdas);
      const members = gatherMembers(workspace, drawn);
      const growth = growTree(workspace, crew, bins, members, options, part);
      if (growth === undefined) break;
      addToTraining(workspace, growth, queries, drawn);
      judge?.add(growth.tree);
      trees.push(asTree(growth.tree, bins));
      const point = { tree: trees.length, train: trainNdcg(workspace.lambdas.scores), validation: judge?.ndcg() };
      curve.push(point);
      hooks.onTree?.({ ...point, trees: options.trees, seconds: (performance.now() - started) / 1000 });
      await hooks.saveState?.({ ensemble: ensembleOf(trees.length), curve: [...curve] });
      await giveWay();
    }
  } finally {
    await crew.close();
  }
  if (curve.length === 0)
    throw new TandemError('ranker/nothing-to-learn', 'no feature tells better documents from worse');
  const best = bestPoint(curve);
  return { ensemble: ensembleOf(best.tree), curve, best };
}

function binsOf({ features, columns, gains }: RankingRows, { bins, seed }: LambdaMartOptions): FeatureBins[] {
  const sample = sampleRows(gains.length, randomOf(seed, 0, 'bins'));
  return features.map(({ kind }, i) => findBins(kind, columns[i], sample, bins));
}

/** The tree with the highest nDCG on validation, of equal ones the first; the last one without validation. */
const bestPoint = (curve: readonly CurvePoint[]): CurvePoint =>
  curve.reduce((best, point) =>
    point.validation === undefined || point.validation > (best.validation ?? 0) ? point : best,
  );

const hasStopped = (curve: readonly CurvePoint[], earlyStop: number): boolean =>
  earlyStop > 0 && curve.length > 0 && curve.length - bestPoint(curve).tree >= earlyStop;

function drawFeatures({ active }: Workspace, { featureShare, seed }: LambdaMartOptions, tree: number): void {
  const all = Uint32Array.from({ length: active.length }, (_, feature) => feature);
  active.fill(0);
  for (const feature of drawShare(all, featureShare, randomOf(seed, tree, 'features'))) active[feature] = 1;
}

/** Makes the rows of the drawn queries the members of the root. @returns how many */
function gatherMembers({ lambdas, members, pairs }: Workspace, drawn: Uint32Array): number {
  const { groups, gradients } = lambdas;
  let count = 0;
  for (const query of drawn) {
    pairs.set(gradients.subarray(2 * groups[query], 2 * groups[query + 1]), 2 * count);
    for (let row = groups[query]; row < groups[query + 1]; row++) members[count++] = row;
  }
  return count;
}

/** Rows that the tree learnt from are known by their leaves; those of queries that were not drawn walk down. */
function addToTraining(
  { lambdas, members, packed }: Workspace,
  { tree, ranges }: Growth,
  queries: Uint32Array,
  drawn: Uint32Array,
): void {
  const { groups, scores } = lambdas;
  ranges.forEach(({ from, to }, leaf) => {
    for (let i = from; i < to; i++) scores[members[i]] += tree.values[leaf];
  });
  if (drawn.length === queries.length) return;
  const known = new Set(drawn);
  for (const query of queries) if (!known.has(query)) addLeaves(tree, packed, scores, groups[query], groups[query + 1]);
}

function validationScores(rows: RankingRows, bins: readonly FeatureBins[], k: number) {
  const scores = new Float64Array(rows.gains.length);
  const packed = new Uint32Array(wordsOf(bins.length) * scores.length);
  packBins(bins, rows.columns, packed);
  const meter = ndcgMeter(rows, k);
  return {
    scores,
    add: (tree: GrownTree) => addLeaves(tree, packed, scores, 0, scores.length),
    ndcg: () => meter(scores),
  };
}

/** Rows that are scored at a time. */
const chunk = 8192;

/** Scores as they were when the trees had been grown: the same sums in the same order. */
function addScores(ensemble: TreeEnsemble, columns: readonly Float32Array[], scores: Float64Array): void {
  const compiled = compileEnsemble(ensemble);
  for (let from = 0; from < scores.length; from += chunk) {
    const part = columns.map(column => Float64Array.from(column.subarray(from, from + chunk)));
    scores.set(compiled.scores(part), from);
  }
}
