import { writeSync } from 'node:fs';
import { claimPath } from '../../src/files/path-claim.js';

/** Claims a path as soon as it is told to, says what came of it, and holds the claim until it is killed or told to end. */
const [path] = process.argv.slice(2);
writeSync(1, 'here\n');
process.stdin.once('data', async () => {
  try {
    const claim = await claimPath(path);
    writeSync(1, 'taken\n');
    process.stdin.once('data', async () => {
      await claim.release();
      process.exit(0);
    });
  } catch (error) {
    writeSync(1, `${(error as { code: string }).code}\n`);
    process.exit(0);
  }
});
