import { preparedFolder } from './data-folder.js';
import type { BenchOptions, BenchReport } from './frame.js';
import { describeLoad, type MixedLoad, mixedLoad } from './serving/mixed-load.js';
import type { Arrivals } from './serving/open-arrivals.js';
import { watchQueue } from './serving/queue-watch.js';

const seconds = { warmUp: 10, capacity: 8, load: 15, after: 10 };
/** of what the service answers when it is never idle */
const loads = [0.7, 1, 2, 3];
const afterLoad = 0.5;

interface Phase {
  readonly processes: number;
  readonly load: number;
  readonly arrivals: Arrivals;
  /** most requests that waited, and most work that stood before one, milliseconds, of the looks that were taken once a second */
  readonly waiting: number;
  readonly workMs: number;
  readonly after: Arrivals;
}

/**
 * What becomes of a service that is asked more than it can do: reads and writes that do not wait for each other, at .7 to 3 times the rate that it reaches, of which each
 * is charged from the moment when it was due; after each load half of that rate, to see how long it takes until all is as usual. Then it is killed and started again,
 * and every write that it acknowledged is looked for. TANDEM_BENCH_INDEX names an index of the same data, of which a copy is served.
 * @throws TandemError 'usage/missing-option' | 'bench/*' | as `readPrepared`
 */
export async function overload({ data, without }: BenchOptions): Promise<BenchReport> {
  const load = await mixedLoad(preparedFolder('overload', data), process.env.TANDEM_BENCH_INDEX);
  const phases: Phase[] = [];
  const reached: Record<string, number> = {};
  let lost = 0;
  try {
    for (const processes of without.has('several') ? [1] : [1, 2]) {
      const measured = await underLoad(load, processes);
      phases.push(...measured.phases);
      reached[nameOf(processes)] = measured.capacity;
      lost += measured.lost;
    }
    return report(load, phases, reached, lost, without.has('several') ? ['several: left out'] : []);
  } finally {
    await load.close();
  }
}

const nameOf = (processes: number): string => (processes === 1 ? '1 process' : `${processes} processes`);

async function underLoad(
  load: MixedLoad,
  processes: number,
): Promise<{ phases: Phase[]; capacity: number; lost: number }> {
  const service = await load.start(processes);
  const phases: Phase[] = [];
  await load.ask(service, seconds.warmUp);
  const capacity = (await load.ask(service, seconds.capacity)).accepted / seconds.capacity;
  for (const times of loads) {
    const watch = watchQueue(service.port);
    const arrivals = await load.ask(service, seconds.load, times * capacity);
    const { waiting, workMs } = await watch.end();
    const after = await load.ask(service, seconds.after, afterLoad * capacity);
    phases.push({ processes, load: times, arrivals, waiting, workMs, after });
    process.stderr.write(
      `${nameOf(processes)}, ${times} of ${capacity.toFixed(0)} a second: ${JSON.stringify(arrivals)}\n`,
    );
    process.stderr.write(`  afterwards: ${JSON.stringify(after)}\n`);
  }
  await service.kill();
  const again = await load.start(1);
  const lost = await load.lostWrites(again);
  await again.close();
  return { phases, capacity, lost };
}

const failures = ({ arrivals, after }: Phase): number =>
  [...Object.values(arrivals.failed), ...Object.values(after.failed)].reduce((sum, count) => sum + count, 0);

function report(
  load: MixedLoad,
  phases: readonly Phase[],
  reached: Readonly<Record<string, number>>,
  lost: number,
  missing: readonly string[],
): BenchReport {
  const columns = ['of its rate', 'offered/s', 'accepted/s', 'shed/s', 'p50 ms', 'p99 ms', 'max ms', 'shed p99 ms'];
  const more = ['failed', 'connections', 'most waiting', 'most work ms', 'as usual after s', "asker's lag ms"];
  const named = Object.entries(reached).map(([name, rate]) => [`answers/s of ${name}`, rate] as const);
  return {
    bench: 'overload',
    header: describeLoad(load, { 'seconds of a load': seconds.load, 'seconds after it': seconds.after }),
    results: phases.map(({ processes, load: times, arrivals: { accepted, p50Ms, p99Ms } }) => ({
      name: `${nameOf(processes)}, ${times}`,
      samples: accepted,
      p50Ms,
      p99Ms,
      minMs: p50Ms,
    })),
    ratio: {},
    quality: { ...Object.fromEntries(named), 'acknowledged writes lost': lost },
    missing,
    table: {
      columns: [{ name: 'service' }, ...[...columns, ...more].map(name => ({ name, numeric: true }))],
      rows: phases.map(phase => {
        const { arrivals: of, after, load: times, processes } = phase;
        const second = (count: number): string => (count / seconds.load).toFixed(0);
        return [
          ...[nameOf(processes), `${times}`, second(of.offered), second(of.accepted), second(of.shed)],
          ...[of.p50Ms, of.p99Ms, of.maxMs, of.shedP99Ms].map(ms => ms.toFixed(0)),
          ...[failures(phase), of.connections, phase.waiting].map(String),
          ...[
            phase.workMs.toFixed(0),
            after.calmAfterSeconds < 0 ? 'never' : `${after.calmAfterSeconds}`,
            of.lagMs.toFixed(0),
          ],
        ];
      }),
    },
  };
}
