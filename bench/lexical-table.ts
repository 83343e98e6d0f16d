import type { TerminalColumn } from '../src/cli/terminal-table.js';
import type { QueryTimes } from './lexical-figures.js';

/** One engine on one collection. */
export interface LexicalRow {
  readonly engine: string;
  readonly collection: string;
  readonly documents: number;
  readonly documentsPerSecond: number;
  /** 0 = nothing on disk */
  readonly indexBytes: number;
  readonly bytesPerPosting: number;
  readonly residentMiB: number;
  readonly top10: QueryTimes;
  readonly top100: QueryTimes;
  /** share of our first ten */
  readonly overlap: number;
  readonly ndcg?: number;
}

const columns: readonly TerminalColumn[] = [
  { name: 'collection' },
  { name: 'engine' },
  ...[
    'docs/s',
    'index MB',
    'B/posting',
    'RSS MiB',
    'top-10 QPS',
    'p50 ms',
    'p99 ms',
    'top-100 QPS',
    'p50 ms',
    'p99 ms',
    'queries',
    'overlap@10',
    'nDCG@10',
  ].map(name => ({ name, numeric: true })),
];

const whole = (value: number): string => (Number.isFinite(value) ? Math.round(value).toString() : '-');
const times = ({ perSecond, p50Ms, p99Ms }: QueryTimes): string[] => [
  whole(perSecond),
  p50Ms.toPrecision(3),
  p99Ms.toPrecision(3),
];

/** The rows for people; a dash stands for what an engine does not have. */
export const lexicalTable = (rows: readonly LexicalRow[]) => ({
  columns,
  rows: rows.map(row => [
    `${row.documents} ${row.collection}`,
    row.engine,
    whole(row.documentsPerSecond),
    row.indexBytes === 0 ? '-' : (row.indexBytes / 1e6).toFixed(2),
    row.indexBytes === 0 ? '-' : row.bytesPerPosting.toFixed(2),
    whole(row.residentMiB),
    ...times(row.top10),
    ...times(row.top100),
    `${Math.min(row.top10.queries, row.top100.queries)}`,
    row.overlap.toFixed(3),
    row.ndcg?.toFixed(4) ?? '-',
  ]),
});
