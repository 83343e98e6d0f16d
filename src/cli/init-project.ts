import { proposeProject } from '../../data/profile/propose-project.js';
import { estimateTraining } from '../../training/estimate.js';
import { TandemError } from '../errors/tandem-error.js';
import { writeWhole } from '../files/atomic.js';
import type { CommandContext, Outcome } from './command.js';
import { formatProposal, proposalJson } from './format-proposal.js';
import { isThere } from './project.js';

/**
 * Proposes a project for what lies at a path and writes it.
 * @throws TandemError 'files/exists' without `force`; 'data/*' of the files
 */
export async function initProject(
  { path, out, force }: { readonly path: string; readonly out: string; readonly force: boolean },
  context: CommandContext,
): Promise<Outcome> {
  if (!force && (await isThere(out))) {
    throw new TandemError('files/exists', `${out}: is there already; --force replaces it, --out writes another`, {
      path: out,
    });
  }
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
