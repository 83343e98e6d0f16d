import { setTimeout as pause } from 'node:timers/promises';

const everyMs = 1_000;

/** Figures of `/metrics` by name, those of all labels together; NaN where there is none. */
export async function readMetrics(port: number): Promise<(name: string) => number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return name => {
    const found = [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, 'gm'))];
    return found.length === 0 ? Number.NaN : found.reduce((sum, [, value]) => sum + Number(value), 0);
  };
}

/** Looks once a second what stands before a request. */
export function watchQueue(port: number): { end(): Promise<{ readonly waiting: number; readonly workMs: number }> } {
  const end = new AbortController();
  let [waiting, workMs] = [0, 0];
  const watching = (async () => {
    while (!end.signal.aborted) {
      const figure = await readMetrics(port);
      waiting = Math.max(waiting, figure('tandem_requests_waiting'));
      workMs = Math.max(workMs, 1000 * figure('tandem_queued_work_seconds'));
      await pause(everyMs, undefined, { signal: end.signal }).catch(() => undefined);
    }
  })();
  return {
    end: async () => {
      end.abort();
      await watching;
      return { waiting, workMs };
    },
  };
}
