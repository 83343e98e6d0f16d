import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { TandemError } from '../../src/errors/tandem-error.js';
import { seededRandom } from '../../src/math/random.js';
import { openWritableIndex } from '../../src/search/writable-index.js';
import { standingAt } from './standing.js';

/**
 * Writes to whatever index stands in a folder, as often and as long as it is let, until it is killed. It says what was acknowledged: the document,
 * the index that it went into, and when it was sent.
 */
const [folder, name, seed] = [process.argv[2], process.argv[3], Number(process.argv[4])];
const random = seededRandom(seed);
const say = (...words: readonly (string | bigint)[]): void => void writeSync(1, `${words.join(' ')}\n`);
const codeOf = (error: unknown): string => (error instanceof TandemError ? error.code : `fault ${String(error)}`);

let next = 0;
async function writeForAWhile(): Promise<void> {
  const standing = await standingAt(folder);
  const index = await openWritableIndex(folder, { saveEveryMs: 20 });
  try {
    if (standing === undefined || standing !== (await standingAt(folder))) return;
    const writes = 1 + random.below(60);
    for (let i = 0; i < writes; i += 4) {
      const ids = Array.from({ length: 4 }, () => `${name}-${next++}`);
      const sent = process.hrtime.bigint();
      const written = await Promise.allSettled(ids.map(id => index.put([{ id, title: `zebra ${id}` }])));
      written.forEach((result, at) => {
        if (result.status === 'fulfilled') say('ack', ids[at], standing, sent);
        else say('refused', codeOf(result.reason));
      });
      if (written.some(({ status }) => status === 'rejected')) return;
      await delay(random.below(4));
    }
  } finally {
    await index.close();
  }
}

say('here');
for (;;) {
  await writeForAWhile().catch((error: unknown) => say('refused', codeOf(error)));
  await delay(random.below(120));
}
