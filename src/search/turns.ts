import { channel } from 'node:diagnostics_channel';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Units of work that hold the process at most before others have their turn: one is about a character analysed, and all some dozens of milliseconds. */
export const unitsOfTurn = 2 ** 14;

/** Tells who listens the units of every turn that has ended: `{ units }`. */
const turns = channel('tandem:turn');

/** Gives way to other requests. */
export const letOthers = (): Promise<void> => inTurns(turn());

function* turn(): Generator<number, void> {
  yield unitsOfTurn;
}

/**
 * Does work that tells its units as it goes, and gives way to other requests between them.
 * @param work  yields units of work that it has done since it last did
 */
export async function inTurns<T>(work: Generator<number, T>): Promise<T> {
  let units = 0;
  for (;;) {
    const step = work.next();
    if (!step.done) units += step.value;
    if (!step.done && units < unitsOfTurn) continue;
    if (turns.hasSubscribers) turns.publish({ units });
    if (step.done) return step.value;
    units = 0;
    await nextTurn();
  }
}
