import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { readModelManifest } from '../../../models/runtime/artefact.js';
import { jobResultSchema } from '../../../serving/jobs/job.js';
import { TandemError } from '../../errors/tandem-error.js';
import { activeModelFolder, isFolder } from '../indexes/index-models.js';
import { programOfCommands } from '../steps/program.js';
import { lowestPriority, type ReportedStep, runStep } from '../steps/run-step.js';
import { watchOf } from '../watch.js';
import type { JobWork } from './job-queue.js';

/** Half of the cores are left to those who search, whatever the system makes of priorities. */
const workers = Math.max(1, Math.floor(availableParallelism() / 2));

/** The process of a service that was killed ends a moment later. */
const claimedTries = 30;
const pauseMs = 1_000;

/**
 * Embeds with the model of an index, in a process of its own that takes what time searches leave.
 * @param index  its folder
 * @param redis  address of a Redis through which workers do it instead
 */
export function embedWork(index: string, redis?: string): JobWork {
  const modelOf = async (): Promise<string> => {
    const model = await activeModelFolder(index);
    if (!(await isFolder(model))) throw new TandemError('index/no-vectors', 'this index was made without a model');
    return model;
  };
  return {
    width: async () => (await readModelManifest(await modelOf())).manifest.config.towers.embeddingWidth,
    async embed({ kind }, { rows, embeddings }, maxRows, onProgress, signal) {
      const words = ['embed', kind, '--model', await modelOf(), '--in', rows, '--out', embeddings, '--force'];
      const by = redis === undefined ? ['--workers', String(workers)] : ['--redis', redis];
      const sizes = [...by, '--max-rows', String(maxRows)];
      const onStep = watchSteps(onProgress);
      for (let tries = 1; ; tries++) {
        try {
          signal.throwIfAborted();
          const watch = watchOf({ signal });
          return jobResultSchema.parse(
            await runStep(programOfCommands, [...words, ...sizes], watch, onStep, lowestPriority),
          );
        } catch (error) {
          const code = error instanceof TandemError ? error.code : undefined;
          const waits = code === 'redis/unreachable' || (code === 'files/claimed' && tries < claimedTries);
          if (!waits) throw error;
          if (code === 'redis/unreachable') onProgress({ text: 'Redis is away; it goes on when it is back' });
          await delay(pauseMs, undefined, { signal });
        }
      }
    },
  };
}

/** Steps as progress, with the time that is left at the rate of this run. */
function watchSteps(onProgress: Parameters<JobWork['embed']>[3]): (step: ReportedStep) => void {
  let first: { readonly title: string; readonly done: number; readonly at: number } | undefined;
  return ({ title, text, done, total }) => {
    const now = performance.now();
    if (first?.title !== title) first = { title, done, at: now };
    const perSecond = (1000 * (done - first.done)) / (now - first.at);
    onProgress({
      text: `${title}: ${text}`,
      ...(total && { share: done / total }),
      ...(total && perSecond > 0 && { secondsLeft: Math.round((total - done) / perSecond) }),
    });
  };
}
