import { join } from 'node:path';
import type { Building } from '../../../serving/parts.js';
import { isThere } from '../../files/is-there.js';
import type { CommandContext, Outcome } from '../command.js';
import { isFolder } from '../open-search.js';
import type { OpenProject } from '../project.js';
import { serveIndex } from '../serve-index.js';
import { buildBehind } from './behind.js';
import { runStep } from './run-step.js';
import { upProject } from './up-project.js';
import { isMadeOf, madeOf, noteMadeOf } from './up-state.js';

export interface UpOptions {
  /** documents, a folder of them, or a tandem.json */
  readonly path: string;
  /** tandem.json that is written where there is none */
  readonly project?: string;
  /** model that is used as it is */
  readonly model?: string;
  readonly host: string;
  /** 0 = any free port */
  readonly port: number;
}

/**
 * Documents in, page out: the words of the documents are indexed and served at once; behind the service towers are trained and an index with
 * vectors is made, which takes the place of the first. What was made before of the same files is served as it is.
 * @throws TandemError 'data/*', 'project/invalid', 'index/*', 'server/port-taken'
 */
export async function runUp(options: UpOptions, context: CommandContext): Promise<Outcome> {
  const { path, project: file, model, host, port } = options;
  const opened = await upProject(path, file, context);
  const { documents, pairs, events, queries, qrels } = opened.project;
  const files = [documents, pairs, events, queries].flatMap(part => part?.files ?? []).concat(qrels ?? []);
  const name = await madeOf(opened.file, files, model);
  const stands = await isThere(join(opened.index, 'manifest.json'));
  const whole = stands && (await isMadeOf(opened.project.out, name));
  if (!stands) await indexWords(opened, context);

  let building: Building = { state: 'running', text: 'Making an index with vectors' };
  const serving = await serveIndex({
    index: opened.index,
    host,
    port,
    signal: context.signal,
    logLevel: 'warn',
    ...(!whole && { building: () => building }),
  });
  const onChange = (change: Building): void => {
    building = change;
  };
  const behind = whole
    ? Promise.resolve()
    : buildBehind({ opened, model, meanwhile: stands ? before : words, onChange }, context).then(async done => {
        if (done) await noteMadeOf(opened.project.out, name);
      });
  return {
    json: { url: serving.url, index: opened.index, whole },
    text: `The page: ${serving.url} (Ctrl-C ends it; the same command goes on where it was)`,
    until: Promise.all([serving.closed, behind]).then(() => undefined),
  };
}

/** What is searched while an index with vectors is made. */
const words = 'Words are searched meanwhile.';
const before = 'What was indexed before is searched meanwhile.';

/** A BEIR folder is no file of documents: it is prepared first. */
async function indexWords({ file, project, data, index }: OpenProject, context: CommandContext): Promise<void> {
  const named = ['--project', file];
  if (await isFolder(project.documents.files[0])) {
    await runStep(['prepare', ...named, '--out', data, '--force'], context);
  }
  await runStep(['index', ...named, '--tokens-only', '--out', index], context);
}
