import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readModelManifest } from '../../../models/runtime/artefact.js';
import type { Addition, ComparedQueries, GenerationAdmin } from '../../../serving/parts.js';
import { asTandemError, TandemError } from '../../errors/tandem-error.js';
import type { WritableIndex } from '../../search/writable-index.js';
import { programOfCommands } from '../steps/program.js';
import { type ReportedStep, runStep } from '../steps/run-step.js';
import { watchOf } from '../watch.js';
import { previousGeneration } from './switch-generation.js';

/**
 * Changes the generations of an index that a service writes to. What takes long is done by commands in processes of their own, so that the service answers as before.
 * @param signal  ends them with the service
 */
export function generationAdmin(folder: string, writer: WritableIndex, signal: AbortSignal): GenerationAdmin {
  let addition: Addition | undefined;
  let comparing = false;
  const run = (words: readonly string[], onStep?: (step: ReportedStep) => void) =>
    runStep(programOfCommands, ['generation', ...words, '--index', folder], watchOf({ signal }), onStep);

  async function add(model: string): Promise<Addition> {
    const { modelId } = await readModelManifest(model);
    if (addition?.state === 'running')
      throw new TandemError('generation/busy', `${addition.model} is being added`, { model: addition.model });
    const known = (await writer.generations()).find(each => each.modelId === modelId && (each.ready || each.active));
    if (known !== undefined)
      throw new TandemError('generation/exists', `generation ${known.number} was made with this model`, {
        number: known.number,
      });
    const begun: Addition = { model, state: 'running', text: 'loading the model' };
    addition = begun;
    run(['add', '--model', model], ({ title, text, done, total }) => {
      addition = { model, state: 'running', text: `${title}: ${text}`, ...(total ? { share: done / total } : {}) };
    }).then(
      () => {
        addition = { model, state: 'done', text: 'ready to be switched to' };
      },
      (error: unknown) => {
        const { code, message, remedy } = asTandemError(error);
        addition = { model, state: 'failed', text: `${code}: ${message}. ${remedy}` };
      },
    );
    return begun;
  }

  /** One at a time: each takes a process with the index and two models. */
  async function compare(generation: number, asked: ComparedQueries) {
    if (comparing) throw new TandemError('generation/busy', 'generations are being compared');
    comparing = true;
    try {
      return await withFiles(asked, files => run(['compare', '--generation', String(generation), ...files]));
    } finally {
      comparing = false;
    }
  }

  async function switchTo(generation: number) {
    const before = writer.manifest.generation;
    await writer.switchTo(generation);
    return { generation, before };
  }

  return {
    listGenerations: () => writer.generations(),
    addition: async () => addition,
    addGeneration: add,
    switchGeneration: switchTo,
    rollbackGeneration: async () => switchTo(await previousGeneration(folder)),
    dropGeneration: generation => writer.drop(generation),
    compareGeneration: compare,
  };
}

/** Writes queries and judgements to files for a command, and takes them away. */
async function withFiles<T>(
  { queries, qrels }: ComparedQueries,
  use: (words: readonly string[]) => Promise<T>,
): Promise<T> {
  const scratch = await mkdtemp(join(tmpdir(), 'tandem-compare-'));
  try {
    const [asked, judged] = [join(scratch, 'queries.jsonl'), join(scratch, 'qrels.trec')];
    await writeFile(asked, queries.map(query => `${JSON.stringify(query)}\n`).join(''));
    if (qrels === undefined) return await use(['--queries', asked]);
    const lines = Object.entries(qrels).flatMap(([query, gains]) =>
      Object.entries(gains).map(([document, gain]) => `${query} 0 ${document} ${gain}\n`),
    );
    await writeFile(judged, lines.join(''));
    return await use(['--queries', asked, '--qrels', judged]);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
