import { type Evaluation, type Figures, type MetricTable, meanFigures } from './evaluate.js';

/** Query id -> slice name -> value, such as `{ country: 'de', length: '2' }`. */
export type SliceLabels = ReadonlyMap<string, Readonly<Record<string, string>>>;

export interface Slice {
  /** what the queries are cut by, such as `country` */
  readonly name: string;
  /** their value; `(none)` for queries without one */
  readonly value: string;
  readonly perQuery: MetricTable;
  readonly means: Figures;
}

/** Value of queries that carry no label of a slice: they are shown, since leaving them out would lift or lower the rest. */
const unlabelled = '(none)';

/**
 * Cuts a table of figures by every slice name that occurs; each query stands once under every name.
 * @returns by name in order of first appearance, then by value (numbers by size, texts by letter)
 */
export function sliceEvaluation(perQuery: MetricTable, labels: SliceLabels): Slice[] {
  const names = new Set([...perQuery.keys()].flatMap(query => Object.keys(labels.get(query) ?? {})));
  return [...names].flatMap(name =>
    [...rowsByValue(perQuery, labels, name)]
      .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
      .map(([value, rows]) => ({ name, value, perQuery: rows, means: meanFigures(rows) })),
  );
}

/** One figure by slice name, value and run, the number of queries beside it. */
export type SlicedFigure = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>>;

/** One figure of several runs in every slice. */
export function sliceFigure(
  runs: readonly { readonly name: string; readonly evaluation: Pick<Evaluation, 'perQuery'> }[],
  labels: SliceLabels,
  figure: string,
): SlicedFigure {
  const table: Record<string, Record<string, Record<string, number>>> = {};
  for (const { name, evaluation } of runs) {
    for (const slice of sliceEvaluation(evaluation.perQuery, labels)) {
      table[slice.name] ??= {};
      table[slice.name][slice.value] ??= { queries: slice.perQuery.size };
      table[slice.name][slice.value][name] = slice.means[figure];
    }
  }
  return table;
}

function rowsByValue(perQuery: MetricTable, labels: SliceLabels, name: string): Map<string, Map<string, Figures>> {
  const byValue = new Map<string, Map<string, Figures>>();
  for (const [query, figures] of perQuery) {
    const value = labels.get(query)?.[name] ?? unlabelled;
    const rows = byValue.get(value) ?? new Map<string, Figures>();
    byValue.set(value, rows.set(query, figures));
  }
  return byValue;
}

/** Slice value of a query by its words: `1`, `2`, `3`, `4` or `5+`; scripts without spaces are cut by Intl.Segmenter. */
export function lengthSlice(text: string): string {
  const words = [...new Intl.Segmenter('und', { granularity: 'word' }).segment(text)].filter(
    part => part.isWordLike,
  ).length;
  return words >= 5 ? '5+' : String(words);
}
