// Bundles the page of the service: serving/page (TypeScript) -> serving/page/built, where it is older than what it comes from. Nothing is fetched.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const page = join(root, 'serving', 'page');
const built = join(page, 'built');

/** When the youngest file below a folder was changed, what is built left out. */
const changed = folder =>
  Math.max(
    ...readdirSync(folder, { withFileTypes: true }).map(entry => {
      const path = join(folder, entry.name);
      if (path === built) return 0;
      return entry.isDirectory() ? changed(path) : statSync(path).mtimeMs;
    }),
  );

const entries = Object.fromEntries(
  readdirSync(page)
    .filter(name => name.endsWith('.html'))
    .map(name => [name.replace('.html', ''), join(page, name)]),
);

export async function buildPage() {
  // pages ask through src/client, and that reads what else it needs there
  const newest = Math.max(changed(page), changed(join(root, 'src')), statSync(fileURLToPath(import.meta.url)).mtimeMs);
  const made = join(built, 'index.html');
  if (existsSync(made) && statSync(made).mtimeMs >= newest) return;
  await build({
    root: page,
    base: './',
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      outDir: built,
      emptyOutDir: true,
      target: 'es2022',
      // names stay: browsers ask each time whether a file has changed
      modulePreload: false,
      assetsInlineLimit: 0,
      rollupOptions: {
        input: entries,
        output: { entryFileNames: '[name].js', chunkFileNames: '[name].js', assetFileNames: '[name][extname]' },
      },
    },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPage();

/** vitest calls this before the first test in a browser. */
export const setup = buildPage;
