import type { QueryRow } from '../../config/rows.js';
import { type EvaluateOptions, evaluateRun } from '../../evaluation/evaluate.js';
import type { EvaluatedRun } from '../../evaluation/report/evaluation-report.js';
import { evaluationSections } from '../../evaluation/report/evaluation-sections.js';
import { renderReport } from '../../evaluation/report/render-report.js';
import { type SlicedFigure, sliceFigure } from '../../evaluation/slices.js';
import type { JudgedQueries } from '../../evaluation/tune-index.js';
import { writeWhole } from '../../files/atomic.js';
import type { Candidate } from '../../ranking/candidate.js';
import { candidateTable } from '../../ranking/candidate-table.js';
import { reciprocalRankFusion } from '../../ranking/fusion.js';
import { type DeepRanker, openDeepRanker } from '../../ranking/learned/deep-ranker.js';
import { treeRanker } from '../../ranking/learned/tree-ranker.js';
import { rankCandidates } from '../../ranking/ranker.js';
import type { SecondRanker } from '../../ranking/second-ranker.js';
import type { RankedCandidates } from '../../search/embedded-backend.js';
import { type ComparedRuns, compareWithFirst } from '../evaluation/compare-runs.js';
import { readSlices } from '../evaluation/evaluate-files.js';
import type { BackendChoice } from '../indexes/cluster-place.js';
import { openScorer } from '../indexes/open-search.js';
import type { Watch } from '../watch.js';
import { rankerOf } from './explain-ranker.js';
import { type RankedIndex, withRankedIndex } from './ranked-index.js';

export interface EvaluateRankerOptions extends EvaluateOptions {
  /** folder of the index, or its name in a cluster */
  readonly index: string;
  /** file of a ranker; that of the index when absent */
  readonly ranker?: string;
  /** where the index lies */
  readonly place?: BackendChoice;
  readonly judged: JudgedQueries;
  readonly seed: number;
  /** the figure that orders are compared by */
  readonly figure: string;
  /** file of slices of the queries: query id -> { slice name: value } */
  readonly slices?: string;
  /** HTML report that is written */
  readonly out?: string;
}

export interface RankerEvaluation {
  readonly runs: readonly EvaluatedRun[];
  /** the ranker beside each other order */
  readonly comparisons: readonly ComparedRuns[];
  /** the figure in each slice; absent where there are none */
  readonly slices?: SlicedFigure;
}

/** Hits that a measured order holds: as deep as the deepest metric looks. */
const depth = 100;

/** Measures all ways to order the candidates of an index by the same searches: the ranker, the network behind it, both fusions, each side by itself. */
export async function evaluateRanker(
  options: EvaluateRankerOptions,
  watch: Pick<Watch, 'note' | 'progress'>,
): Promise<RankerEvaluation> {
  const { index: name, ranker: path, judged, figure, seed, out } = options;
  const labels = options.slices === undefined ? undefined : await readSlices(options.slices);
  const asked = new Set(judged.queries.map(({ id }) => id));
  const others = [...judged.qrels.keys()].filter(id => !asked.has(id));
  if (others.length > 0 && others.length < judged.qrels.size)
    watch.note(
      `${others.length} judged queries are not among those asked, such as '${others[0]}'; they count for nothing`,
    );
  // where nothing is judged evaluateRun says so
  const qrels =
    others.length === judged.qrels.size ? judged.qrels : new Map([...judged.qrels].filter(([id]) => asked.has(id)));
  const { place = {} } = options;
  const file = await rankerOf(name, path, place);
  // an order is measured here, not how soon it comes: nothing is ever late
  const deep = file.deep && (await openDeepRanker(file.deep, openScorer, () => 0));
  const rankers: AskedRankers = { trees: treeRanker(file), ...(deep && { deep }) };
  const orders = await withRankedIndex(name, place, index => ordersOf(index, rankers, judged.queries, watch)).finally(
    () => deep?.close(),
  );
  const runs = Object.entries(orders).map(
    ([name, run]): EvaluatedRun => ({
      name,
      evaluation: evaluateRun(run, qrels, options),
    }),
  );
  const comparisons = compareWithFirst(runs, figure, seed);
  if (out !== undefined) {
    const queryTexts = new Map(judged.queries.map(({ id, text }) => [id, text]));
    const sections = evaluationSections({ runs, figure, seed, queryTexts, slices: labels });
    await writeWhole(out, renderReport({ title: 'Ranking', sections }));
  }
  return { runs, comparisons, ...(labels && { slices: sliceFigure(runs, labels, figure) }) };
}

interface AskedRankers {
  readonly trees: SecondRanker;
  readonly deep?: DeepRanker;
}

/** By name, then by query. `deep` is what the network behind the ranker makes of its order, where it has one. */
type Orders = Record<string, Map<string, readonly Candidate[]>>;

type Asked = Pick<RankedIndex, 'candidates'>;

async function ordersOf(
  index: Asked,
  rankers: AskedRankers,
  queries: readonly QueryRow[],
  watch: Pick<Watch, 'progress'>,
): Promise<Orders> {
  const orders: Orders = {};
  const progress = watch.progress('ranking', 'queries', queries.length);
  try {
    let done = 0;
    for (const { id, text, country, language } of queries) {
      const found = await ordered(await index.candidates({ text, country, language }, rankers.trees.depth), rankers);
      for (const [name, order] of Object.entries(found)) {
        orders[name] ??= new Map();
        orders[name].set(id, order.slice(0, depth));
      }
      progress.update(++done);
    }
  } finally {
    progress.finish();
  }
  return orders;
}

/** All orders of the candidates of a query; the ranker's stands first, others are compared with it. */
async function ordered(
  { retrieved, first, table }: RankedCandidates,
  { trees, deep }: AskedRankers,
): Promise<Record<string, readonly Candidate[]>> {
  const { token, vector } = retrieved;
  const again = rankCandidates(trees, table);
  const network = await deep?.rank(again, table);
  const rest = first.slice(trees.depth);
  return {
    ranker: inOrder([...again, ...rest]),
    ...(network && { deep: inOrder([...network.ordered, ...network.behind, ...rest]) }),
    hybrid: first,
    rrf: rankCandidates(reciprocalRankFusion(token.length), candidateTable(retrieved)),
    vector,
    token,
  };
}

/** Candidates of several rankings one behind the other, with scores that say so. */
const inOrder = (candidates: readonly Candidate[]): Candidate[] =>
  candidates.map(({ id }, place) => ({ id, score: -place }));
