import { z } from 'zod';
import { TandemError } from '../../errors/tandem-error.js';
import { checkOptions, maybe, mode, type OptionSchemas, object, path, rows, watch, whole } from '../check-options.js';
import type { Destination } from '../destination.js';
import type { EvaluateIndexOptions, EvaluateRunsOptions, Measured } from '../options.js';
import { writeWatched } from '../write-watched.js';
import { evaluateAndReport } from './evaluate-report.js';

const measuring: OptionSchemas<Omit<EvaluateRunsOptions, 'runs'>> = {
  qrels: rows,
  relevanceLevel: whole(1, 1_000_000).optional(),
  condensed: maybe,
  figure: z.string().optional(),
  seed: whole(0, 2 ** 32 - 1).optional(),
  report: path.optional(),
  replace: maybe,
  watch,
};

/** What `evaluateRuns` of the library does. */
export async function evaluateRunsOf(given: EvaluateRunsOptions): Promise<Measured> {
  checkOptions('evaluateRuns', given, { ...measuring, runs: object });
  const { runs, ...options } = given;
  if (Object.keys(runs).length === 0) throw new TandemError('usage/missing-option', 'evaluateRuns: runs holds none');
  return measure({ run: runs }, options);
}

/** What `evaluateIndex` of the library does. */
export async function evaluateIndexAt(given: EvaluateIndexOptions): Promise<Measured> {
  checkOptions('evaluateIndex', given, { ...measuring, index: path, queries: rows, mode: mode.optional() });
  const { index, queries, mode: asked, ...options } = given;
  return measure({ run: [], index, queries, mode: asked }, options);
}

type Asked = Pick<Parameters<typeof evaluateAndReport>[0], 'run' | 'index' | 'queries' | 'mode'>;

async function measure(asked: Asked, options: Omit<EvaluateRunsOptions, 'runs'>): Promise<Measured> {
  const { relevanceLevel = 1, condensed = false, figure = 'nDCG@10', seed = 1, report, replace = false } = options;
  const destinations: Destination[] = report === undefined ? [] : [{ path: report, kind: 'file', force: replace }];
  const { runs, comparisons, vectors } = await writeWatched(destinations, options.watch, watch =>
    evaluateAndReport({ ...asked, qrels: options.qrels, relevanceLevel, condensed, figure, seed, out: report }, watch),
  );
  return {
    runs: runs.map(({ name, evaluation: { queries, means, perQuery } }) => ({ name, queries, means, perQuery })),
    comparisons,
    ...(vectors && { vectors: vectors.figures }),
  };
}
