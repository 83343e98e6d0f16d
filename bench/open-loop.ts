import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks one question after the other at fixed moments, whether or not the one before is answered yet: as people do, who do not wait for each other.
 * The time of an answer counts from the moment when it was due, so that a stalled process is charged for everyone who waited meanwhile.
 * @param everyMs  between two questions. @param seconds  how long
 * @returns milliseconds by question
 */
export async function askAtIntervals(
  ask: (number: number) => Promise<unknown>,
  everyMs: number,
  seconds: number,
): Promise<number[]> {
  const count = Math.ceil((seconds * 1000) / everyMs);
  const times: number[] = [];
  const running: Promise<void>[] = [];
  const started = performance.now();
  for (let number = 0; number < count; number++) {
    const due = started + number * everyMs;
    // a timer may go off a little early
    for (let early = due - performance.now(); early > 0; early = due - performance.now()) await pause(Math.ceil(early));
    running.push(
      ask(number).then(() => {
        times[number] = performance.now() - due;
      }),
    );
  }
  await Promise.all(running);
  return times;
}
