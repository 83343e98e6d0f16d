/** How far a piece of work has come; counts go up to the total, where one is known. */
export interface Progress {
  /** @throws the reason of the signal once it is aborted, so that long work ends where it reports */
  update(done: number, total?: number): void;
  /** what stands behind the counts from now on, such as the loss */
  note(text: string): void;
  finish(): void;
}

/** Who looks on while work is done, and may end it. */
export interface Watch {
  /** aborted: the work ends where it next reports, and leaves nothing half-written under a final name */
  readonly signal: AbortSignal;
  /**
   * A piece of work begins.
   * @param unit   what is counted, such as `documents`
   * @param total  where it is known
   * @param done   what an earlier run had done of it
   */
  progress(title: string, unit: string, total?: number, done?: number): Progress;
  /** Tells something that a person should look at, though the work goes on. */
  warn(message: string): void;
  /** Tells how something was understood. */
  note(message: string): void;
  /** Tells what is going on. */
  tell(message: string): void;
}

const nothing = (): void => undefined;

/** What a program wants to be told of; all else is done in silence. The signal is heeded whoever shows the progress. */
export function watchOf(wanted: Partial<Watch> = {}): Watch {
  const { signal = new AbortController().signal, progress, warn = nothing, note = nothing, tell = nothing } = wanted;
  return {
    signal,
    warn,
    note,
    tell,
    progress: (title, unit, total, before) => {
      const shown = progress?.(title, unit, total, before);
      return {
        update: (done, changed) => {
          signal.throwIfAborted();
          shown?.update(done, changed);
        },
        note: text => shown?.note(text),
        finish: () => shown?.finish(),
      };
    },
  };
}
