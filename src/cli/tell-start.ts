import type { CommandContext } from './command.js';

/**
 * Says on stderr where a run of training goes on, when it was asked to or when there was something to go on from.
 * @param folder  of the unfinished run
 */
export function tellStart(
  folder: string,
  resume: boolean,
  { resumedAt, leftBehind }: { readonly resumedAt: number; readonly leftBehind: boolean },
  { terminal }: CommandContext,
): void {
  if (resumedAt > 0) terminal.error(`${folder}: going on after step ${resumedAt}\n`);
  else if (resume) terminal.error(`${folder}: no checkpoint, starting anew\n`);
  else if (leftBehind)
    terminal.error(
      `${folder}: the checkpoint of an interrupted run was taken away; --resume would have gone on with it\n`,
    );
}
