import { notedHits } from '../golden/golden-file.js';
import { ndcgOf, type Point } from '../golden/measure-points.js';
import type { TunedSearch } from '../golden/tune-search.js';
import { figureText } from './figures.js';
import type { LineChartSection, Section, TableSection } from './sections.js';

type XY = readonly [number, number];

const milliseconds = (value: number): string => value.toFixed(2);

/** What a tuning measured: curves of recall against breadth, time and cost, agreement against candidates and depth, and the table of each. */
export function tuningSections(tuned: TunedSearch): Section[] {
  const { breadths, candidates, depths, deeper, settings, golden, compared, judged } = tuned;
  const points = { settings, golden, judged };
  return [
    {
      kind: 'keyValues',
      title: 'Settings',
      note: `On ${golden.queries} golden queries, ${judged} of them judged. A recall and an agreement of ${golden.wanted} were wanted.`,
      entries: [
        ['indexing.candidates', changed(tuned.before.candidates, settings.candidates)],
        ['indexing.hnsw.ef', changed(tuned.before.ef, settings.ef)],
        ['indexing.deeperCandidates', changed(tuned.before.deeperCandidates, settings.deeperCandidates)],
        ...(depths.length === 0
          ? []
          : [
              [
                'indexing.rankingDepth',
                changed(tuned.before.rankingDepth ?? 'all', settings.rankingDepth ?? 'all'),
              ] as const,
            ]),
        ['first page, p50 ms', changed(milliseconds(compared.before.p50), milliseconds(compared.after.p50))],
        ['first page, p99 ms', changed(milliseconds(compared.before.p99), milliseconds(compared.after.p99))],
      ],
    },
    ...(breadths.length === 0
      ? []
      : [
          ...recallCurves(tuned),
          pointTable(
            'Breadth of the walk',
            'ef',
            breadths.map(({ walk, hybrid }) => ({
              name: String(walk.ef),
              point: hybrid,
              more: [
                walk.walked?.toFixed(0) ?? '',
                figureText(walk.recall10),
                figureText(walk.recall100),
                milliseconds(walk.p50),
              ],
            })),
            ['walked', 'recall@10', 'recall@100', 'walk p50 ms'],
          ),
        ]),
    agreementCurve(
      'Candidates of each side',
      'candidates',
      candidates,
      ({ candidates: value }) => value,
      points.settings.candidates,
    ),
    pointTable(
      'Candidates of each side',
      'candidates',
      candidates.map(point => ({ name: String(point.settings.candidates), point })),
    ),
    ...(depths.length === 0
      ? []
      : [
          agreementCurve(
            'Ranking depth',
            'hits ordered anew',
            depths,
            ({ rankingDepth }) => rankingDepth ?? 0,
            settings.rankingDepth ?? undefined,
          ),
          pointTable(
            'Ranking depth',
            'depth',
            depths.map(point => ({ name: String(point.settings.rankingDepth), point })),
          ),
        ]),
    ...(deeper.length === 0
      ? []
      : [
          {
            ...curve(
              `Recall@${deeper[0].rank} of deeper pages`,
              'hits of each side',
              'linear',
              [
                {
                  name: `recall@${deeper[0].rank}`,
                  points: deeper.map(({ deeperCandidates, recall }): XY => [deeperCandidates, recall]),
                },
              ],
              golden.wanted,
            ),
            chosen: settings.deeperCandidates,
          },
          {
            kind: 'table' as const,
            title: 'Deeper pages',
            columns: [
              { name: 'hits of each side' },
              { name: 'recall', numeric: true },
              { name: 'vectors p50 ms', numeric: true },
            ],
            rows: deeper.map(({ deeperCandidates, recall, p50 }) => [
              String(deeperCandidates),
              figureText(recall),
              milliseconds(p50),
            ]),
          },
        ]),
  ];
}

const changed = (before: number | string, after: number | string): string =>
  before === after ? String(after) : `${before} → ${after}`;

/** Recall against what it costs: the setting, the time, and what is counted. */
function recallCurves({ breadths, golden, settings }: TunedSearch): LineChartSection[] {
  const series = (x: (at: number) => number) => [
    { name: 'recall@10', points: breadths.map(({ walk }, at): XY => [x(at), walk.recall10]) },
    { name: 'recall@100', points: breadths.map(({ walk }, at): XY => [x(at), walk.recall100]) },
  ];
  return [
    {
      ...curve(
        'Recall against ef',
        'ef',
        'log',
        series(at => breadths[at].walk.ef),
        golden.wanted,
      ),
      chosen: settings.ef,
    },
    curve(
      'Recall against time',
      'ms of a walk, p50',
      'linear',
      series(at => breadths[at].walk.p50),
      golden.wanted,
    ),
    ...(breadths.every(({ walk }) => walk.walked !== undefined)
      ? [
          curve(
            'Recall against cost',
            'documents that the walk takes up',
            'linear',
            series(at => breadths[at].walk.walked ?? 0),
            golden.wanted,
          ),
        ]
      : []),
  ];
}

const curve = (
  title: string,
  x: string,
  scale: 'linear' | 'log',
  series: LineChartSection['series'],
  level: number,
): LineChartSection => ({
  kind: 'lineChart',
  title,
  note: 'Part of the exact nearest documents that is found. The line across is the recall that was wanted.',
  x: { label: x, scale },
  y: { label: 'recall' },
  series,
  dots: true,
  level,
});

function agreementCurve(
  title: string,
  x: string,
  points: readonly Point[],
  of: (settings: Point['settings']) => number,
  chosen: number | undefined,
): LineChartSection {
  const xy = (value: (point: Point) => number) => points.map((point): XY => [of(point.settings), value(point)]);
  return {
    kind: 'lineChart',
    title: `${title}: agreement and quality`,
    note: `First ${notedHits} hits beside those of the largest setting: part of them that both have, and rank-biased overlap (p = .9). nDCG@10 of the judged queries.`,
    x: { label: x },
    y: { label: 'agreement, nDCG@10' },
    series: [
      { name: 'overlap@10', points: xy(({ overlap }) => overlap) },
      { name: 'RBO', points: xy(({ rbo }) => rbo) },
      ...(ndcgOf(points[0]) === undefined
        ? []
        : [{ name: 'nDCG@10', points: xy(point => ndcgOf(point) ?? Number.NaN) }]),
    ],
    dots: true,
    ...(chosen !== undefined && { chosen }),
  };
}

interface NamedPoint {
  readonly name: string;
  readonly point: Point;
  readonly more?: readonly string[];
}

function pointTable(
  title: string,
  first: string,
  points: readonly NamedPoint[],
  more: readonly string[] = [],
): TableSection {
  const names = [...more, 'overlap@10', 'RBO', 'nDCG@10', 'p50 ms', 'p99 ms'];
  return {
    kind: 'table',
    title,
    columns: [{ name: first }, ...names.map(name => ({ name, numeric: true }))],
    rows: points.map(({ name, point, more: values = [] }) => {
      const quality = ndcgOf(point);
      const figures = [
        figureText(point.overlap),
        figureText(point.rbo),
        quality === undefined ? '' : figureText(quality),
      ];
      return [name, ...values, ...figures, milliseconds(point.p50), milliseconds(point.p99)];
    }),
  };
}
