import { asTandemError, TandemError } from '../../../src/errors/tandem-error.js';

/** Between two looks whether it answers again, and for which such a look waits, milliseconds. */
export const lookedAgainMs = 500;
export const lookWaitsMs = 1_000;

/**
 * Keeps requests from a cluster that is silent: once one of them was not answered in its time, those that follow are told so at once, and wait no such time each,
 * until a look that waits less finds it answering.
 * @param look  asks it for as good as nothing; rejects where it does not answer
 */
export function whileAnswering(
  look: () => Promise<unknown>,
  now: () => number = () => performance.now(),
): <T>(ask: () => Promise<T>) => Promise<T> {
  let silent: { readonly error: TandemError; lookedAt: number } | undefined;

  const lookAgain = async (since: { lookedAt: number }): Promise<void> => {
    since.lookedAt = Number.POSITIVE_INFINITY;
    try {
      await look();
      if (silent === since) silent = undefined;
    } catch {
      since.lookedAt = now();
    }
  };

  return async ask => {
    if (silent !== undefined) {
      const { code, message, details } = silent.error;
      if (now() - silent.lookedAt >= lookedAgainMs) void lookAgain(silent);
      throw new TandemError(code, message, details, { cause: silent.error });
    }
    try {
      return await ask();
    } catch (error) {
      const failed = asTandemError(error);
      if (failed.code === 'cluster/unreachable') silent = { error: failed, lookedAt: now() };
      throw failed;
    }
  };
}
