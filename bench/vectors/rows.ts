import { join } from 'node:path';
import { openSearch } from '../../src/api/indexes/open-search.js';
import { readQueryRows } from '../../src/api/project/read-rows.js';
import { watchOf } from '../../src/api/watch.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { seededRandom } from '../../src/math/random.js';

/** float32 [n * width] each, rows L2-normalised. */
export interface EmbeddingSet {
  readonly width: number;
  readonly documents: Float32Array;
  readonly queries: Float32Array;
}

const madeWidth = 128;
const madeQueries = 500;
/** Documents of a made set that lie about one point. */
const together = 20;
const spread = 1.2;

function normalise(row: Float32Array): void {
  let sum = 0;
  for (const value of row) sum += value * value;
  const length = Math.sqrt(sum);
  for (let i = 0; i < row.length; i++) row[i] /= length;
}

/** Documents in heaps about points of the sphere, queries about the same points. */
export function madeSet(documents: number, seed: number): EmbeddingSet {
  const { normal } = seededRandom(seed);
  const points = Math.ceil(documents / together);
  const centres = Float32Array.from({ length: points * madeWidth }, normal);
  const about = (count: number, pointOf: (row: number) => number): Float32Array => {
    const rows = new Float32Array(count * madeWidth);
    for (let row = 0; row < count; row++) {
      const own = rows.subarray(row * madeWidth, (row + 1) * madeWidth);
      const at = pointOf(row) * madeWidth;
      for (let i = 0; i < madeWidth; i++) own[i] = centres[at + i] + spread * normal();
      normalise(own);
    }
    return rows;
  };
  return {
    width: madeWidth,
    documents: about(documents, row => Math.floor(row / together)),
    queries: about(madeQueries, row => (row * 7919) % points),
  };
}

/** Length of the noise beside that of a row, of a set that was made larger. */
const noise = 0.5;

/** A set made larger: rows of it again and again, each moved in a direction drawn by chance. @param count  documents, at least those that are there */
export function grownSet({ width, documents, queries }: EmbeddingSet, count: number, seed: number): EmbeddingSet {
  const { normal } = seededRandom(seed);
  const own = documents.length / width;
  const rows = new Float32Array(count * width);
  rows.set(documents);
  const scale = noise / Math.sqrt(width);
  for (let row = own; row < count; row++) {
    const from = (row % own) * width;
    const at = rows.subarray(row * width, (row + 1) * width);
    for (let i = 0; i < width; i++) at[i] = documents[from + i] + scale * normal();
    normalise(at);
  }
  return { width, documents: rows, queries };
}

/** The embeddings of an index and of queries by its model. @param folder  with `index` and `queries.jsonl` */
export async function setOfIndex(folder: string): Promise<EmbeddingSet> {
  const { index, embedder, close } = await openSearch(join(folder, 'index'));
  try {
    const queries = await readQueryRows(join(folder, 'queries.jsonl'), watchOf());
    if (embedder === undefined)
      throw new TandemError('index/no-vectors', `${folder}/index: it was made without a model`);
    const embedded: Float32Array[] = [];
    for (const { text, country, language } of queries) {
      const { embedding } = await embedder.embedQuery({ text, country, language });
      if (embedding.some(value => value !== 0)) embedded.push(embedding);
    }
    const rows = index.ids().flatMap(id => index.embedding(id) ?? []);
    return {
      width: embedder.width,
      documents: joined(rows, embedder.width),
      queries: joined(embedded, embedder.width),
    };
  } finally {
    await close();
  }
}

function joined(rows: readonly Float32Array[], width: number): Float32Array {
  const all = new Float32Array(rows.length * width);
  for (const [row, own] of rows.entries()) all.set(own, row * width);
  return all;
}
