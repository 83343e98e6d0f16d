import { setTimeout as delay } from 'node:timers/promises';
import { openWritableIndex } from '../../src/search/writable-index.js';
import { letterModel } from './fixture.js';

/** Writes numbered documents to an index, saving all the time, deletes every third again, and closes it. */
const [folder, count] = [process.argv[2], Number(process.argv[3])];
const index = await openWritableIndex(folder, { embedder: letterModel(), saveEveryMs: 5 });
for (let n = 0; n < count; n++) {
  await index.put([{ id: `n${n}`, title: `numbat ${n}` }]);
  if (n % 3 === 0) await index.delete([`n${n}`]);
  await delay(10);
}
await index.close();
