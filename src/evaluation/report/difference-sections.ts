import { compareRuns, differencesOf } from '../compare.js';
import type { EvaluatedRun, EvaluationReport } from './evaluation-report.js';
import { differenceCell, differenceText, figureText, pText } from './figures.js';
import type { LineChartSection, Section, TableSection } from './sections.js';

/** Queries that a table names at each end. */
const namedQueries = 8;
/** A curve of per-query differences is drawn through at most so many of them. */
const mostPoints = 300;

/** The first run against each of the others: table, curve of the queries, and the queries that differ most; none for one run. */
export function differenceSections(report: EvaluationReport): Section[] {
  const { runs } = report;
  if (runs.length < 2) return [];
  return [
    significanceSection(report),
    curveSection(report),
    ...runs.slice(1).map(other => queriesSection(report, other)),
  ];
}

function significanceSection({ runs, figure, seed }: EvaluationReport): TableSection {
  const pairs = runs.flatMap((first, i) => runs.slice(i + 1).map(second => ({ first, second })));
  return {
    kind: 'table',
    title: `Differences in ${figure}`,
    note: 'Mean of the per-query differences with its 95% bootstrap interval; p from a paired two-sided randomisation test, not corrected for the number of pairs. Coloured where p < 0.05.',
    columns: [
      { name: 'Runs' },
      ...['difference', 'p', 'wins', 'losses', 'ties'].map(name => ({ name, numeric: true })),
    ],
    rows: pairs.map(({ first, second }) => {
      const found = compareRuns(first.evaluation.perQuery, second.evaluation.perQuery, figure, { seed });
      const counts = [found.wins, found.losses, found.ties].map(String);
      return [`${first.name} − ${second.name}`, differenceCell(found), pText(found.pValue), ...counts];
    }),
  };
}

function curveSection({ runs, figure }: EvaluationReport): LineChartSection {
  const [first, ...others] = runs;
  return {
    kind: 'lineChart',
    title: `Per-query difference in ${figure}`,
    note: `Queries in order of their difference: above the line ${first.name} is ahead, below it the other run.`,
    x: { label: 'part of the queries' },
    y: { label: `difference in ${figure}` },
    series: others.map(other => ({ name: `${first.name} − ${other.name}`, points: sortedCurve(first, other, figure) })),
    level: 0,
  };
}

function sortedCurve(first: EvaluatedRun, other: EvaluatedRun, figure: string): [number, number][] {
  const differences = sortedDifferences(first, other, figure).map(({ difference }) => difference);
  const points = Math.min(mostPoints, differences.length);
  return Array.from({ length: points }, (_, i) => {
    const at = points === 1 ? 0 : Math.round((i / (points - 1)) * (differences.length - 1));
    return [(at + 0.5) / differences.length, differences[at]];
  });
}

/** Highest first. */
const sortedDifferences = (
  first: EvaluatedRun,
  other: EvaluatedRun,
  figure: string,
): { query: string; difference: number }[] =>
  differencesOf(first.evaluation.perQuery, other.evaluation.perQuery, figure).sort(
    (a, b) => b.difference - a.difference,
  );

function queriesSection({ runs, figure, queryTexts }: EvaluationReport, other: EvaluatedRun): TableSection {
  const first = runs[0];
  const sorted = sortedDifferences(first, other, figure);
  const best = sorted.slice(0, namedQueries).filter(({ difference }) => difference > 0);
  const worst = sorted.slice(-namedQueries).filter(({ difference }) => difference < 0);
  const figureOf = (run: EvaluatedRun, query: string): string =>
    figureText(run.evaluation.perQuery.get(query)![figure]);
  return {
    kind: 'table',
    title: `Queries on which ${first.name} and ${other.name} differ most`,
    columns: [{ name: 'Query' }, ...[first.name, other.name, 'difference'].map(name => ({ name, numeric: true }))],
    rows: [...best, ...worst].map(({ query, difference }) => [
      queryTexts?.get(query) ?? query,
      figureOf(first, query),
      figureOf(other, query),
      { text: differenceText(difference), tone: difference > 0 ? 'up' : 'down' },
    ]),
  };
}
