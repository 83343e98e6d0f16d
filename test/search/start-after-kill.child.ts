import { openWritableIndex } from '../../src/search/writable-index.js';
import { letterModel } from './fixture.js';

/** Opens an index, writes one document to it, says so, and waits to be killed. */
const [folder, number] = process.argv.slice(2);
const index = await openWritableIndex(folder, { embedder: letterModel(), saveEveryMs: 1e9 });
await index.put([{ id: `n${number}`, title: `numbat${number}` }]);
process.stdout.write('acknowledged\n');
setInterval(() => undefined, 1_000);
