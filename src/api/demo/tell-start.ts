import type { Watch } from '../watch.js';

/**
 * Says where a run of training goes on, and warns where that is not what was asked for.
 * @param folder  of the unfinished run
 */
export function tellStart(
  folder: string,
  resume: boolean,
  { resumedAt, leftBehind }: { readonly resumedAt: number; readonly leftBehind: boolean },
  { tell, warn }: Watch,
): void {
  if (resumedAt > 0) tell(`${folder}: going on after step ${resumedAt}`);
  else if (resume) warn(`${folder}: no checkpoint, starting anew`);
  else if (leftBehind)
    warn(`${folder}: the checkpoint of an interrupted run was taken away; --resume would have gone on with it`);
}
