import { cpus, totalmem } from 'node:os';
import { type TerminalColumn, terminalTable } from '../src/cli/terminal-table.js';
import type { Contestant, Summary } from './measure.js';

/** Where and on what a bench ran; printed before its figures. */
export interface Header {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
  /** names and versions of what took part */
  readonly versions: Readonly<Record<string, string>>;
  readonly sizes: Readonly<Record<string, number | string>>;
  /** ISO 8601 */
  readonly date: string;
}

/** What a bench hands back; with --json it is the last line of stdout. */
export interface BenchReport {
  readonly bench: string;
  readonly header: Header;
  readonly results: readonly Summary[];
  /** by peer; above 1 = ours is ahead of it */
  readonly ratio: Readonly<Record<string, number>>;
  /** what the work was worth: speed alone says nothing */
  readonly quality: Readonly<Record<string, number>>;
  /** peers that are not installed, each with the reason */
  readonly missing: readonly string[];
  /** for people: stands in the place of `results` */
  readonly table?: { readonly columns: readonly TerminalColumn[]; readonly rows: readonly (readonly string[])[] };
}

/** A bench: measures, checks its own answer, and reports. It prints progress on stderr alone. */
export type Bench = (options: BenchOptions) => Promise<BenchReport>;

export interface BenchOptions {
  /** peers that do not take part, by name; they are reported as missing */
  readonly without: ReadonlySet<string>;
  /** folder of prepared data with real titles; the variable TANDEM_BENCH_DATA when absent */
  readonly data?: string;
  /** documents of the collections, ascending; the bench's own when absent */
  readonly sizes?: readonly number[];
  /** how long, of a bench that lasts; its own time when absent */
  readonly minutes?: number;
  /** requests as a share of what a service can answer; the bench's own when absent */
  readonly load?: number;
}

export function describeMachine(versions: Record<string, string>, sizes: Record<string, number | string>): Header {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGiB: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    node: process.versions.node,
    versions,
    sizes,
    date: new Date().toISOString(),
  };
}

/** A contestant that could be set up, or why it is not here. */
export type Entry =
  | { readonly contestant: Contestant; readonly version: string }
  | { readonly name: string; readonly missing: string };

/** Splits who is here from who is not. */
export function roster(entries: readonly Entry[]): {
  present: Contestant[];
  versions: Record<string, string>;
  missing: string[];
} {
  const present = entries.flatMap(entry => ('contestant' in entry ? [entry] : []));
  return {
    present: present.map(entry => entry.contestant),
    versions: Object.fromEntries(present.map(entry => [entry.contestant.name, entry.version])),
    missing: entries.flatMap(entry => ('missing' in entry ? [`${entry.name}: ${entry.missing}`] : [])),
  };
}

const pairs = (record: Readonly<Record<string, number | string>>): string =>
  Object.entries(record)
    .map(([name, value]) => `${name} ${typeof value === 'number' ? Number(value.toPrecision(4)) : value}`)
    .join(', ');

function timeLines(results: readonly Summary[]): string[] {
  const width = Math.max(10, ...results.map(result => result.name.length));
  const figure = (ms: number): string => ms.toPrecision(4).padStart(10);
  return [
    `${''.padEnd(width)} ${['p50 ms', 'p99 ms', 'min ms', 'samples'].map(title => title.padStart(10)).join(' ')}`,
    ...results.map(
      ({ name, p50Ms, p99Ms, minMs, samples }) =>
        `${name.padEnd(width)} ${figure(p50Ms)} ${figure(p99Ms)} ${figure(minMs)} ${String(samples).padStart(10)}`,
    ),
  ];
}

/** The report for people, as lines. */
export function formatReport(report: BenchReport): string {
  const { header } = report;
  return [
    `bench ${report.bench}, ${header.date}`,
    `machine: ${header.cpu}, ${header.cores} cores, ${header.memoryGiB} GiB, node ${header.node}`,
    `versions: ${pairs(header.versions)}`,
    `sizes: ${pairs(header.sizes)}`,
    '',
    ...(report.table ? [terminalTable(report.table.columns, report.table.rows)] : timeLines(report.results)),
    '',
    ...(Object.keys(report.ratio).length > 0 ? [`ratio (above 1 = ahead of it): ${pairs(report.ratio)}`] : []),
    `quality: ${pairs(report.quality)}`,
    ...report.missing.map(line => `missing: ${line}`),
  ].join('\n');
}
