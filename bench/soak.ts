import { preparedFolder } from './data-folder.js';
import type { BenchOptions, BenchReport } from './frame.js';
import { describeLoad, type MixedLoad, mixedLoad } from './serving/mixed-load.js';
import type { Arrivals } from './serving/open-arrivals.js';
import { memoryOf } from './serving/process-tree.js';
import { readMetrics } from './serving/queue-watch.js';
import type { StartedService } from './serving/services.js';

const seconds = { warmUp: 10, capacity: 8, minute: 60 };
const usual = { minutes: 30, load: 0.7 };

interface Minute {
  readonly arrivals: Arrivals;
  /** MiB: of the process itself, of files that are mapped, of the first what JavaScript uses and what lies in buffers, and of these what caches count */
  readonly own: number;
  readonly files: number;
  readonly heap: number;
  readonly buffers: number;
  readonly caches: number;
}

/**
 * Reads and writes for a long time, at .7 of the rate that the service reaches (`--load`: another share of it, 3 for three times as many): whether memory and times stay as
 * they are. At the end it is killed and started again, and every write that it acknowledged is looked for. TANDEM_BENCH_INDEX names an index of the same
 * data, of which a copy is served.
 * @throws TandemError 'usage/missing-option' | 'bench/*' | as `readPrepared`
 */
export async function soak({
  data,
  minutes = usual.minutes,
  load: share = usual.load,
}: BenchOptions): Promise<BenchReport> {
  const load = await mixedLoad(preparedFolder('soak', data), process.env.TANDEM_BENCH_INDEX);
  try {
    const service = await load.start(1);
    await load.ask(service, seconds.warmUp);
    const capacity = (await load.ask(service, seconds.capacity)).accepted / seconds.capacity;
    const measured: Minute[] = [];
    for (let minute = 0; minute < minutes; minute++) {
      const arrivals = await load.ask(service, seconds.minute, share * capacity);
      measured.push({ arrivals, ...(await memory(service)) });
      process.stderr.write(`minute ${minute + 1} of ${minutes}: ${JSON.stringify(measured[minute])}\n`);
    }
    await service.kill();
    const again = await load.start(1);
    const lost = await load.lostWrites(again);
    await again.close();
    return report(load, measured, share, capacity, lost);
  } finally {
    await load.close();
  }
}

async function memory({ pid, port }: StartedService): Promise<Omit<Minute, 'arrivals'>> {
  const figure = await readMetrics(port);
  const mib = (name: string): number => figure(name) / 2 ** 20;
  return {
    ...(await memoryOf(pid)),
    heap: mib('nodejs_heap_size_used_bytes'),
    buffers: mib('nodejs_external_memory_bytes'),
    caches: mib('tandem_cache_bytes'),
  };
}

/** Least squares. @param values  one a minute @returns by how much they grow in a minute */
export function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = values.reduce((sum, _, minute) => sum + (minute - middle) ** 2, 0);
  return spread === 0 ? 0 : values.reduce((sum, value, minute) => sum + (minute - middle) * (value - mean), 0) / spread;
}

function report(
  load: MixedLoad,
  minutes: readonly Minute[],
  share: number,
  capacity: number,
  lost: number,
): BenchReport {
  const lastHalf = minutes.slice(Math.floor(minutes.length / 2));
  const failed = minutes
    .flatMap(({ arrivals }) => Object.values(arrivals.failed))
    .reduce((sum, count) => sum + count, 0);
  const figures = [
    'accepted/s',
    'shed/s',
    'p50 ms',
    'p99 ms',
    'max ms',
    'own MiB',
    'heap MiB',
    'buffers MiB',
    'caches MiB',
    'files MiB',
  ];
  return {
    bench: 'soak',
    header: describeLoad(load, { 'share of its rate': share, 'answers/s reached': capacity }),
    results: minutes.map(({ arrivals: { accepted, p50Ms, p99Ms } }, minute) => ({
      name: `minute ${minute + 1}`,
      samples: accepted,
      p50Ms,
      p99Ms,
      minMs: p50Ms,
    })),
    ratio: {},
    quality: {
      'own MiB a minute, last half': slopeOf(lastHalf.map(({ own }) => own)),
      'heap MiB a minute, last half': slopeOf(lastHalf.map(({ heap }) => heap)),
      'buffers MiB a minute, last half': slopeOf(lastHalf.map(({ buffers }) => buffers)),
      'p99 ms a minute, last half': slopeOf(lastHalf.map(({ arrivals }) => arrivals.p99Ms)),
      failed,
      'acknowledged writes lost': lost,
    },
    missing: [],
    table: {
      columns: ['minute', ...figures].map(name => ({ name, numeric: true })),
      rows: minutes.map(({ arrivals, own, heap, buffers, caches, files }, minute) => [
        `${minute + 1}`,
        ...[arrivals.accepted / seconds.minute, arrivals.shed / seconds.minute].map(rate => rate.toFixed(0)),
        ...[arrivals.p50Ms, arrivals.p99Ms, arrivals.maxMs, own, heap, buffers, caches, files].map(value =>
          value.toFixed(0),
        ),
      ]),
    },
  };
}
