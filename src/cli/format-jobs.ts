import type { HandedJobState } from '../api/jobs/handed-jobs.js';
import { duration } from './progress.js';
import { terminalTable } from './terminal-table.js';

/** A line for each job, what was set aside of it, and who works. */
export function formatJobs(jobs: readonly HandedJobState[], workers: readonly string[]): string {
  const table = terminalTable(
    [
      { name: 'job' },
      { name: 'state' },
      { name: 'rows', numeric: true },
      { name: 'of', numeric: true },
      { name: 'a second', numeric: true },
      { name: 'left', numeric: true },
      { name: 'into' },
    ],
    jobs.map(({ id, state, rows, rowsDone, rowsPerSecond, secondsLeft, out }) => [
      id,
      state,
      String(rowsDone),
      String(rows),
      String(rowsPerSecond),
      secondsLeft === undefined ? '' : duration(secondsLeft),
      out,
    ]),
  );
  const aside = jobs.flatMap(({ id, setAside }) =>
    setAside.map(({ number, reason }) => `${id}: shard ${number} was set aside: ${reason}`),
  );
  const at = workers.length === 0 ? 'no worker is connected' : `workers: ${workers.join(', ')}`;
  return [...(jobs.length === 0 ? ['no jobs are known'] : [table]), ...aside, at].join('\n');
}
