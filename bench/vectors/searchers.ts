import { Worker } from 'node:worker_threads';
import { programFile } from '../../src/config/program-file.js';
import type { Found } from './graph-peer.js';

/** What a thread that searches starts with; see searcher.ts. */
export interface SearcherWork {
  /** a saved index whose ids are row numbers */
  readonly folder: string;
  /** float32 [n * width] */
  readonly queries: Float32Array;
  readonly width: number;
  /** of the first query that it answers, and between those */
  readonly first: number;
  readonly step: number;
}

export interface SearcherAsked {
  readonly ef: number;
  readonly k: number;
}

/** Threads that each opened a saved index, as the processes of `tandem serve --workers` do, and share the queries out. */
export interface Searchers {
  searchTogether(asked: SearcherAsked): Promise<Found>;
  close(): Promise<void>;
}

const answerOf = <T>(worker: Worker): Promise<T> =>
  new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (answer: T) => {
      worker.off('error', reject);
      resolve(answer);
    });
  });

export async function startSearchers(
  folder: string,
  queries: Float32Array,
  width: number,
  threads: number,
): Promise<Searchers> {
  const workers = Array.from({ length: threads }, (_, first) => {
    const { url, execArgv } = programFile(import.meta.url, 'searcher');
    const workerData: SearcherWork = { folder, queries, width, first, step: threads };
    return new Worker(url, { workerData, execArgv });
  });
  await Promise.all(workers.map(worker => answerOf(worker)));
  return {
    searchTogether: async asked => {
      const [started, before] = [performance.now(), process.cpuUsage()];
      const parts = await Promise.all(
        workers.map(worker => {
          const answer = answerOf<number[][]>(worker);
          worker.postMessage(asked);
          return answer;
        }),
      );
      const seconds = (performance.now() - started) / 1000;
      const { user, system } = process.cpuUsage(before);
      const found = Array.from(
        { length: queries.length / width },
        (_, query) => parts[query % threads][Math.floor(query / threads)],
      );
      return { seconds, cpuSeconds: (user + system) / 1e6, found };
    },
    close: async () => {
      await Promise.all(workers.map(worker => worker.terminate()));
    },
  };
}
