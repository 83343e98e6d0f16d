import { PassThrough, type Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

/** Bytes of answers to bulk loads that are held for clients that do not read, of all together, and what each may hold whatever the others do. */
const mostBytes = 64 * 2 ** 20;
const ownBytes = 2 ** 20;
const lookAgainMs = 50;

export interface HeldLimits {
  readonly mostBytes?: number;
  readonly ownBytes?: number;
}

/**
 * Answers line by line as results come. Results do not wait for a client that first sends everything and then reads: such a client would wait for us in turn. What is
 * held for all clients together is bounded: where they hold that much, a client that holds more than its share is worked for no further until it reads or is cut.
 */
export function heldAnswers(limits: HeldLimits = {}): (results: AsyncIterable<object>) => Readable {
  const { mostBytes: most, ownBytes: own } = { mostBytes, ownBytes, ...limits };
  const open = new Set<PassThrough>();
  const heldBy = (answer: PassThrough): number => answer.readableLength + answer.writableLength;
  const isFull = (answer: PassThrough): boolean =>
    heldBy(answer) > own && [...open].reduce((sum, each) => sum + heldBy(each), 0) > most;
  async function fill(answer: PassThrough, results: AsyncIterable<object>): Promise<void> {
    for await (const result of results) {
      while (!answer.destroyed && isFull(answer)) await delay(lookAgainMs);
      answer.write(`${JSON.stringify(result)}\n`);
    }
    answer.end();
  }
  return results => {
    const answer = new PassThrough();
    open.add(answer);
    answer.once('close', () => open.delete(answer));
    fill(answer, results).catch((error: unknown) =>
      answer.destroy(error instanceof Error ? error : new Error(String(error))),
    );
    return answer;
  };
}
