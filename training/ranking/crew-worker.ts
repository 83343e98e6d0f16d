import { parentPort, workerData } from 'node:worker_threads';
import { type CrewMember, control, waitWhile } from './crew-signals.js';
import { taskKinds, taskRunner } from './tasks.js';

const { workspace, thread, threads }: CrewMember = workerData;
const memory = workspace.control;
const runTask = taskRunner(workspace, thread, threads);
parentPort?.postMessage('ready');

for (let number = 0; ; number++) {
  waitWhile(memory, control.number, number);
  const kind = Atomics.load(memory, control.kind);
  if (kind === taskKinds.end) break;
  try {
    runTask(kind);
  } catch {
    Atomics.store(memory, control.failed, 1);
  }
  Atomics.add(memory, control.done, 1);
  Atomics.notify(memory, control.done);
}
