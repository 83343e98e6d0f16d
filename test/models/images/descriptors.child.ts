import { closeSync, openSync } from 'node:fs';
import { imageLimits } from '../../../models/images/decode-image.js';
import { readReference } from '../../../models/images/image-reference.js';

/** Reads a picture while no file can be opened, then while some can: two lines, a code or the content. */
const [root, reference] = process.argv.slice(2);
const told = (): Promise<string> =>
  readReference(reference, root, imageLimits).then(
    bytes => Buffer.from(bytes).toString(),
    (error: { code: string }) => error.code,
  );

await told(); // whatever it needs itself is loaded now
const open: number[] = [];
try {
  for (;;) open.push(openSync('/dev/null', 'r'));
} catch {
  // none is left
}
const without = await told();
for (const descriptor of open) closeSync(descriptor);
console.log(`${without}\n${await told()}`);
