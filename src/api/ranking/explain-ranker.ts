import { TandemError } from '../../errors/tandem-error.js';
import { renderReport } from '../../evaluation/report/render-report.js';
import type { LineChartSection, Section } from '../../evaluation/report/sections.js';
import type { JudgedQueries } from '../../evaluation/tune-index.js';
import { writeWhole } from '../../files/atomic.js';
import { aboutFeature } from '../../ranking/features/catalogue.js';
import { parseRanker, type RankerFile, readRanker } from '../../ranking/learned/ranker-file.js';
import { columnsFor } from '../../ranking/learned/tree-ranker.js';
import type { FeatureTable } from '../../ranking/second-ranker.js';
import { importance } from '../../ranking/trees/importance.js';
import { partialDependence } from '../../ranking/trees/partial-dependence.js';
import { loadRanker } from '../../search/index-ranker.js';
import { readManifest } from '../../search/manifest.js';
import { type BackendChoice, clusterPlace } from '../indexes/cluster-place.js';
import type { Watch } from '../watch.js';
import { withRankedIndex } from './ranked-index.js';

export interface ExplainRankerOptions {
  /** folder of the index, or its name in a cluster */
  readonly index: string;
  /** where it lies */
  readonly place?: BackendChoice;
  /** file of a ranker; that of the index when absent */
  readonly ranker?: string;
  /** queries whose candidates curves are drawn over; without them only importances are told */
  readonly queries?: JudgedQueries['queries'];
  /** HTML report that is written; it needs queries */
  readonly out?: string;
}

export interface FeatureImportance {
  readonly feature: string;
  /** what it is */
  readonly about: string;
  /** its share of what all splits took off the loss, [0, 1] */
  readonly gain: number;
  /** nodes that ask for it */
  readonly splits: number;
}

/** Queries, and candidates of each, that curves are drawn over. */
const mostQueries = 100;
const rowsOfQuery = 20;
/** Features that get a curve, and points of it at most. */
const mostCurves = 12;
const mostPoints = 30;

/** The ranker of a file, or that of an index. @throws TandemError 'ranker/*' | 'index/*' | 'cluster/*' */
export async function rankerOf(
  index: string,
  path: string | undefined,
  choice: BackendChoice = {},
): Promise<RankerFile> {
  const file = path === undefined ? await keptRanker(index, choice) : await readRanker(path);
  if (file !== undefined) return file;
  throw new TandemError('ranker/not-found', `${index}: it has no ranker, and none was given`, { path: index });
}

async function keptRanker(index: string, choice: BackendChoice): Promise<RankerFile | undefined> {
  const place = clusterPlace(index, choice);
  if (place === undefined) return (await loadRanker(index, await readManifest(index)))?.file;
  const { readGenerationRanker } = await import('../../../serving/backends/opensearch/generation-ranker.js');
  const text = await readGenerationRanker(place);
  return text === undefined ? undefined : parseRanker(index, text);
}

/** What the trees of a ranker rest on, most first, and how scores change with each feature. */
export async function explainRanker(
  { index, place = {}, ranker, queries, out }: ExplainRankerOptions,
  watch: Pick<Watch, 'progress'>,
): Promise<readonly FeatureImportance[]> {
  const file = await rankerOf(index, ranker, place);
  const { gain, splits } = importance(file.trees);
  const all = gain.reduce((sum, value) => sum + value, 0) || 1;
  const importances = file.trees.features
    .map(({ name }, i) => ({ feature: name, about: aboutFeature(name) ?? '', gain: gain[i] / all, splits: splits[i] }))
    .sort((a, b) => b.gain - a.gain || b.splits - a.splits || (a.feature < b.feature ? -1 : 1));
  if (out === undefined) return importances;
  const sample = queries === undefined ? undefined : await sampleColumns({ index, place }, file, queries, watch);
  const curves = sample === undefined ? [] : curvesOver(sample, file, importances);
  await writeWhole(out, renderReport({ title: 'Ranker', sections: [importanceSection(importances), ...curves] }));
  return importances;
}

const importanceSection = (importances: readonly FeatureImportance[]): Section => ({
  kind: 'table',
  title: 'Features',
  note: 'Gain: share of what all splits took off the loss of training. Splits: nodes of the trees that ask for the feature.',
  columns: [
    { name: 'feature' },
    { name: 'gain', numeric: true },
    { name: 'splits', numeric: true },
    { name: 'what it is' },
  ],
  rows: importances.map(({ feature, gain, splits, about }) => [feature, gain.toFixed(4), String(splits), about]),
});

/** Partial dependence (Friedman 2001): the mean score of some candidates, each with the feature set to a value. */
function curvesOver(
  columns: readonly Float64Array[],
  file: RankerFile,
  importances: readonly FeatureImportance[],
): Section[] {
  return importances.slice(0, mostCurves).flatMap(({ feature, about, splits }): LineChartSection[] => {
    const number = file.trees.features.findIndex(({ name }) => name === feature);
    const grid = pointsOf(columns[number]);
    if (splits === 0 || grid.length < 2) return [];
    const means = partialDependence(file.trees, columns, number, Float64Array.from(grid));
    return [
      {
        kind: 'lineChart',
        title: feature,
        note: `${about}. Mean score of candidates if all of them had this value.`,
        x: { label: feature },
        y: { label: 'mean score' },
        series: [{ name: feature, points: grid.map((value, i): [number, number] => [value, means[i]]) }],
      },
    ];
  });
}

/** Distinct values of a feature, evenly spread over its candidates. */
function pointsOf(column: Float64Array): number[] {
  const known = [...column].filter(value => !Number.isNaN(value)).sort((a, b) => a - b);
  if (known.length === 0) return [];
  const picked = Array.from(
    { length: mostPoints },
    (_, i) => known[Math.round((i * (known.length - 1)) / (mostPoints - 1))],
  );
  return [...new Set(picked)];
}

async function sampleColumns(
  { index: name, place = {} }: Pick<ExplainRankerOptions, 'index' | 'place'>,
  file: RankerFile,
  queries: JudgedQueries['queries'],
  watch: Pick<Watch, 'progress'>,
): Promise<Float64Array[]> {
  const step = Math.max(1, Math.floor(queries.length / mostQueries));
  const asked = queries.filter((_, i) => i % step === 0).slice(0, mostQueries);
  const parts: Float64Array[][] = [];
  const progress = watch.progress('asking', 'queries', asked.length);
  try {
    await withRankedIndex(name, place, async index => {
      for (const { text, country, language } of asked) {
        const { table } = await index.candidates({ text, country, language }, file.depth);
        parts.push(columnsFor(file, table).map(column => spread(column, table)));
        progress.update(parts.length);
      }
    });
  } finally {
    progress.finish();
  }
  return file.trees.features.map((_, i) => Float64Array.from(parts.flatMap(columns => [...columns[i]])));
}

const spread = (column: Float64Array, { ids }: FeatureTable): Float64Array =>
  column.filter((_, row) => row % Math.max(1, Math.floor(ids.length / rowsOfQuery)) === 0);
