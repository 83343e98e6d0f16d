import { cp, mkdir, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const manifest = createRequire(import.meta.url)('../../package.json');

/**
 * Puts the built Tandem into a folder as npm would, with what package.json says that it needs, and nothing that it calls optional.
 * @param optional  packages that are there all the same
 * @returns what Node is given to run it
 */
export async function installTandem(folder: string, optional: readonly string[] = []): Promise<readonly string[]> {
  const modules = join(folder, 'node_modules');
  const target = join(modules, 'tandem-search');
  await mkdir(target, { recursive: true });
  await cp(join(root, 'package.json'), join(target, 'package.json'));
  await cp(join(root, 'dist'), join(target, 'dist'), { recursive: true });
  for (const name of [...Object.keys(manifest.dependencies), ...optional]) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(root, 'node_modules', name), join(modules, name));
  }
  return [join(target, 'dist', 'src', 'cli', 'main.js')];
}
