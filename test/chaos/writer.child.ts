import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { openWritableIndex } from '../../src/search/writable-index.js';
import { letterModel } from '../search/fixture.js';
import { requestOf } from './requests.js';

/** Writes requests from the given one on, several at a time, and says which were sent and acknowledged, until it is killed. */
const [folder, seed, from] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const inFlight = 8;
/** In one of two runs segments are cut after a few documents and merged in threads, so that the kill meets flushes and merges too. */
const busyLimits = { occurrences: 1e9, documents: 4, inlineBelow: 20 };
const say = (what: string, n: number): void => void writeSync(1, `${what} ${n}\n`);

const index = await openWritableIndex(folder, {
  embedder: letterModel(),
  saveEveryMs: 10,
  segmentLimits: from % 2 === 0 ? busyLimits : undefined,
});
say('open', from);
let next = from;
async function writeRequests(): Promise<void> {
  for (;;) {
    const n = next++;
    say('sent', n);
    await index.write(requestOf(seed, n));
    say('ack', n);
    if (n % 7 === 0) await delay(2);
  }
}
await Promise.all(Array.from({ length: inFlight }, writeRequests));
