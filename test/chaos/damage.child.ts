import { writeSync } from 'node:fs';
import { answersOf, tryDamage } from './damage.js';

/** Damages copies of an index, trial by trial, and says what came of each. What LMDB does to a process that it ends, it does to this one. */
const [whole, seed, from, to] = [process.argv[2], ...process.argv.slice(3).map(Number)];
const answers = await answersOf(whole);
for (let n = from; n < to; n++) {
  writeSync(1, `${JSON.stringify({ begun: n })}\n`);
  writeSync(1, `${JSON.stringify(await tryDamage(whole, answers, seed, n))}\n`);
}
