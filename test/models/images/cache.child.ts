import { createHash } from 'node:crypto';
import { openVectorCache } from '../../../models/images/vector-cache.js';

/** Puts vectors into the cache of a folder until it is killed, and says each number when it is put. */
const cache = openVectorCache({ folder: process.argv[2], encoder: 'ab'.repeat(32), width: 3 });
for (let n = 0; n < 100_000; n++) {
  const key = createHash('sha256').update(String(n)).digest();
  cache.put([{ key, vector: Float32Array.of(n, -n, n / 7) }]);
  process.stdout.write(`${n}\n`);
}
