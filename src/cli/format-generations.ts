import type { ComparedGenerations, GenerationInfo } from '../api/options.js';
import { formatComparison } from './format-metrics.js';
import { terminalTable } from './terminal-table.js';

const stateOf = ({ active, previous, ready }: GenerationInfo): string => {
  if (active) return 'active';
  if (!ready) return 'not finished';
  return previous ? 'ready, active before' : 'ready';
};

/** A line for each generation. */
export const formatGenerations = (generations: readonly GenerationInfo[]): string =>
  terminalTable(
    ['generation', 'state', 'model', 'embedded', 'writes behind', 'weight', 'added'].map(name => ({ name })),
    generations.map(each => [
      String(each.number),
      stateOf(each),
      each.modelId?.slice(0, 12) ?? 'none',
      each.modelId === null ? '' : `${each.embedded} of ${each.documents}`,
      String(each.behind),
      String(each.fusionWeight),
      each.created.slice(0, 16).replace('T', ' '),
    ]),
  );

/** Queries that are named. */
const named = 10;

/** How two generations agree, the queries that change most, and with judgements their figures. */
export function formatCompared({
  first,
  second,
  metrics,
  comparison,
  byChange,
  ...agreement
}: ComparedGenerations): string {
  const { queries, overlap, rbo, changed, reordered } = agreement;
  const most = byChange.filter(each => each.overlap < 1).slice(0, named);
  return [
    `${queries} queries: overlap@10 ${overlap.toFixed(4)}, RBO ${rbo.toFixed(4)}; ${changed} with other documents, ${reordered} in another order`,
    ...(metrics === undefined ? [] : [formatMeans([`generation ${first}`, `generation ${second}`], metrics)]),
    ...(comparison === undefined ? [] : [formatComparison(comparison)]),
    ...(most.length === 0 ? [] : [formatMost(most)]),
  ].join('\n');
}

function formatMeans(names: readonly string[], means: NonNullable<ComparedGenerations['metrics']>): string {
  const figures = Object.keys(means[0]);
  return terminalTable(
    [{ name: '' }, ...figures.map(name => ({ name, numeric: true }))],
    means.map((of, at) => [names[at], ...figures.map(name => of[name].toFixed(4))]),
  );
}

const formatMost = (most: ComparedGenerations['byChange']): string =>
  terminalTable(
    [{ name: 'queries that change most' }, { name: 'overlap', numeric: true }, { name: 'gain', numeric: true }],
    most.map(({ text, overlap, gain }) => [text, overlap.toFixed(2), gain?.toFixed(4) ?? '']),
  );
