import { type Destination, withDestinations } from './destination.js';
import { type Watch, watchOf } from './watch.js';

/**
 * What every verb of the library goes through that writes or works for long: nobody else writes to the places meanwhile, and work that the signal has
 * ended fails with the reason of the signal, whatever it was doing.
 * @param wanted  what the program wants to be told of
 * @throws as withDestinations and `work`
 */
export async function writeWatched<T>(
  destinations: readonly Destination[],
  wanted: Partial<Watch> | undefined,
  work: (watch: Watch) => Promise<T>,
): Promise<T> {
  const watch = watchOf(wanted);
  watch.signal.throwIfAborted();
  try {
    return await withDestinations(destinations, () => work(watch));
  } catch (error) {
    watch.signal.throwIfAborted();
    throw error;
  }
}
