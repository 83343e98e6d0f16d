import type { CheckedGolden } from '../golden/check-golden.js';
import type { Drift } from '../golden/drift.js';
import { notedHits } from '../golden/golden-file.js';
import { ndcgOf } from '../golden/measure-points.js';
import { figureText } from './figures.js';
import type { Section } from './sections.js';

/** Queries that a report names. */
const namedQueries = 30;

/** A golden set asked again. */
export function goldenSections({ settings, queries, wanted, recall, first, drift, fell }: CheckedGolden): Section[] {
  const quality = first && ndcgOf(first);
  return [
    {
      kind: 'keyValues',
      title: 'Golden queries',
      note: fell.length === 0 ? undefined : `Under the recall that is wanted, ${wanted}: ${fell.join(', ')}.`,
      entries: [
        ['queries', String(queries)],
        ['indexing.candidates', String(settings.candidates)],
        ['indexing.hnsw.ef', String(settings.ef)],
        ['indexing.deeperCandidates', String(settings.deeperCandidates)],
        ...(recall === undefined
          ? []
          : ([
              ['recall@10', figureText(recall.walk.recall10)],
              ['recall@100', figureText(recall.walk.recall100)],
              ...(recall.deeper === undefined
                ? []
                : [[`recall@${recall.deeper.rank} of deeper pages`, figureText(recall.deeper.recall)] as const]),
            ] as const)),
        ...(first === undefined ? [] : [['overlap@10 with the broadest search', figureText(first.overlap)] as const]),
        ...(quality === undefined ? [] : [['nDCG@10', figureText(quality)] as const]),
      ],
    },
    ...(drift === undefined ? [] : driftSections(drift)),
  ];
}

function driftSections(drift: Drift): Section[] {
  const { queries, overlap, rbo, changed: other, reordered, most } = drift;
  const shared = (count: number): number =>
    count === notedHits
      ? queries - most.filter(query => Math.round(query.overlap * notedHits) < count).length
      : most.filter(query => Math.round(query.overlap * notedHits) === count).length;
  return [
    {
      kind: 'keyValues',
      title: 'Drift',
      note: `First ${notedHits} hits now beside those that were noted.`,
      entries: [
        ['queries with noted results', String(queries)],
        ['overlap@10', figureText(overlap)],
        ['RBO', figureText(rbo)],
        ['with other documents', String(other)],
        ['in another order', String(reordered)],
      ],
    },
    {
      kind: 'barChart',
      title: 'Queries by hits that stayed',
      x: { label: 'queries' },
      bars: Array.from({ length: notedHits + 1 }, (_, left) => {
        const count = notedHits - left;
        return { group: `${count} of ${notedHits}`, series: 'queries', value: shared(count) };
      }),
    },
    {
      kind: 'table',
      title: 'Queries that changed most',
      note: most.length > namedQueries ? `The first ${namedQueries} of ${most.length}.` : undefined,
      columns: [
        { name: 'query' },
        { name: 'overlap@10', numeric: true },
        { name: 'RBO', numeric: true },
        { name: 'came' },
        { name: 'went' },
      ],
      rows: most
        .slice(0, namedQueries)
        .map(({ query, overlap: part, rbo: biased, came, went }) => [
          query.text,
          figureText(part),
          figureText(biased),
          came.join(' '),
          went.join(' '),
        ]),
    },
  ];
}
