import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { importsOf, reachable, readSources, staticImportsOf } from './source-graph.js';

const sources = readSources(fileURLToPath(new URL('..', import.meta.url)));
const imports = sources.flatMap(importsOf);
const filesOf = (...folders: string[]): string[] =>
  sources.map(({ path }) => path).filter(path => folders.some(folder => path.startsWith(`${folder}/`)));

const isForbidden = (module: string): boolean =>
  module.startsWith('@tensorflow/') || module.startsWith('models/recorder/') || module.startsWith('training/');

/** The chains of imports by which loading the folder reaches what serving must never load. */
const trespasses = (...folders: string[]): string[] =>
  [...reachable(imports, filesOf(...folders))]
    .filter(([module]) => isForbidden(module))
    .map(([, chain]) => chain.join(' -> '));

describe('the runtime half', () => {
  it.each(['serving', 'models/runtime'])('%s has files to look at', folder => {
    expect(filesOf(folder).length).toBeGreaterThan(0);
  });

  it('reaches onnxruntime-node, so that the walk is known to follow packages', () => {
    expect([...reachable(imports, filesOf('models/runtime')).keys()]).toContain('onnxruntime-node');
  });

  it.each(['serving', 'models/runtime'])('%s never loads TensorFlow.js, the recorder or training', folder => {
    expect(trespasses(folder)).toEqual([]);
  });

  it('the recorder itself does load TensorFlow.js, so the rule can be broken', () => {
    expect(trespasses('models/recorder').length).toBeGreaterThan(0);
  });
});

describe('what loads before anything is done', () => {
  const atOnce = sources.flatMap(staticImportsOf);
  const loaded = (entry: string): string[] => [...reachable(atOnce, [entry]).keys()];

  it('`tandem --help` loads the command line, the configuration, and of the library what reads a project and guards what is written', () => {
    const modules = loaded('src/cli/main.ts').filter(module => !module.startsWith('node:'));
    expect(modules).toContain('src/cli/commands/search.ts');
    const light = /^(?:src\/(?:cli|config|errors|files)\/|commander$|cli-progress$|zod$)/;
    expect(modules.filter(module => !light.test(module)).sort()).toEqual([
      'src/api/destination.ts',
      'src/api/project/project-sources.ts',
      'src/api/project/project.ts',
      'src/api/project/read-config.ts',
      'src/text/synonyms.ts',
      'src/text/vocabulary.ts',
    ]);
  });

  it.each(['src/api/index.ts', 'src/api/training.ts'])('importing %s loads the errors alone', entry => {
    const errors = [
      'cluster-errors',
      'collection-errors',
      'entry',
      'redis-errors',
      'storage-errors',
      'table',
      'tandem-error',
    ].map(name => `src/errors/${name}.ts`);
    expect(loaded(entry).sort()).toEqual([entry, ...errors]);
  });

  it('the same walk finds what a command loads when it runs', () => {
    expect(loaded('src/api/indexes/make-index.ts')).toContain('lmdb');
  });
});
