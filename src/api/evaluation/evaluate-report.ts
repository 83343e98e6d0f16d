import type { QueryRow } from '../../config/rows.js';
import type { VectorMeasures } from '../../evaluation/measure-vectors.js';
import type { EvaluatedRun } from '../../evaluation/report/evaluation-report.js';
import { evaluationSections } from '../../evaluation/report/evaluation-sections.js';
import { renderReport } from '../../evaluation/report/render-report.js';
import type { Section } from '../../evaluation/report/sections.js';
import type { Qrels } from '../../evaluation/trec.js';
import { writeWhole } from '../../files/atomic.js';
import type { SearchMode } from '../../search/request.js';
import { readFusionCurve } from '../../search/tuned-fusion.js';
import { type BackendChoice, clusterPlace } from '../indexes/cluster-place.js';
import { withBackend } from '../indexes/open-backend.js';
import { withSearch } from '../indexes/open-search.js';
import type { Gains, RunHits } from '../options.js';
import { readGains, readQueryRows } from '../project/read-rows.js';
import type { Watch } from '../watch.js';
import { type ComparedRuns, compareWithFirst } from './compare-runs.js';
import {
  evaluateModes,
  evaluateNamedRuns,
  evaluateVectors,
  type NamedRun,
  readRunFiles,
  readSlices,
} from './evaluate-files.js';
import { indexSections } from './index-sections.js';

export interface EvaluateReportOptions extends BackendChoice {
  readonly qrels: string | Gains;
  /** run files, or runs; when there is no index they are measured */
  readonly run: readonly string[] | Readonly<Record<string, RunHits>>;
  readonly index?: string;
  readonly queries?: string | readonly QueryRow[];
  /** every mode that the index answers when absent */
  readonly mode?: SearchMode;
  readonly relevanceLevel: number;
  readonly condensed: boolean;
  readonly slices?: string;
  /** HTML report */
  readonly out?: string;
  readonly seed: number;
  /** the figure that runs are compared by */
  readonly figure: string;
}

/** What was measured, and how the first run compares with each of the others. */
export interface Evaluated {
  readonly runs: readonly EvaluatedRun[];
  /** of the embeddings by themselves, where an index has any */
  readonly vectors?: VectorMeasures;
  readonly comparisons: readonly ComparedRuns[];
}

/** Measures runs or an index, compares them, writes the report. */
export async function evaluateAndReport(options: EvaluateReportOptions, watch: Watch): Promise<Evaluated> {
  const { figure, seed, out } = options;
  const qrels = await readGains(options.qrels);
  const slices = options.slices === undefined ? undefined : await readSlices(options.slices);
  const queries = options.queries === undefined ? [] : await readQueryRows(options.queries, watch);
  const measured: Measured =
    options.index === undefined
      ? { runs: evaluateNamedRuns(await readRuns(options.run), qrels, options, watch), sections: [] }
      : await evaluateIndex(options.index, queries, qrels, options, watch);
  const { runs, vectors } = measured;
  const comparisons = compareWithFirst(runs, figure, seed);
  if (out !== undefined) {
    const queryTexts = new Map(queries.map(({ id, text }) => [id, text]));
    const sections = [...evaluationSections({ runs, figure, seed, slices, queryTexts }), ...measured.sections];
    await writeWhole(out, renderReport({ title: 'Evaluation', sections }));
  }
  return { runs, vectors, comparisons };
}

const isFiles = Array.isArray as (runs: EvaluateReportOptions['run']) => runs is readonly string[];

const readRuns = async (runs: EvaluateReportOptions['run']): Promise<NamedRun[]> =>
  isFiles(runs)
    ? readRunFiles(runs)
    : Object.entries(runs).map(([name, hits]) => ({ name, from: name, run: new Map(Object.entries(hits)) }));

const evaluateIndex = (
  index: string,
  queries: readonly QueryRow[],
  qrels: Qrels,
  options: EvaluateReportOptions,
  watch: Watch,
): Promise<Measured> => {
  const evaluate = clusterPlace(index, options) === undefined ? evaluateFolder : evaluateCluster;
  return evaluate(index, queries, qrels, options, watch);
};

interface Measured {
  readonly runs: readonly EvaluatedRun[];
  readonly vectors?: VectorMeasures;
  /** what the report shows of the index itself */
  readonly sections: readonly Section[];
}

/** An index of a cluster has no embeddings here that could be measured by themselves. */
const evaluateCluster = (
  index: string,
  queries: readonly QueryRow[],
  qrels: Qrels,
  options: EvaluateReportOptions,
  watch: Watch,
): Promise<Measured> =>
  withBackend(index, options, async search => {
    const modes = options.mode === undefined ? search.modes : [options.mode];
    return { runs: await evaluateModes(search, modes, queries, qrels, options, watch), sections: [] };
  });

const evaluateFolder = (
  folder: string,
  queries: readonly QueryRow[],
  qrels: Qrels,
  options: EvaluateReportOptions,
  watch: Watch,
): Promise<Measured> =>
  withSearch(folder, async search => {
    const modes = options.mode === undefined ? search.modes : [options.mode];
    const runs = await evaluateModes(search, modes, queries, qrels, options, watch);
    const vectors = modes.includes('vector')
      ? await evaluateVectors(search, queries, qrels, options, watch)
      : undefined;
    return { runs, vectors, sections: indexSections(await readFusionCurve(folder), vectors) };
  });
