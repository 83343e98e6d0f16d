import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { openWritableIndex } from '../../src/search/writable-index.js';
import { letterModel } from '../search/fixture.js';
import { requestOf } from './requests.js';

/** Writes requests from the given one on, several at a time, and says which were sent and acknowledged, until it is killed. */
const [folder, seed, from] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const inFlight = 8;
const say = (what: string, n: number): void => void writeSync(1, `${what} ${n}\n`);

const index = await openWritableIndex(folder, { embedder: letterModel(), saveEveryMs: 10 });
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
