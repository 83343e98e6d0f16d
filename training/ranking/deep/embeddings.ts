/** An embedding of length 1 in 16 bits a number, to within 1.6e-5: rows of thousands of queries fit into memory. */
export type PackedEmbedding = Int16Array;

const unit = 32767;

export const packEmbedding = (embedding: Float32Array): PackedEmbedding =>
  Int16Array.from(embedding, value => Math.round(unit * Math.min(1, Math.max(-1, value))));

/** Puts an embedding where `values` has room for it. */
export function unpackEmbedding(packed: PackedEmbedding, values: Float32Array, at: number): void {
  for (let i = 0; i < packed.length; i++) values[at + i] = packed[i] / unit;
}

/** The embeddings of the pairs of some rows. */
export interface RowEmbeddings {
  /** D */
  readonly width: number;
  /** by query */
  readonly queries: readonly PackedEmbedding[];
  /** by row; undefined where a document has none. Rows of one document of one index share it. */
  readonly documents: readonly (PackedEmbedding | undefined)[];
}

/** @returns undefined where not all of them have embeddings of one width */
export function joinEmbeddings(parts: readonly (RowEmbeddings | undefined)[]): RowEmbeddings | undefined {
  const known = parts.filter(part => part !== undefined);
  if (known.length < parts.length || known.some(({ width }) => width !== known[0].width)) return undefined;
  return {
    width: known[0].width,
    queries: known.flatMap(({ queries }) => queries),
    documents: known.flatMap(({ documents }) => documents),
  };
}

/** As they are kept: each document once. */
export interface EmbeddingTable {
  /** by row: number of its embedding, -1 where it has none */
  readonly slots: Int32Array;
  /** [queries * D] */
  readonly queries: Int16Array;
  /** [distinct documents * D] */
  readonly documents: Int16Array;
}

export function asTable({ width, queries, documents }: RowEmbeddings): EmbeddingTable {
  const numbers = new Map<PackedEmbedding, number>();
  const slots = Int32Array.from(documents, document => {
    if (document === undefined) return -1;
    const number = numbers.get(document) ?? numbers.size;
    numbers.set(document, number);
    return number;
  });
  return { slots, queries: laidOut([...queries], width), documents: laidOut([...numbers.keys()], width) };
}

function laidOut(rows: readonly PackedEmbedding[], width: number): Int16Array {
  const all = new Int16Array(rows.length * width);
  rows.forEach((row, i) => {
    all.set(row, i * width);
  });
  return all;
}

/** @returns undefined where a slot is none of the table's */
export function fromTable({ slots, queries, documents }: EmbeddingTable, width: number): RowEmbeddings | undefined {
  const rowsOf = (values: Int16Array): PackedEmbedding[] =>
    Array.from({ length: values.length / width }, (_, i) => values.subarray(i * width, (i + 1) * width));
  const known = rowsOf(documents);
  if (slots.some(slot => slot < -1 || slot >= known.length)) return undefined;
  return { width, queries: rowsOf(queries), documents: Array.from(slots, slot => known[slot]) };
}
