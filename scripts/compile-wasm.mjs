// Compiles the kernels of wasm/ (AssemblyScript) to WebAssembly beside the sources that load them, where they are older than what they come from.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'wasm', 'graph');
const out = join(root, 'src', 'vector', 'graph.wasm');

const options = [
  ...['--optimizeLevel', '3', '--shrinkLevel', '0', '--noAssert', '--runtime', 'stub'],
  ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
  ...['--enable', 'simd', '--enable', 'threads'],
];

/** @throws Error with what the compiler says */
export async function compileWasm() {
  const sources = [fileURLToPath(import.meta.url), ...readdirSync(folder).map(name => join(folder, name))];
  const changed = Math.max(...sources.map(path => statSync(path).mtimeMs));
  if (existsSync(out) && statSync(out).mtimeMs >= changed) return;
  const { main } = await import('assemblyscript/asc');
  let binary;
  const { error, stderr } = await main(['index.ts', '--baseDir', folder, '--outFile', 'graph.wasm', ...options], {
    readFile: (name, base) => {
      const path = join(base, name);
      return existsSync(path) ? readFileSync(path, 'utf8') : null;
    },
    writeFile: (_, contents) => {
      binary = contents;
    },
    listFiles: () => [],
  });
  if (error !== null || binary === undefined) throw new Error(`${error?.message}\n${stderr.toString()}`);
  writeFileSync(out, binary);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await compileWasm();

/** vitest calls this before the first test. */
export const setup = compileWasm;
