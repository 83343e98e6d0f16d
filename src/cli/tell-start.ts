import type { CommandContext } from './command.js';

/**
 * Says where a run of training goes on, and warns where that is not what was asked for.
 * @param folder  of the unfinished run
 */
export function tellStart(
  folder: string,
  resume: boolean,
  { resumedAt, leftBehind }: { readonly resumedAt: number; readonly leftBehind: boolean },
  { terminal, warn }: CommandContext,
): void {
  if (resumedAt > 0) terminal.error(`${folder}: going on after step ${resumedAt}\n`);
  else if (resume) warn(`${folder}: no checkpoint, starting anew`);
  else if (leftBehind)
    warn(`${folder}: the checkpoint of an interrupted run was taken away; --resume would have gone on with it`);
}
