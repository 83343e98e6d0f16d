import { readFile } from 'node:fs/promises';
import type { Example } from '../data/examples.js';
import type { ImageVectors } from '../models/images/image-vectors.js';
import { encodeModel } from '../models/recorder/onnx-proto.js';
import { record } from '../models/recorder/record.js';
import { createNativeGraph, type NativeGraph } from '../models/runtime/session.js';
import { readSafetensors, writeSafetensors } from '../models/safetensors.js';
import type { DocumentRow } from '../src/config/rows.js';
import type { TrainingConfig } from '../src/config/training.js';
import { TandemError } from '../src/errors/tandem-error.js';
import { writeFileAtomically } from '../src/files/atomic.js';
import type { Corpus } from './corpus.js';
import { teacherSoftmax } from './distillation.js';
import { queryKey } from './mining.js';
import { distillationShare } from './objective.js';
import { keepRecent } from './recent-engines.js';
import type { TeacherModels } from './teacher-models.js';

/** Softmaxes of the teacher of a run. */
export interface Teacher {
  /**
   * Over one batch: float32 [B * N].
   * @param documents  N document numbers
   * @param blocked    [B * N], 0 or `closedPlace`
   */
  softmax(examples: readonly Example[], documents: readonly number[], blocked: Float32Array): Promise<Float32Array>;
  close(): Promise<void>;
}

/** What the teacher makes of the training queries and the documents of a run; float32 [n * D'], rows of length 1. */
interface Embeddings {
  readonly queries: Float32Array;
  readonly documents: Float32Array;
}

export interface TeacherOptions {
  /** where the embeddings are kept */
  readonly path: string;
  /** of the run: embeddings kept by another are made again */
  readonly fingerprint: string;
  /** vectors of the images of the documents, for a teacher that reads them */
  readonly images?: ImageVectors;
  /** told how many of how many rows are embedded */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Rows embedded at once. */
const atOnce = 4096;
/** Softmax graphs kept at a time, one for each shape of batch. */
const mostGraphs = 2;

/**
 * The folders that a run learns from.
 * @returns none where no stage learns from a teacher
 * @throws TandemError 'config/bad-value' where a stage does and none is named
 */
export function teacherFolders(training: TrainingConfig): readonly string[] {
  if (training.stages.every(stage => distillationShare(training, stage) === 0)) return [];
  const { model } = training.teacher;
  if (model !== '') return [model].flat();
  throw new TandemError('config/bad-value', 'a stage has distillation: name the model in training.teacher.model');
}

/**
 * Makes the teacher of a run. Every training query and every document is embedded once, before the first step, and kept in a file;
 * pseudo-queries are new each time and are embedded when they are shown.
 * @throws TandemError 'training/diverged', 'files/*'
 */
export async function createTeacher(
  models: TeacherModels,
  corpus: Corpus,
  documents: readonly DocumentRow[],
  { path, fingerprint, images, onProgress = () => undefined }: TeacherOptions,
): Promise<Teacher> {
  const { training } = corpus.config;
  const { width } = models;
  const distinct = distinctQueries(corpus.trainingQueries);
  const queries = [...distinct.values()];
  const kept = (await readEmbeddings(path, fingerprint)) ?? (await embedAll());
  const rowOf = rowsByKey(distinct);
  const graphs = keepRecent<NativeGraph>(mostGraphs);
  return {
    async softmax(examples, shown, blocked) {
      const keys = examples.map(queryKey);
      const fresh = distinctQueries(examples.filter((_, i) => !rowOf.has(keys[i])));
      const embedded = await models.embedQueries([...fresh.values()].map(asked));
      const freshRow = rowsByKey(fresh);
      const q = new Float32Array(examples.length * width);
      keys.forEach((key, i) => {
        const row = rowOf.get(key);
        copyRow(q, i, row === undefined ? embedded : kept.queries, row ?? freshRow.get(key)!, width);
      });
      const d = new Float32Array(shown.length * width);
      shown.forEach((document, i) => {
        copyRow(d, i, kept.documents, document, width);
      });
      const [rows, columns] = [examples.length, shown.length];
      const graph = await graphs.of(`${rows} ${columns}`, () => softmaxGraph(rows, columns, width, training));
      const { softmax } = await graph.run({
        q: { values: q, shape: [rows, width] },
        d: { values: d, shape: [columns, width] },
        blocked: { values: blocked, shape: [rows, columns] },
      });
      return softmax;
    },
    async close() {
      await graphs.close();
      await models.close();
    },
  };

  async function embedAll(): Promise<Embeddings> {
    const total = queries.length + documents.length;
    const embeddings = {
      queries: await inParts(
        width,
        queries,
        part => models.embedQueries(part.map(asked)),
        done => onProgress(done, total),
      ),
      documents: await inParts(
        width,
        documents,
        part => models.embedDocuments(part, images),
        done => onProgress(queries.length + done, total),
      ),
    };
    await writeEmbeddings(path, embeddings, width, fingerprint);
    return embeddings;
  }
}

type Asked = Pick<Example, 'query' | 'country'>;

const asked = ({ query, country }: Asked): { text: string; country?: string } => ({ text: query, country });

/** Each query once, by its key, in their order. */
function distinctQueries(queries: readonly Asked[]): Map<string, Asked> {
  const found = new Map<string, Asked>();
  for (const query of queries) {
    const key = queryKey(query);
    if (!found.has(key)) found.set(key, query);
  }
  return found;
}

const rowsByKey = (queries: ReadonlyMap<string, Asked>): Map<string, number> =>
  new Map([...queries.keys()].map((key, row) => [key, row]));

function copyRow(to: Float32Array, at: number, from: Float32Array, row: number, width: number): void {
  to.set(from.subarray(row * width, (row + 1) * width), at * width);
}

function softmaxGraph(
  rows: number,
  columns: number,
  width: number,
  { teacher: { scale }, threads }: TrainingConfig,
): Promise<NativeGraph> {
  const inputs = {
    q: { dtype: 'float32', shape: [rows, width] },
    d: { dtype: 'float32', shape: [columns, width] },
    blocked: { dtype: 'float32', shape: [rows, columns] },
  } as const;
  const recorded = record(inputs, (tf, x) => ({ softmax: teacherSoftmax(tf, x.q, x.d, x.blocked, scale) }));
  return createNativeGraph(encodeModel(recorded), { threads });
}

async function inParts<T>(
  width: number,
  rows: readonly T[],
  embed: (part: readonly T[]) => Promise<Float32Array>,
  onDone: (done: number) => void,
): Promise<Float32Array> {
  const all = new Float32Array(rows.length * width);
  for (let from = 0; from < rows.length; from += atOnce) {
    all.set(await embed(rows.slice(from, from + atOnce)), from * width);
    onDone(Math.min(rows.length, from + atOnce));
  }
  return all;
}

async function writeEmbeddings(
  path: string,
  { queries, documents }: Embeddings,
  width: number,
  fingerprint: string,
): Promise<void> {
  const arrays = {
    queries: { shape: [queries.length / width, width], values: queries },
    documents: { shape: [documents.length / width, width], values: documents },
  };
  await writeFileAtomically(path, handle => writeSafetensors(handle, arrays, { fingerprint }));
}

async function readEmbeddings(path: string, fingerprint: string): Promise<Embeddings | undefined> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (bytes === undefined) return undefined;
  const { arrays, metadata } = readSafetensors(bytes, path);
  if (metadata.fingerprint !== fingerprint) return undefined;
  return {
    queries: arrays.queries.values as Float32Array,
    documents: arrays.documents.values as Float32Array,
  };
}
