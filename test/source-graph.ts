import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** One import of one source file; paths are relative to the repository's root, with `/`. */
export interface Import {
  readonly from: string;
  /** a file of the repository (`src/text/fold.ts`), or a package or `node:` name as it is written */
  readonly to: string;
  readonly internal: boolean;
  /** erased by the compiler: `import type`, `export type` */
  readonly typeOnly: boolean;
}

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const rooms = ['src', 'models', 'data', 'training', 'serving', 'bench'] as const;

/** All TypeScript sources of the house under root, tests left out, sorted by path. */
export function readSources(root: string): SourceFile[] {
  const paths = rooms
    .filter(room => existsSync(join(root, room)))
    .flatMap(room =>
      readdirSync(join(root, room), { recursive: true, encoding: 'utf8' }).map(
        name => `${room}/${name.replaceAll('\\', '/')}`,
      ),
    );
  return paths
    .filter(path => path.endsWith('.ts'))
    .sort()
    .map(path => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

const token = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;

/** Comments become spaces; strings and templates stay, so that no `//` inside them hides code. */
export function withoutComments(text: string): string {
  return text.replace(token, found => (found.startsWith('/') ? found.replace(/[^\n]/g, ' ') : found));
}

/** Comments, strings and templates become empty: what is left is words and signs of the language. */
export const bareCode = (text: string): string => text.replace(token, found => (found.startsWith('/') ? ' ' : "''"));

/** What is loaded with the file. */
const staticForms: readonly RegExp[] = [
  /\b(?:import|export)\s+(type\s+)?(?:[\w*{][^'";()]*?)\s*from\s*['"]([^'"]+)['"]/g,
  /^\s*import\s*()['"]([^'"]+)['"]/gm,
];

const forms: readonly RegExp[] = [
  ...staticForms,
  /\b(?:import|require|requirePackage|resolve)\s*(?:<[^()]*>)?()\(\s*['"]([^'"]+)['"]/g,
  /\bnew URL\(\s*()['"](\.[^'"]+\.[jt]s)['"]\s*,\s*import\.meta\.url/g, // worker threads are started by address
];

/** The imports of one file: static, dynamic, `require` and worker addresses. */
export const importsOf = (file: SourceFile): Import[] => importsIn(file, forms);

/** The imports that are loaded with the file, before any of it runs. */
export const staticImportsOf = (file: SourceFile): Import[] => importsIn(file, staticForms);

function importsIn({ path, text }: SourceFile, written: readonly RegExp[]): Import[] {
  const code = withoutComments(text);
  return written.flatMap(form =>
    [...code.matchAll(form)].map(([, type, specifier]) => {
      const internal = specifier.startsWith('.');
      const to = internal
        ? normalize(join(dirname(path), specifier))
            .replaceAll('\\', '/')
            .replace(/\.js$/, '.ts')
        : specifier;
      return { from: path, to, internal, typeOnly: Boolean(type) };
    }),
  );
}

/** The folder that stands for a file in the import table: `src/text`, `models/runtime`, `data`, ... */
export function folderOf(path: string): string {
  const [room, ...rest] = path.split('/');
  const divided = (room === 'src' || room === 'models') && rest.length > 1;
  return divided ? `${room}/${rest[0]}` : room;
}

/** A cycle of a directed graph as the list of its nodes, or undefined. */
export function findCycle(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] | undefined {
  const finished = new Set<string>();
  const visit = (node: string, trail: readonly string[]): string[] | undefined => {
    if (trail.includes(node)) return [...trail.slice(trail.indexOf(node)), node];
    if (finished.has(node)) return undefined;
    for (const next of edges.get(node) ?? []) {
      const found = visit(next, [...trail, node]);
      if (found) return found;
    }
    finished.add(node);
    return undefined;
  };
  for (const node of edges.keys()) {
    const found = visit(node, []);
    if (found) return found;
  }
  return undefined;
}

/** Groups imports into a graph of `key(path)`, without loops from a node to itself. */
export function graphOf(imports: readonly Import[], key: (path: string) => string): Map<string, Set<string>> {
  const edges = new Map<string, Set<string>>();
  for (const { from, to } of imports) {
    const [a, b] = [key(from), key(to)];
    if (!edges.has(a)) edges.set(a, new Set());
    if (a !== b) edges.get(a)?.add(b);
  }
  return edges;
}

/**
 * Everything that loading the given files loads: files and packages, through runtime imports alone.
 * @returns each module with the chain of imports that leads to it, the entry first
 */
export function reachable(imports: readonly Import[], entries: readonly string[]): Map<string, string[]> {
  const outgoing = graphOf(
    imports.filter(({ typeOnly }) => !typeOnly),
    path => path,
  );
  const chains = new Map(entries.map(entry => [entry, [entry]]));
  const waiting = [...entries];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    for (const to of outgoing.get(path) ?? []) {
      if (chains.has(to)) continue;
      chains.set(to, [...(chains.get(path) ?? []), to]);
      waiting.push(to);
    }
  }
  return chains;
}

/** An exported function or value, by the file that exports it. */
export interface Export {
  readonly path: string;
  readonly name: string;
}

const exported = /^export\s+(?:async\s+)?(?:function\*?|const|let|class|abstract class)\s+(\w+)/gm;

/**
 * Exported functions and values that no other source file calls and their own does not use either. A file calls what it imports, in whatever way, and
 * names; of what it starts by address (a worker), too.
 */
export function unusedExports(sources: readonly SourceFile[]): Export[] {
  const codes = new Map(sources.map(({ path, text }) => [path, withoutComments(text)]));
  const importers = new Map<string, Set<string>>();
  for (const { from, to } of sources.flatMap(importsOf)) importers.set(to, (importers.get(to) ?? new Set()).add(from));
  const counts = (path: string, name: string): number =>
    codes.get(path)?.match(new RegExp(`\\b${name}\\b`, 'g'))?.length ?? 0;
  return sources.flatMap(({ path }) =>
    [...(codes.get(path) ?? '').matchAll(exported)]
      .map(([, name]) => ({ path, name }))
      .filter(({ name }) => counts(path, name) === 1)
      .filter(({ name }) => [...(importers.get(path) ?? [])].every(from => counts(from, name) === 0)),
  );
}
