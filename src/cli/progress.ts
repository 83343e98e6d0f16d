import { SingleBar } from 'cli-progress';
import type { ReportedStep } from '../api/steps/run-step.js';
import type { Progress } from '../api/watch.js';
import type { Terminal } from './terminal.js';

export interface ProgressOptions {
  /** what is counted, e.g. `documents` */
  readonly unit: string;
  readonly total?: number;
  /** of the total, what an earlier run had done */
  readonly before?: number;
  /** called on each update; throws when the person has interrupted */
  readonly checkInterrupt?: () => void;
  /** milliseconds; the clock of the process when absent */
  readonly now?: () => number;
}

const plainEveryMs = 10_000;
const reportEveryMs = 500;

/** A bar with rate and time left on a terminal; otherwise one plain line every ten seconds. On stderr, but where a process of ours listens. */
export function startProgress(title: string, terminal: Terminal, options: ProgressOptions): Progress {
  const progress = formOf(title, terminal, options);
  return {
    update: (done, total) => {
      options.checkInterrupt?.();
      progress.update(done, total);
    },
    note: progress.note,
    finish: () => progress.finish(),
  };
}

function formOf(title: string, { report, ...terminal }: Terminal, options: ProgressOptions): Progress {
  if (report !== undefined) return textProgress(options, reportEveryMs, state => report({ title, ...state }));
  if (terminal.interactive) return barProgress(title, options);
  return textProgress(options, plainEveryMs, ({ text }) => terminal.error(`${title}: ${text}\n`));
}

/** `1,200 documents, 340/s, 3 min 5 s left` */
export function describeProgress(unit: string, done: number, seconds: number, total?: number, before = 0): string {
  const rate = seconds > 0 ? (done - before) / seconds : 0;
  const count = total === undefined ? grouped(done) : `${grouped(done)} of ${grouped(total)}`;
  const left = total === undefined || rate === 0 || done >= total ? '' : `, ${duration((total - done) / rate)} left`;
  return `${count} ${unit}, ${rate >= 10 ? grouped(Math.round(rate)) : rate.toFixed(1)}/s${left}`;
}

const grouped = (n: number): string => Math.round(n).toLocaleString('en-GB');

/** Seconds as people say them: `42 s`, `3 min 5 s`, `2 h 10 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

function barProgress(title: string, options: ProgressOptions): Progress {
  const now = options.now ?? Date.now;
  const started = now();
  const bar = new SingleBar({
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: false,
    format: options.total === undefined ? `${title} {state}` : `${title} {bar} {state}`,
    barsize: 24,
    barCompleteChar: '█',
    barIncompleteChar: '░',
  });
  let known = options.total;
  let done = options.before ?? 0;
  let noted = '';
  const state = (): string =>
    describeProgress(options.unit, done, (now() - started) / 1000, known, options.before) + noted;
  bar.start(known ?? 0, 0, { state: state() });
  return {
    update: (count, total) => {
      done = count;
      if (total !== undefined && total !== known) {
        known = total;
        bar.setTotal(total);
      }
      bar.update(count, { state: state() });
    },
    note: text => {
      noted = `; ${text}`;
    },
    finish: () => bar.stop(),
  };
}

/** One state every so often, and one at the end. */
function textProgress(
  { unit, total, before = 0, now = Date.now }: ProgressOptions,
  everyMs: number,
  tell: (state: Omit<ReportedStep, 'title'>) => void,
): Progress {
  const started = now();
  let told = started;
  let done = before;
  let known = total;
  let note = '';
  const say = (): void => {
    told = now();
    const counts = describeProgress(unit, done, (told - started) / 1000, known, before);
    tell({ unit, done, total: known, note, text: note === '' ? counts : `${counts}; ${note}` });
  };
  return {
    update: (count, changed) => {
      done = count;
      known = changed ?? known;
      if (now() - told >= everyMs) say();
    },
    note: text => {
      note = text;
    },
    finish: say,
  };
}
