import { Worker } from 'node:worker_threads';
import { programFile } from '../../src/config/program-file.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { type CrewMember, control, waitWhile } from './crew-signals.js';
import { taskKinds, taskRunner } from './tasks.js';
import type { Workspace } from './workspace.js';

/** Threads that do the same task over their shares. */
export interface Crew {
  /** Runs a task to its end; this thread takes part. */
  run(kind: number): void;
  close(): Promise<void>;
}

/** @param threads  this one included */
export async function openCrew(workspace: Workspace, threads: number): Promise<Crew> {
  const memory = workspace.control;
  const workers = await Promise.all(
    Array.from({ length: threads - 1 }, (_, i) => startWorker({ workspace, thread: i + 1, threads })),
  );
  const runTask = taskRunner(workspace, 0, threads);
  const announce = (kind: number): void => {
    Atomics.store(memory, control.done, 0);
    Atomics.store(memory, control.kind, kind);
    Atomics.add(memory, control.number, 1);
    Atomics.notify(memory, control.number);
  };
  return {
    run: kind => {
      if (workers.length > 0) announce(kind);
      runTask(kind);
      for (let done = Atomics.load(memory, control.done); done < workers.length; ) {
        waitWhile(memory, control.done, done);
        done = Atomics.load(memory, control.done);
      }
      if (Atomics.load(memory, control.failed) === 1)
        throw new TandemError('internal', 'a thread that helped to train the ranker failed');
    },
    close: async () => {
      announce(taskKinds.end);
      await Promise.all(workers.map(worker => worker.terminate()));
    },
  };
}

async function startWorker(member: CrewMember): Promise<Worker> {
  const worker = newWorker(member);
  await new Promise<void>((resolve, reject) => {
    worker.once('message', () => resolve());
    worker.once('error', reject);
  });
  return worker;
}

function newWorker(workerData: CrewMember): Worker {
  const { url, execArgv } = programFile(import.meta.url, 'crew-worker');
  return new Worker(url, { workerData, execArgv });
}
