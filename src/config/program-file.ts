import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * What a worker thread is started with that runs sources of TypeScript as they are; the built package starts its JavaScript and needs none of it. The loader is
 * registered by its own interface: `--import tsx` does nothing in a thread where the sources are not run by it already.
 */
function sourceLoader(): { readonly execArgv: string[] } {
  const folder = dirname(createRequire(import.meta.url).resolve('tsx/package.json'));
  const { href } = pathToFileURL(join(folder, 'dist', 'esm', 'api', 'index.mjs'));
  const start = `import { register } from ${JSON.stringify(href)}; register();`;
  return { execArgv: ['--import', `data:text/javascript,${encodeURIComponent(start)}`] };
}

/**
 * A file that another thread or process starts with: JavaScript in the built package, TypeScript where the sources are run as they are.
 * @param importer  import.meta.url of a file in the same folder
 * @param name      without its ending
 */
export function programFile(importer: string, name: string): { readonly url: URL; readonly execArgv?: string[] } {
  if (!importer.endsWith('.ts')) return { url: new URL(`./${name}.js`, importer) };
  return { url: new URL(`./${name}.ts`, importer), ...sourceLoader() };
}
