import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  bareCode,
  findCycle,
  folderOf,
  graphOf,
  type Import,
  importsOf,
  readSources,
  unusedExports,
} from './source-graph.js';

const sources = readSources(fileURLToPath(new URL('..', import.meta.url)));
const imports = sources.flatMap(importsOf);
const internal = imports.filter(found => found.internal);

const within = (path: string, ...folders: string[]): boolean => folders.some(folder => path.startsWith(`${folder}/`));

const isCli = (path: string): boolean => within(path, 'src/cli');
/** What puts the parts together is known to none of them. */
const isAbove = (path: string): boolean => within(path, 'src/cli', 'src/api', 'src/client');

/** The import table of the house: may a file of the room `from` import `to`? */
const table: readonly { room: string; allows: (found: Import) => boolean }[] = [
  { room: 'src/cli', allows: ({ to }) => within(to, 'src/cli', 'src/api', 'src/config', 'src/errors') },
  { room: 'src/api', allows: ({ to }) => within(to, 'src', 'models', 'data', 'training', 'serving') && !isCli(to) },
  {
    room: 'src/client',
    allows: ({ to, typeOnly }) => within(to, 'src/client') || (typeOnly && within(to, 'src') && !isAbove(to)),
  },
  { room: 'src', allows: ({ to }) => within(to, 'src') && !isAbove(to) },
  {
    room: 'models',
    allows: ({ to }) => within(to, 'models', 'src/text', 'src/math', 'src/errors', 'src/config', 'src/files'),
  },
  {
    room: 'data',
    allows: ({ to, typeOnly }) =>
      within(to, 'data', 'src/text', 'src/math', 'src/errors', 'src/config', 'src/files') ||
      (typeOnly && /^models\/features[/.]/.test(to)),
  },
  { room: 'training', allows: ({ to }) => within(to, 'training', 'data', 'models', 'src') && !isAbove(to) },
  {
    // it runs in browsers: it asks as a client does, and knows the types of what it is answered
    room: 'serving/page',
    allows: ({ to, typeOnly }) =>
      within(to, 'serving/page', 'src/client') ||
      to === 'src/evaluation/metrics.ts' ||
      (typeOnly && ((within(to, 'src') && !isAbove(to)) || /^serving\/(?:page-schemas|slow-search)\.ts$/.test(to))),
  },
  {
    room: 'serving',
    allows: ({ to }) =>
      within(to, 'serving', 'models', 'src') &&
      !isAbove(to) &&
      !within(to, 'serving/page') &&
      !within(to, 'models/recorder', 'models/layers'),
  },
  { room: 'bench', allows: ({ to }) => !within(to, 'test') },
];

/** @returns whether the first row of the table that fits the importing file allows the import */
function isAllowed(found: Import): boolean {
  return table.find(({ room }) => within(found.from, room))?.allows(found) ?? false;
}

const show = ({ from, to }: Import): string => `${from} -> ${to}`;
const internalImport = (from: string, to: string, typeOnly = false): Import => ({ from, to, typeOnly, internal: true });

