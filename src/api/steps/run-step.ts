import { fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { z } from 'zod';
import { isErrorCode } from '../../errors/table.js';
import { TandemError } from '../../errors/tandem-error.js';
import type { Progress, Watch } from '../watch.js';

/** How far a step of a command is, for the process that has started it. */
export interface ReportedStep {
  readonly title: string;
  /** what is counted */
  readonly unit: string;
  readonly done: number;
  readonly total?: number;
  /** what stands behind the counts, such as the loss */
  readonly note: string;
  /** all of it but the title: `1,200 of 4,300 steps, 340/s, 9 s left; pseudo: loss 1.2` */
  readonly text: string;
}

const stepSchema = z.object({
  title: z.string(),
  unit: z.string(),
  done: z.number(),
  total: z.number().optional(),
  note: z.string(),
  text: z.string(),
});
const failureSchema = z.object({ code: z.string(), message: z.string() });

/** Told how far the command is. */
export type OnStep = (step: ReportedStep) => void;

/** Text of a failing command that is kept, UTF-16 units: the end of it. */
const keptText = 4_096;
/** Steps yield to the service beside them. */
const lowPriority = 10;
/** For work that nobody waits for. */
export const lowestPriority = 19;

/**
 * Runs a command of ours as a process of its own, so that it holds neither the event loop nor the memory of the service beside it.
 * How far it is is shown as if it ran here.
 * @param program  file of the command line
 * @param words  what would be typed behind `tandem`, without --json
 * @returns what the command printed for machines
 * @throws TandemError what the command failed with; 'internal' where the process ended without a word
 */
export async function runStep(
  program: string,
  words: readonly string[],
  watch: Watch,
  onStep: OnStep = () => undefined,
  priority = lowPriority,
): Promise<Readonly<Record<string, unknown>>> {
  const { signal } = watch;
  const shown = showSteps(watch);
  const child = fork(program, [...words, '--json'], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const end = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', end, { once: true });
  if (child.pid !== undefined) yieldTo(child.pid, priority);
  const heard = { out: '', error: '' };
  child.stdout?.on('data', (chunk: Buffer) => {
    heard.out += chunk;
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    heard.error = (heard.error + chunk).slice(-keptText);
  });
  child.on('message', message => {
    const step = stepSchema.safeParse(message);
    if (!step.success || signal.aborted) return;
    shown.show(step.data);
    onStep(step.data);
  });
  const exit = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(() => {
    signal.removeEventListener('abort', end);
    shown.finish();
  });
  signal.throwIfAborted();
  const result = lastObject(heard.out);
  if (exit === 0 && result !== undefined) return result;
  throw failureOf(words[0], exit, result, heard.error);
}

/** The progress of a command, with its titles one behind another, to whoever looks on. */
function showSteps(watch: Watch) {
  let title: string | undefined;
  let progress: Progress | undefined;
  const finish = (): void => progress?.finish();
  const show = (step: ReportedStep): void => {
    if (step.title !== title) {
      finish();
      title = step.title;
      progress = watch.progress(title, step.unit, step.total);
    }
    if (step.note !== '') progress?.note(step.note);
    progress?.update(step.done, step.total);
  };
  return { show, finish };
}

function yieldTo(pid: number, priority: number): void {
  try {
    setPriority(pid, priority);
  } catch {
    // it has ended, or the system forbids it: it runs all the same
  }
}

function lastObject(out: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(out.trimEnd().split('\n').at(-1) ?? ''));
  } catch {
    return undefined;
  }
}

function failureOf(command: string, exit: number | null, result: unknown, error: string): TandemError {
  const failure = failureSchema.safeParse(result);
  if (failure.success && isErrorCode(failure.data.code))
    return new TandemError(failure.data.code, failure.data.message);
  const last = error.trimEnd().split('\n').at(-1) ?? '';
  const how = exit === null ? 'was killed (too little memory?)' : `ended with code ${exit}`;
  return new TandemError('internal', `tandem ${command} ${how}${last === '' ? '' : `: ${last}`}`);
}
