import type { RunAgreement } from '../changed-queries.js';
import { figureText } from './figures.js';
import type { Section } from './sections.js';

/** A query whose hits differ, with the titles of the first ones of each side. */
export interface ShownChange {
  readonly text: string;
  readonly overlap: number;
  readonly gain?: number;
  readonly first: readonly string[];
  readonly second: readonly string[];
}

/** Two generations asked the same queries. @param names  of the two @param K  hits that are compared */
export function generationSections(
  names: readonly [string, string],
  { queries, overlap, rbo, changed, reordered }: RunAgreement,
  shown: readonly ShownChange[],
  K: number,
): Section[] {
  return [
    {
      kind: 'keyValues',
      title: 'Agreement',
      note: `The first ${K} hits of ${names[0]} and of ${names[1]}.`,
      entries: [
        ['queries', String(queries)],
        [`overlap@${K}`, figureText(overlap)],
        ['RBO', figureText(rbo)],
        ['with other documents', String(changed)],
        ['in another order', String(reordered)],
      ],
    },
    {
      kind: 'table',
      title: 'Queries that change most',
      note: `The first hits of each side${shown.some(({ gain }) => gain !== undefined) ? `, and what nDCG@10 gains by ${names[1]} where the query is judged` : ''}.`,
      columns: [
        { name: 'query' },
        { name: `overlap@${K}`, numeric: true },
        { name: 'gain', numeric: true },
        { name: names[0] },
        { name: names[1] },
      ],
      rows: shown.map(({ text, gain, first, second, ...each }) => [
        text,
        figureText(each.overlap),
        gain === undefined ? '' : { text: figureText(gain), ...(gain !== 0 && { tone: gain > 0 ? 'up' : 'down' }) },
        first.join(' / '),
        second.join(' / '),
      ]),
    },
  ];
}
