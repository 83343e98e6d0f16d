import { join } from 'node:path';
import type { Building } from '../../../serving/parts.js';
import { TandemError } from '../../errors/tandem-error.js';
import { isThere } from '../../files/is-there.js';
import { isFolder } from '../indexes/index-models.js';
import type { OpenProject } from '../project/project.js';
import { serveIndex } from '../server/serve-index.js';
import { runStep } from '../steps/run-step.js';
import type { Watch } from '../watch.js';
import { buildBehind } from './behind.js';
import { type UpProjectOptions, upProject } from './up-project.js';
import { isMadeOf, madeOf, noteMadeOf } from './up-state.js';

export interface UpOptions extends UpProjectOptions {
  /** file of the command line, which takes the steps behind the service */
  readonly program: string;
  /** model that is used as it is */
  readonly model?: string;
  /** folder of the documents' pictures, which the page shows */
  readonly pictures?: string;
  readonly host: string;
  /** 0 = any free port */
  readonly port: number;
}

/** A service that answers, and what is made behind it. */
export interface Up {
  readonly url: string;
  readonly index: string;
  /** whether all was made before, and is served as it is */
  readonly whole: boolean;
  /** resolves when the service is closed and nothing is made any more */
  readonly until: Promise<void>;
}

/**
 * Documents in, page out: the words of the documents are indexed and served at once; behind the service towers are trained and an index with
 * vectors is made, which takes the place of the first. What was made before of the same files is served as it is.
 * @throws TandemError 'data/*', 'project/invalid', 'index/*', 'server/port-taken'
 */
export async function runUp(options: UpOptions, watch: Watch): Promise<Up> {
  const { program, model, pictures, host, port } = options;
  if (pictures !== undefined && !(await isFolder(pictures)))
    throw new TandemError('data/not-found', `${pictures}: there is no such folder`, { path: pictures });
  const opened = await upProject(options, watch);
  const { documents, pairs, events, queries, qrels } = opened.project;
  const files = [documents, pairs, events, queries].flatMap(part => part?.files ?? []).concat(qrels ?? []);
  const name = await madeOf(opened.file, files, { model, pictures });
  const stands = await isThere(join(opened.index, 'manifest.json'));
  const whole = stands && (await isMadeOf(opened.project.out, name));
  const shown = pictures === undefined ? [] : ['--pictures', pictures];
  if (!stands) await indexWords(program, opened, shown, watch);

  let building: Building = { state: 'running', text: 'Making an index with vectors' };
  const serving = await serveIndex({
    index: opened.index,
    host,
    port,
    signal: watch.signal,
    logLevel: 'warn',
    ...(!whole && { building: () => building }),
  });
  const onChange = (change: Building): void => {
    building = change;
  };
  const behind = whole
    ? Promise.resolve()
    : buildBehind({ program, opened, model, shown, meanwhile: stands ? before : words, onChange }, watch).then(
        async done => {
          if (done) await noteMadeOf(opened.project.out, name);
        },
      );
  return {
    url: serving.url,
    index: opened.index,
    whole,
    until: Promise.all([serving.closed, behind]).then(() => undefined),
  };
}

/** What is searched while an index with vectors is made. */
const words = 'Words are searched meanwhile.';
const before = 'What was indexed before is searched meanwhile.';

/** A BEIR folder is no file of documents: it is prepared first. */
async function indexWords(
  program: string,
  { file, project, data, index }: OpenProject,
  shown: readonly string[],
  watch: Watch,
): Promise<void> {
  const named = ['--project', file];
  if (await isFolder(project.documents.files[0])) {
    await runStep(program, ['prepare', ...named, '--out', data, '--force'], watch);
  }
  await runStep(program, ['index', ...named, '--tokens-only', ...shown, '--out', index], watch);
}
