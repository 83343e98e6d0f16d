import type { DrawnGolden } from '../api/golden/draw-golden.js';
import type { CheckedGolden, Drift } from '../api/golden/evaluate-golden.js';
import { ndcgOf, type Point, type TunedSearch } from '../api/golden/tune-settings.js';
import { type TerminalColumn, terminalTable } from './terminal-table.js';

const count = (value: number): string => value.toLocaleString('en');
const figure = (value: number): string => value.toFixed(4);
const milliseconds = (value: number): string => value.toFixed(2);
const columnsOf = (names: readonly string[]): TerminalColumn[] => names.map((name, i) => ({ name, numeric: i > 0 }));

/** Strata that are named: those that give the most. */
const namedStrata = 12;

export function formatDrawn({ queries, rows, distinct, kept, strata }: DrawnGolden): string {
  const largest = [...strata].sort((a, b) => b.drawn - a.drawn || b.mass - a.mass).slice(0, namedStrata);
  const of = kept === 1 ? `${count(distinct)} distinct queries` : `a fair part (${kept}) of the distinct queries`;
  return [
    `${count(queries)} golden queries of ${of} in ${count(rows)} rows, ${count(strata.length)} ${strata.length === 1 ? 'stratum' : 'strata'}`,
    terminalTable(
      [{ name: 'stratum' }, ...columnsOf(['', 'asked', 'distinct', 'drawn']).slice(1)],
      largest.map(({ name, mass, queries: members, drawn }) => [name, count(mass), count(members), count(drawn)]),
    ),
    ...(strata.length > largest.length ? [`and ${count(strata.length - largest.length)} smaller strata`] : []),
  ].join('\n');
}

const quality = (point: Point): string => {
  const ndcg = ndcgOf(point);
  return ndcg === undefined ? '-' : figure(ndcg);
};
const agreementNames = ['overlap@10', 'RBO', 'nDCG@10', 'p50 ms', 'p99 ms'];
const agreement = (point: Point): string[] => [
  ...[point.overlap, point.rbo].map(figure),
  quality(point),
  ...[point.p50, point.p99].map(milliseconds),
];

const timesOf = ({ vectorP50, p50, p99 }: Point): string[] => [vectorP50, p50, p99].map(milliseconds);

/** Every setting that was tried, and what was written. */
export function formatTuned({
  before,
  settings,
  golden,
  judged,
  candidates,
  breadths,
  depths,
  deeper,
  compared,
}: TunedSearch): string {
  const pointTable = (name: string, points: readonly Point[], value: (point: Point) => number | null): string =>
    terminalTable(
      columnsOf([name, ...agreementNames]),
      points.map(point => [String(value(point)), ...agreement(point)]),
    );
  const change = (name: string, from: number | null, to: number | null): string =>
    `  ${name} ${to ?? 'all'}${from === to ? '' : ` (before: ${from ?? 'all'})`}`;
  return [
    `${count(golden.queries)} golden queries, ${count(judged)} judged; wanted: recall ${golden.wanted}`,
    pointTable('candidates', candidates, point => point.settings.candidates),
    ...(breadths.length === 0
      ? ['vectors are searched exactly: there is no breadth to tune']
      : [
          terminalTable(
            columnsOf(['ef', 'walked', 'recall@10', 'recall@100', 'walk ms', ...agreementNames]),
            breadths.map(({ walk, hybrid }) => [
              String(walk.ef),
              walk.walked?.toFixed(0) ?? '-',
              figure(walk.recall10),
              figure(walk.recall100),
              milliseconds(walk.p50),
              ...agreement(hybrid),
            ]),
          ),
        ]),
    ...(depths.length === 0 ? [] : [pointTable('ranking depth', depths, point => point.settings.rankingDepth)]),
    ...(deeper.length === 0
      ? []
      : [
          terminalTable(
            columnsOf(['deeper candidates', `recall@${deeper[0].rank}`, 'vectors ms']),
            deeper.map(walk => [String(walk.deeperCandidates), figure(walk.recall), milliseconds(walk.p50)]),
          ),
        ]),
    'written:',
    change('indexing.candidates', before.candidates, settings.candidates),
    change('indexing.hnsw.ef', before.ef, settings.ef),
    change('indexing.deeperCandidates', before.deeperCandidates, settings.deeperCandidates),
    ...(depths.length === 0 ? [] : [change('indexing.rankingDepth', before.rankingDepth, settings.rankingDepth)]),
    terminalTable(columnsOf(['first page', 'nDCG@10', 'vectors ms', 'p50 ms', 'p99 ms']), [
      ['before', quality(compared.before), ...timesOf(compared.before)],
      ['now', quality(compared.after), ...timesOf(compared.after)],
    ]),
  ].join('\n');
}

