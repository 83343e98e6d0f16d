import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

/** Replaces a folder and is killed between the two renames of it, or in the middle of filling it. */
const [path, moment] = process.argv.slice(2);
const { rename } = fs;
const die = (): never => {
  process.kill(process.pid, 'SIGKILL');
  for (;;);
};
fs.rename = async (from, to) => {
  await rename(from, to);
  if (moment === 'swap' && String(to).endsWith('.old')) die();
};
syncBuiltinESMExports();
const { writeFolderAtomically } = await import('../../src/files/atomic.js');
const { claimPath } = await import('../../src/files/path-claim.js');
await claimPath(path);
await writeFolderAtomically(path, async folder => {
  await fs.writeFile(join(folder, 'content'), 'new');
  if (moment === 'fill') die();
});
