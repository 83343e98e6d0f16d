import type { DocumentsCheck } from '../../../data/profile/check-documents.js';
import { type ProposedProject, proposeProject } from '../../../data/profile/propose-project.js';
import { estimateTraining, type TrainingEstimate } from '../../../training/estimate.js';
import { writeWhole } from '../../files/atomic.js';
import type { Watch } from '../watch.js';

export { gatherReasons } from '../../../data/profile/left-out.js';
export type { DocumentsCheck, ProposedProject, TrainingEstimate };

export interface InitOptions {
  readonly path: string;
  readonly out: string;
}

/** A project that was proposed and written, and how long its training takes. */
export interface WrittenProject {
  readonly proposed: ProposedProject;
  readonly estimate: TrainingEstimate;
}

/**
 * Proposes a project for what lies at a path and writes it.
 * @throws TandemError 'data/*' of the files | 'files/*'
 */
export async function writeProject({ path, out }: InitOptions, watch: Watch): Promise<WrittenProject> {
  const progress = watch.progress('looking', 'readings');
  let looks = 0;
  const proposed = await proposeProject(path, {
    file: out,
    onFile: () => progress.update(++looks),
  }).finally(() => progress.finish());
  watch.signal.throwIfAborted();
  await writeWhole(out, `${JSON.stringify(proposed.project, null, 2)}\n`);
  return { proposed, estimate: estimateTraining(proposed.sizes, proposed.config) };
}
