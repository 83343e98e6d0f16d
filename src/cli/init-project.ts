import { type ProposedProject, proposeProject } from '../../data/profile/propose-project.js';
import { estimateTraining, type TrainingEstimate } from '../../training/estimate.js';
import { writeWhole } from '../files/atomic.js';
import type { CommandContext, Outcome } from './command.js';
import { formatNext, formatProposal, proposalJson } from './format-proposal.js';

interface InitOptions {
  readonly path: string;
  readonly out: string;
}

/** A project that was proposed and written, and how long its training takes. */
interface WrittenProject {
  readonly proposed: ProposedProject;
  readonly estimate: TrainingEstimate;
}

/**
 * Proposes a project for what lies at a path and writes it.
 * @throws TandemError 'data/*' of the files | 'files/*'
 */
export async function writeProject({ path, out }: InitOptions, context: CommandContext): Promise<WrittenProject> {
  const progress = context.progress('looking', 'files');
  let looks = 0;
  const proposed = await proposeProject(path, {
    file: out,
    onFile: () => progress.update(++looks),
  }).finally(() => progress.finish());
  context.signal.throwIfAborted();
  await writeWhole(out, `${JSON.stringify(proposed.project, null, 2)}\n`);
  return { proposed, estimate: estimateTraining(proposed.sizes, proposed.config) };
}

/** The same as a command of its own. */
export async function initProject(options: InitOptions, context: CommandContext): Promise<Outcome> {
  const { proposed, estimate } = await writeProject(options, context);
  return {
    json: proposalJson(proposed, estimate),
    text: `${formatProposal(proposed, estimate)}\n\n${formatNext(proposed)}`,
  };
}
