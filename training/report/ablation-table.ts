import { type Comparison, compareRuns } from '../../src/evaluation/compare.js';
import { type Figures, type MetricTable, meanFigures } from '../../src/evaluation/evaluate.js';

/** What one seed of a variant gives. */
export interface SeedFigures {
  readonly perQuery: MetricTable;
  /** figures over all queries that are no means of theirs, such as `ROC AUC` */
  readonly whole: Figures;
}

/** A variant as it was measured: one entry for each seed, the same queries in each. */
export interface VariantFigures {
  readonly name: string;
  readonly seeds: readonly SeedFigures[];
}

/** A figure over the seeds of a variant. */
export interface SeedMean {
  readonly mean: number;
  /** standard deviation of a seed (n - 1 below); absent with one seed */
  readonly deviation?: number;
}

/** A row: its figures and, but for the first row, how they differ from the first row's. */
export interface AblationRow {
  readonly name: string;
  readonly figures: Readonly<Record<string, SeedMean>>;
  /** above 0 = ahead of the first row; by figure, for those that are figures of single queries */
  readonly differences?: Readonly<Record<string, Comparison>>;
}

/**
 * The table of an ablation. Figures: mean over seeds of the mean over queries. Differences: a query's figure is averaged over the seeds,
 * then the rows are compared query by query (compareRuns), so that intervals and p speak of the choice of queries; how much a seed
 * moves a figure says its deviation.
 * @param variants  the base first; the same queries and figures in each
 * @param seed      of intervals and significance
 * @throws TandemError 'usage/bad-value' when the variants do not hold the same queries, 'evaluation/no-queries'
 */
export function ablationTable(variants: readonly VariantFigures[], options: { readonly seed: number }): AblationRow[] {
  const tables = variants.map(({ seeds }) => averagedTable(seeds.map(({ perQuery }) => perQuery)));
  return variants.map(({ name, seeds }, row) => {
    const figures = seedMeans(seeds.map(({ perQuery, whole }) => ({ ...meanFigures(perQuery), ...whole })));
    if (row === 0) return { name, figures };
    const compared = Object.keys(tables[0].values().next().value ?? {});
    const differences = Object.fromEntries(
      compared.map(figure => [figure, compareRuns(tables[row], tables[0], figure, options)]),
    );
    return { name, figures, differences };
  });
}

/** Every figure of every query, averaged over the seeds. */
function averagedTable(tables: readonly MetricTable[]): MetricTable {
  const mean = (query: string, figure: string): number =>
    tables.reduce((sum, table) => sum + (table.get(query)?.[figure] ?? Number.NaN), 0) / tables.length;
  return new Map(
    [...tables[0]].map(([query, figures]) => [
      query,
      Object.fromEntries(Object.keys(figures).map(figure => [figure, mean(query, figure)])),
    ]),
  );
}

function seedMeans(seeds: readonly Figures[]): Record<string, SeedMean> {
  return Object.fromEntries(
    Object.keys(seeds[0]).map(figure => [figure, meanAndDeviation(seeds.map(figures => figures[figure]))]),
  );
}

function meanAndDeviation(values: readonly number[]): SeedMean {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2) return { mean };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}
