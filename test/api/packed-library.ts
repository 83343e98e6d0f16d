import { execFile } from 'node:child_process';
import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Packed {
  /** folder that the package is installed in */
  readonly folder: string;
  /** paths in the package */
  readonly files: readonly string[];
  /** bytes of the tarball, and of what is in it */
  readonly size: number;
  readonly unpackedSize: number;
}

interface PackageJson {
  readonly name: string;
  readonly [kind: string]: Readonly<Record<string, string>> | unknown;
}

const readPackage = async (): Promise<PackageJson> => JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

/** Packs the built package and unpacks the tarball where npm would in an empty folder, without what it depends on. */
export async function installPacked(folder: string): Promise<Packed> {
  const packing = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const { stdout } = await run('npm', packing, { cwd: root, maxBuffer: 2 ** 26 });
  const [{ filename, files, size, unpackedSize }] = JSON.parse(stdout);
  const about = await readPackage();
  const place = join(folder, 'node_modules', about.name);
  await mkdir(place, { recursive: true });
  await run('tar', ['-xzf', join(folder, filename), '-C', place, '--strip-components', '1']);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'shop', private: true, type: 'module' }));
  return { folder, files: files.map(({ path }: { path: string }) => path), size, unpackedSize };
}

/** What package.json names for users is not fetched again but linked from this repository. */
export async function linkDependencies(folder: string): Promise<void> {
  const about = await readPackage();
  for (const kind of ['dependencies', 'optionalDependencies', 'peerDependencies']) {
    for (const name of Object.keys(about[kind] ?? {})) await link(name, folder);
  }
}

async function link(name: string, folder: string): Promise<void> {
  const from = join(root, 'node_modules', name);
  const isThere = await stat(from).catch(() => undefined);
  if (isThere === undefined) return;
  const to = join(folder, 'node_modules', name);
  await mkdir(dirname(to), { recursive: true });
  await symlink(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

/** What the types of the library need: those of Node.js, which every program in TypeScript for Node.js has, and the schemas of the settings. */
export async function linkTypes(folder: string): Promise<void> {
  for (const name of ['@types/node', 'zod']) await link(name, folder);
}

/** The examples of a page: blocks of JavaScript in their order, with the name that a whole program has in its first line. */
export async function examplesOf(page: string): Promise<readonly { readonly name: string; readonly text: string }[]> {
  const blocks = (await readFile(join(root, page), 'utf8')).matchAll(/```js\n([\s\S]*?)```/g);
  return [...blocks].map(([, text], i) => ({ name: /^\/\/ (\S+)\.mjs\n/.exec(text)?.[1] ?? `piece-${i}`, text }));
}

/** The examples in the docstrings of an entry, each in a block of its own behind an import of all that the entry exports. */
export async function docstringExamples(entry: string, specifier: string): Promise<string> {
  const text = await readFile(join(root, entry), 'utf8');
  const verbs = [...new Set([...text.matchAll(/^export (?:async function|const) (\w+)/gm)].map(([, name]) => name))];
  const examples = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code.replace(/^ \* ?/gm, ''));
  if (examples.length !== verbs.length) throw new Error(`${entry}: ${verbs.length} verbs, ${examples.length} examples`);
  return `import { ${verbs.join(', ')} } from '${specifier}';\n${examples.map(code => `{\n${code}}\n`).join('')}`;
}

/** Runs a program of the folder. @returns what it printed @throws with what it printed when it fails */
export async function runProgram(folder: string, file: string): Promise<string> {
  try {
    const { stdout, stderr } = await run(process.execPath, [file], { cwd: folder, timeout: 200_000 });
    return stdout + stderr;
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`${file}: ${stdout ?? ''}${stderr ?? ''}`, { cause: error });
  }
}

/** Checks the TypeScript files of the folder as a strict project. @returns what the compiler says */
export async function typeCheck(folder: string, names: readonly string[]): Promise<string> {
  const compilerOptions = { strict: true, module: 'nodenext', target: 'es2023', noEmit: true, types: ['node'] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: names }));
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  return run(process.execPath, [compiler, '-p', folder]).then(
    ({ stdout }) => stdout,
    ({ stdout, stderr }) => `${stdout}${stderr}`,
  );
}
