import { TandemError } from '../src/errors/tandem-error.js';

/**
 * A step that has left the numbers ends a run; what was learnt before it stands in the checkpoint.
 * @param step  from 0
 * @throws TandemError 'training/diverged'
 */
export function checkFinite({ loss, norm }: { loss: number; norm: number }, stage: string, step: number): void {
  if (Number.isFinite(loss) && Number.isFinite(norm)) return;
  const message = `step ${step + 1} of stage ${stage}: the loss is ${loss}, the norm of the gradients ${norm}`;
  throw new TandemError('training/diverged', message, { stage, step });
}