describe('the import table', () => {
  it('sees the whole house', () => {
    const rooms = new Set(sources.map(({ path }) => path.split('/')[0]));
    expect([...rooms].sort()).toEqual(['bench', 'data', 'models', 'serving', 'src', 'training']);
    expect(internal.length).toBeGreaterThan(100);
  });

  it.each([
    ['src/search/plan.ts', 'models/runtime/session.ts'],
    ['src/search/plan.ts', 'src/cli/main.ts'],
    ['src/search/plan.ts', 'src/api/indexes/open-search.ts'],
    ['src/client/request.ts', 'src/search/request.ts'],
    ['src/search/plan.ts', 'src/client/request.ts'],
    ['src/cli/command.ts', 'src/search/backend.ts'],
    ['src/cli/command.ts', 'training/step.ts'],
    ['src/api/indexes/open-search.ts', 'src/cli/command.ts'],
    ['models/features.ts', 'src/search/backend.ts'],
    ['data/split.ts', 'models/features.ts'],
    ['training/step.ts', 'serving/app.ts'],
    ['training/step.ts', 'src/api/training/train-model.ts'],
    ['serving/app.ts', 'training/step.ts'],
    ['serving/app.ts', 'src/api/indexes/open-search.ts'],
    ['serving/app.ts', 'models/recorder/record.ts'],
    ['serving/app.ts', 'bench/frame.ts'],
    ['serving/app.ts', 'serving/page/main.ts'],
    ['serving/page/main.ts', 'serving/app.ts'],
    ['serving/page/main.ts', 'src/search/backend.ts'],
  ])('forbids %s -> %s', (from, to) => expect(isAllowed(internalImport(from, to))).toBe(false));

  it('allows data the types of models/features alone', () => {
    expect(isAllowed(internalImport('data/split.ts', 'models/features.ts', true))).toBe(true);
    expect(isAllowed(internalImport('data/split.ts', 'models/towers.ts', true))).toBe(false);
  });

  it('allows clients the types of src alone', () => {
    expect(isAllowed(internalImport('src/client/index.ts', 'src/search/request.ts', true))).toBe(true);
    expect(isAllowed(internalImport('src/client/index.ts', 'serving/schemas.ts', true))).toBe(false);
  });

  it('is kept by every file', () => {
    expect(internal.filter(found => !isAllowed(found)).map(show)).toEqual([]);
  });

  it('leads to files that exist', () => {
    const paths = new Set(sources.map(({ path }) => path));
    expect(internal.filter(({ to }) => !paths.has(to)).map(show)).toEqual([]);
  });
});

describe('cycles', () => {
  it('there is none between folders, types included', () => {
    expect(findCycle(graphOf(internal, folderOf))).toBeUndefined();
  });

  it('there is none between files, types included', () => {
    expect(findCycle(graphOf(internal, path => path))).toBeUndefined();
  });
});

describe('habits', () => {
  const offenders = (fault: (text: string) => boolean): string[] =>
    sources.filter(({ text }) => fault(text)).map(({ path }) => path);

  it('nothing is there for tests alone; what the doors of src/api export is for those who install it', () => {
    const doors = [
      ...['src/api/index.ts', 'src/api/training.ts', 'src/client/index.ts', 'src/client/instantsearch.ts'],
    ];
    const offered = ['reciprocalRankFusion', 'parseScoreFunctions']; // choices of the ranking and of requests that no setting names yet
    const unused = unusedExports(sources).filter(({ path, name }) => !doors.includes(path) && !offered.includes(name));
    expect(unused.map(({ path, name }) => `${path} ${name}`)).toEqual([]);
  });

  it('no file is longer than 400 lines', () => {
    expect(offenders(text => text.split('\n').length > 401)).toEqual([]);
  });

  it('no type is any, and none is forced through unknown', () => {
    const forced = /(?:[:<|&]|=>|\b(?:as|extends))\s*any\b(?!\s*[(.])|\bany(?:\[\]|>)|\bas unknown as\b/;
    for (const bad of [
      'const a: any = b;',
      'f(a as any)',
      'Map<string, any>',
      'let a: Array<any>',
      'a as unknown as B',
    ]) {
      expect(forced.test(bareCode(bad)), bad).toBe(true);
    }
    for (const good of ['Promise.any(b)', '// a: any', "'a: any'", 'let any = false;', 'if (!any) return;']) {
      expect(forced.test(bareCode(good)), good).toBe(false);
    }
    expect(offenders(text => forced.test(bareCode(text)))).toEqual([]);
  });

  it('the compiler is not silenced, and nothing is exported by default', () => {
    expect(offenders(text => /@ts-(?:ignore|expect-error|nocheck)/.test(text))).toEqual([]);
    expect(offenders(text => /^export default\b/m.test(bareCode(text)))).toEqual([]);
  });

  it('no file or folder is a drawer for everything', () => {
    expect(
      sources.map(({ path }) => path).filter(path => /(?:^|[/-])(?:utils?|helpers?)(?:[/.-]|$)/.test(path)),
    ).toEqual([]);
  });
});
