import { countQueries } from '../../../data/golden/count-queries.js';
import { type DrawnStratum, drawGolden } from '../../../data/golden/draw.js';
import { readLog } from '../../../data/golden/read-log.js';
import type { ColumnMapping } from '../../config/mapping.js';
import { TandemError } from '../../errors/tandem-error.js';
import { type GoldenQuery, goldenText } from '../../evaluation/golden/golden-file.js';
import { writeWhole } from '../../files/atomic.js';
import type { BackendChoice } from '../indexes/cluster-place.js';
import type { Watch } from '../watch.js';
import { noteResults } from './note-results.js';

export interface DrawOptions {
  /** file of queries, or a log of searches or events */
  readonly queries: string;
  readonly mapping?: ColumnMapping;
  /** queries wanted */
  readonly size: number;
  readonly seed: number;
  /** whose results are noted; none are when absent */
  readonly index?: string;
  /** where it lies */
  readonly place?: BackendChoice;
  readonly out: string;
}

export interface DrawnGolden {
  readonly queries: number;
  /** rows with a query, distinct queries among them, and the part of these that was looked at */
  readonly rows: number;
  readonly distinct: number;
  readonly kept: number;
  readonly strata: readonly DrawnStratum[];
}

/** Rows between two looks at whether the work was interrupted. */
const rowsOfReport = 1_000;

/**
 * Draws golden queries from a log and writes them, whole or not at all.
 * @throws TandemError 'data/*', and what the index throws whose results are noted
 */
export async function drawGoldenQueries(options: DrawOptions, watch: Watch): Promise<DrawnGolden> {
  const progress = watch.progress('reading queries', 'rows');
  async function* rows() {
    let read = 0;
    for await (const row of readLog(options.queries, { mapping: options.mapping, onNote: watch.note })) {
      if (++read % rowsOfReport === 0) progress.update(read);
      yield row;
    }
  }
  const counted = await countQueries(rows(), options.seed).finally(() => progress.finish());
  if (counted.queries.length === 0)
    throw new TandemError('data/no-queries', `${options.queries}: no row asks for anything`, { path: options.queries });
  const { drawn, strata } = drawGolden(counted.queries, options.size);
  const queries = drawn.map(({ order: _, ...query }): GoldenQuery => query);
  const noted =
    options.index === undefined ? queries : await noteResults(options.index, options.place ?? {}, queries, watch);
  await writeWhole(options.out, goldenText(noted));
  return {
    queries: drawn.length,
    rows: counted.rows,
    distinct: counted.queries.length,
    kept: counted.kept,
    strata,
  };
}