/** Means in place of the figures of every query. */
const pointOutcome = ({ ndcg, ...point }: Point): Record<string, unknown> => ({
  ...point,
  ...(ndcg.length > 0 && { ndcg: ndcgOf({ ...point, ndcg }), judged: ndcg.length }),
});

export const tunedOutcome = ({
  candidates,
  breadths,
  depths,
  compared,
  ...tuned
}: TunedSearch): Record<string, unknown> => ({
  ...tuned,
  candidates: candidates.map(pointOutcome),
  breadths: breadths.map(({ walk, hybrid }) => ({ ...walk, hybrid: pointOutcome(hybrid) })),
  depths: depths.map(pointOutcome),
  compared: { before: pointOutcome(compared.before), after: pointOutcome(compared.after) },
});

/** Queries that are named. */
const namedQueries = 10;

export function formatChecked({ settings, queries, wanted, recall, first, drift }: CheckedGolden): string {
  const { ef, candidates, deeperCandidates } = settings;
  return [
    `${count(queries)} golden queries; ef ${ef}, candidates ${candidates}, deeper candidates ${deeperCandidates}`,
    ...(recall === undefined
      ? []
      : [
          `recall@10 ${figure(recall.walk.recall10)}, recall@100 ${figure(recall.walk.recall100)}${recall.deeper === undefined ? '' : `, deeper pages recall@${recall.deeper.rank} ${figure(recall.deeper.recall)}`}; wanted: ${wanted}`,
        ]),
    ...(first === undefined
      ? []
      : [
          `first page beside the broadest search: overlap@10 ${figure(first.overlap)}, RBO ${figure(first.rbo)}${first.ndcg.length === 0 ? '' : `; nDCG@10 ${quality(first)}`}`,
        ]),
    ...(drift === undefined ? ['no results are noted: `tandem golden note` does that'] : formatDrift(drift)),
  ].join('\n');
}

function formatDrift({ queries, overlap, rbo, changed, reordered, most }: Drift): string[] {
  return [
    `since ${count(queries)} results were noted: overlap@10 ${figure(overlap)}, RBO ${figure(rbo)}; ${count(changed)} with other documents, ${count(reordered)} in another order`,
    ...(most.length === 0
      ? []
      : [
          terminalTable(
            [
              { name: 'query' },
              { name: 'overlap@10', numeric: true },
              { name: 'RBO', numeric: true },
              { name: 'came' },
              { name: 'went' },
            ],
            most
              .slice(0, namedQueries)
              .map(query => [
                query.query.text,
                figure(query.overlap),
                figure(query.rbo),
                query.came.slice(0, 3).join(' '),
                query.went.slice(0, 3).join(' '),
              ]),
          ),
        ]),
  ];
}

export const checkedOutcome = ({ first, drift, ...checked }: CheckedGolden): Record<string, unknown> => ({
  ...checked,
  ...(first && { first: pointOutcome(first) }),
  ...(drift && {
    drift: { ...drift, most: drift.most.map(({ query, ...moved }) => ({ id: query.id, text: query.text, ...moved })) },
  }),
});
