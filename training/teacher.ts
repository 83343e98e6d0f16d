import { readFile } from 'node:fs/promises';
import type { Example } from '../data/examples.js';
import type { ImageVectors } from '../models/images/image-vectors.js';
import { loadModel, type Model } from '../models/runtime/load-model.js';
import { readSafetensors, writeSafetensors } from '../models/safetensors.js';
import type { DocumentRow } from '../src/config/rows.js';
import { TandemError } from '../src/errors/tandem-error.js';
import { writeFileAtomically } from '../src/files/atomic.js';
import type { Corpus } from './corpus.js';
import { teacherSoftmax } from './distillation.js';
import { queryKey } from './mining.js';

/** Gives the teacher's softmax over a batch: float32 [B * N]. */
export type Teacher = (
  examples: readonly Example[],
  documents: readonly number[],
  blocked: Float32Array,
) => Float32Array;

/** What the teacher makes of all queries and documents of a run; float32 [n * D'], rows of length 1. */
interface Embeddings {
  readonly queries: Float32Array;
  readonly documents: Float32Array;
  readonly width: number;
}

/** Rows embedded at once. */
const atOnce = 4096;

/**
 * Makes the teacher of a run: every query that a stage can show (training queries, the pool of pseudo-queries) and every document is embedded
 * once, before the first step, and kept in a file. So a step costs a matrix product, and a resumed run sees the same numbers.
 * @param path        where the embeddings are kept
 * @param onProgress  told how many of how many rows are embedded
 * @param images      vectors of the images of the documents, for a teacher that reads them
 * @returns undefined where no stage learns from a teacher
 * @throws TandemError 'config/bad-value' without a model or a pool, 'data/not-found' | 'model/*', 'files/*'
 */
export async function createTeacher(
  path: string,
  corpus: Corpus,
  documents: readonly DocumentRow[],
  onProgress: (done: number, total: number) => void = () => undefined,
  images?: ImageVectors,
): Promise<Teacher | undefined> {
  const { training, pseudoQueries } = corpus.config;
  const stages = training.stages.filter(({ distillation }) => distillation > 0);
  if (stages.length === 0) return undefined;
  const pool = stages.some(({ pseudoShare }) => pseudoShare > 0);
  if (training.teacher.model === '')
    throw new TandemError('config/bad-value', 'a stage has distillation: name the model in training.teacher.model');
  if (pool && pseudoQueries.pool === 0)
    throw new TandemError(
      'config/bad-value',
      'distillation over pseudo-queries needs pseudoQueries.pool of at least 1',
    );
  const queries = shownQueries(corpus, documents, pool ? pseudoQueries.pool : 0);
  const { queries: q, documents: d, width } = (await readEmbeddings(path)) ?? (await embedAll());
  const rowOf = new Map(queries.map((query, row) => [queryKey(query), row]));
  const rowsOf = (all: Float32Array, rows: readonly number[]): Float32Array => {
    const picked = new Float32Array(rows.length * width);
    for (const [i, row] of rows.entries()) picked.set(all.subarray(row * width, (row + 1) * width), i * width);
    return picked;
  };
  return (examples, shown, blocked) => {
    const asked = examples.map(example => rowOf.get(queryKey(example))!);
    return teacherSoftmax(rowsOf(q, asked), rowsOf(d, shown), width, blocked, training.teacher.scale);
  };

  async function embedAll(): Promise<Embeddings> {
    const model = await loadModel(training.teacher.model, { threads: training.threads });
    try {
      const total = queries.length + documents.length;
      const embeddings = {
        queries: await inParts(
          model,
          queries,
          part => model.embedQueries(part.map(({ query, country }) => ({ text: query, country }))),
          done => onProgress(done, total),
        ),
        documents: await inParts(
          model,
          documents,
          part => model.embedDocuments(part, images),
          done => onProgress(queries.length + done, total),
        ),
        width: model.width,
      };
      await writeEmbeddings(path, embeddings);
      return embeddings;
    } finally {
      await model.close();
    }
  }
}

type Asked = Pick<Example, 'query' | 'country'>;

/** Every query that the stages can show, each once. */
function shownQueries(corpus: Corpus, documents: readonly DocumentRow[], pool: number): Asked[] {
  const found = new Map<string, Asked>();
  const add = (asked: Asked): void => {
    const key = queryKey(asked);
    if (!found.has(key)) found.set(key, asked);
  };
  for (const asked of corpus.trainingQueries) add(asked);
  documents.forEach(({ country }, document) => {
    for (let draw = 0; draw < pool; draw++) {
      const query = corpus.pooledQuery(document, draw);
      if (query !== '') add({ query, country });
    }
  });
  return [...found.values()];
}

async function inParts<T>(
  { width }: Model,
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

async function writeEmbeddings(path: string, { queries, documents, width }: Embeddings): Promise<void> {
  const arrays = {
    queries: { shape: [queries.length / width, width], values: queries },
    documents: { shape: [documents.length / width, width], values: documents },
  };
  await writeFileAtomically(path, handle => writeSafetensors(handle, arrays, {}));
}

async function readEmbeddings(path: string): Promise<Embeddings | undefined> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (bytes === undefined) return undefined;
  const { queries, documents } = readSafetensors(bytes, path).arrays;
  return {
    queries: queries.values as Float32Array,
    documents: documents.values as Float32Array,
    width: queries.shape[1],
  };
}
