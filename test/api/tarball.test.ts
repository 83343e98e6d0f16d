import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  docstringExamples,
  examplesOf,
  installPacked,
  linkDependencies,
  linkTypes,
  type Packed,
  runProgram,
  typeCheck,
} from './packed-library.js';

const entries = [
  ['src/api/index.ts', 'tandem-search'],
  ['src/api/training.ts', 'tandem-search/training'],
] as const;
const examples = await examplesOf('docs/library.md');

let packed: Packed;
beforeAll(async () => {
  packed = await installPacked(await mkdtemp(join(tmpdir(), 'tandem-packed-')));
  const { size, unpackedSize, files } = packed;
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  console.log(`tarball: ${megabytes(size)}, unpacked ${megabytes(unpackedSize)}, ${files.length} files`);
});
afterAll(() => rm(packed.folder, { recursive: true, force: true }));

describe('the packed package, in an empty folder', () => {
  it('holds the library and the command line with their types, and neither benches nor tests', () => {
    const { files } = packed;
    for (const [source] of entries) {
      expect(files).toContain(`dist/${source.replace('.ts', '.js')}`);
      expect(files).toContain(`dist/${source.replace('.ts', '.d.ts')}`);
    }
    expect(files).toContain('dist/src/cli/main.js');
    expect(files.filter(path => /^dist\/(?:bench|test)\//.test(path) || path.endsWith('.map'))).toEqual([]);
    expect(
      files.filter(path => path.startsWith('dist/') && !/^dist\/(?:src|models|data|training|serving)\//.test(path)),
    ).toEqual([]);
  });

  it('type-checks every example as strict TypeScript, those of the docstrings too, with nothing but zod and the types of Node.js', async () => {
    const { folder } = packed;
    await linkTypes(folder);
    const names: string[] = [];
    const add = async (name: string, text: string): Promise<void> => {
      await writeFile(join(folder, name), text);
      names.push(name);
    };
    for (const { name, text } of examples) await add(`${name}.ts`, text);
    for (const [source, specifier] of entries) {
      await add(`${specifier.replace('/', '-')}.ts`, await docstringExamples(source, specifier));
    }
    await add(
      'clients.ts',
      `import { createClient } from 'tandem-search/client';
import { createSearchClient } from 'tandem-search/instantsearch';
const client = createClient({ url: 'http://127.0.0.1:8080' });
const { hits } = await client.search({ text: 'hose', k: 1, filter: [{ range: { field: 'price', max: 20 } }] });
const titles: string[] = hits.map(({ document }) => document.title);
console.log(titles, createSearchClient({ client }));
`,
    );
    expect(await typeCheck(folder, names)).toBe('');
    await add('wrong.ts', "import { buildIndex } from 'tandem-search';\nawait buildIndex({ documents: 'a.csv' });\n");
    expect(await typeCheck(folder, names)).toMatch(/wrong\.ts.*error TS\d+: .*'out' is missing/s);
  });

  it('takes the packages that package.json names', () => linkDependencies(packed.folder));

  const output: Record<string, string> = {};
  // one after the other, as on the page: later ones open what earlier ones made
  it.each(examples.map(({ name, text }) => [name, text]))('runs %s as plain JavaScript', async (name, text) => {
    await writeFile(join(packed.folder, `${name}.mjs`), text);
    const started = performance.now();
    output[name] = await runProgram(packed.folder, `${name}.mjs`);
    console.log(`${name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  });

  it('has three whole programs, which find what they should', () => {
    expect(output['search-words']).toMatch(/^chair \d\.\d{3} Garden chair\n/);
    expect(output['search-words']).toContain("[ 'hose' ]");
    const figures = /hybrid (\S+)\nvector (\S+)\ntoken (\S+)/.exec(output['train-towers'])?.slice(1).map(Number) ?? [];
    expect(figures).toHaveLength(3);
    // the held-out queries say in other words what the titles say: the towers have learnt these words, the tokens know none of them
    expect(figures[1]).toBeGreaterThan(figures[2] + 0.3);
    expect(output['write-and-search']).toMatch(/hybrid blue-sofa /);
    expect(output['write-and-search']).toContain('data/malformed-row');
  });
});
