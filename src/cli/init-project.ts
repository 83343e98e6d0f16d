import { proposeProject } from '../../data/profile/propose-project.js';
import { estimateTraining } from '../../training/estimate.js';
import { writeWhole } from '../files/atomic.js';
import type { CommandContext, Outcome } from './command.js';
import { formatProposal, proposalJson } from './format-proposal.js';

/**
 * Proposes a project for what lies at a path and writes it.
 * @throws TandemError 'data/*' of the files | 'files/*'
 */
export async function initProject(
  { path, out }: { readonly path: string; readonly out: string },
  context: CommandContext,
): Promise<Outcome> {
  const progress = context.progress('looking', 'files');
  let looks = 0;
  const proposed = await proposeProject(path, {
    file: out,
    onFile: () => progress.update(++looks),
  }).finally(() => progress.finish());
  context.signal.throwIfAborted();
  await writeWhole(out, `${JSON.stringify(proposed.project, null, 2)}\n`);
  const estimate = estimateTraining(proposed.sizes, proposed.config);
  return { json: proposalJson(proposed, estimate), text: formatProposal(proposed, estimate) };
}
