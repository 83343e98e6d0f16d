import { describe, expect, it } from 'vitest';
import { bareCode, findCycle, folderOf, graphOf, importsOf, reachable, unusedExports } from './source-graph.js';

const edge = (from: string, to: string, typeOnly = false) => ({ from, to, internal: true, typeOnly });

describe('importsOf', () => {
  const text = [
    "import { a, type B } from '../errors/table.js';",
    "import type { C } from './c.js';",
    "export type { D } from './d.js';",
    "export * from './e.js';",
    "import {\n  f,\n  g,\n} from './f.js';",
    "import * as ort from 'onnxruntime-node';",
    "import './effect.js';",
    "const later = await import('./later.js');",
    "const tf = require('@tensorflow/tfjs');",
    "requirePackage<Tf>('hnswlib-node');",
    "new Worker(new URL('./worker.js', import.meta.url));",
    "new URL('../page/', import.meta.url);",
    "// import { x } from './comment.js';",
    "/* import './block.js'; */ const url = 'https://example.org/';",
  ].join('\n');

  it('finds every form, resolves it, and tells types from values', () => {
    const found = importsOf({ path: 'src/text/fold.ts', text }).map(({ to, typeOnly }) => [to, typeOnly]);
    expect(found.sort()).toEqual([
      ['@tensorflow/tfjs', false],
      ['hnswlib-node', false],
      ['onnxruntime-node', false],
      ['src/errors/table.ts', false],
      ['src/text/c.ts', true],
      ['src/text/d.ts', true],
      ['src/text/e.ts', false],
      ['src/text/effect.ts', false],
      ['src/text/f.ts', false],
      ['src/text/later.ts', false],
      ['src/text/worker.ts', false],
    ]);
  });
});

describe('bareCode', () => {
  it('leaves no words of comments and strings', () => {
    expect(bareCode("a('any // b'); // any\n/* any */ c(`any`)")).toBe("a('');  \n  c('')");
  });
});

describe('folderOf', () => {
  it.each([
    ['src/text/fold.ts', 'src/text'],
    ['models/features.ts', 'models'],
    ['models/runtime/session.ts', 'models/runtime'],
    ['data/sources/csv.ts', 'data'],
    ['serving/routes/search.ts', 'serving'],
  ])('%s stands in %s', (path, folder) => expect(folderOf(path)).toBe(folder));
});

describe('findCycle', () => {
  const graph = (...edges: [string, string][]) =>
    graphOf(
      edges.map(([a, b]) => edge(a, b)),
      path => path,
    );

  it('names the nodes of a cycle', () => {
    expect(findCycle(graph(['x', 'a'], ['a', 'b'], ['b', 'c'], ['c', 'a']))).toEqual(['a', 'b', 'c', 'a']);
  });

  it('finds none where two ways lead to one node', () => {
    expect(findCycle(graph(['a', 'b'], ['a', 'c'], ['b', 'd'], ['c', 'd']))).toBeUndefined();
  });
});

describe('reachable', () => {
  it('follows values, not types, and keeps the way', () => {
    const imports = [edge('a', 'b'), edge('b', 'c'), edge('a', 'd', true), edge('d', 'e')];
    const chains = reachable(imports, ['a']);
    expect([...chains.keys()].sort()).toEqual(['a', 'b', 'c']);
    expect(chains.get('c')).toEqual(['a', 'b', 'c']);
  });
});

describe('unusedExports', () => {
  const file = (path: string, text: string) => ({ path, text });

  it('names what no other file and not its own uses; tests are no sources', () => {
    const sources = [
      file(
        'src/a.ts',
        'export function used() {}\nexport const own = 1;\nexport const more = own + 1;\nexport class Unused {}',
      ),
      file(
        'src/b.ts',
        "import { used } from './a.js';\nexport async function* none() { used(); }\n// none() and Unused",
      ),
    ];
    expect(unusedExports(sources)).toEqual([
      { path: 'src/a.ts', name: 'more' },
      { path: 'src/a.ts', name: 'Unused' },
      { path: 'src/b.ts', name: 'none' },
    ]);
  });

  it('sees what is imported when it is needed, and what a worker is asked for by name', () => {
    const sources = [
      file('src/late.ts', 'export const late = 1;'),
      file('src/worker.ts', 'export function task() {}'),
      file(
        'src/main.ts',
        "const [{ late }] = await Promise.all([import('./late.js')]);\nrun(late, new URL('./worker.js', import.meta.url), { name: 'task' });",
      ),
    ];
    expect(unusedExports(sources)).toEqual([]);
  });
});
