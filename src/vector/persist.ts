import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { TandemError } from '../errors/tandem-error.js';
import { writeWhole } from '../files/atomic.js';
import type { Members } from './node-members.js';

const hnswParametersSchema = z.strictObject({
  /** links of a node on the upper layers; twice as many on the lowest */
  m: z.int().min(2),
  efConstruction: z.int().min(1),
  ef: z.int().min(1),
});
export type HnswParameters = z.infer<typeof hnswParametersSchema>;

/** Version of vectors.json. In version 1 each id of a graph has a node of its own; it is read as it is and written anew. Version 3 has one kind more, version 4 a file of checksums of its embeddings. */
export const headerFormat = 4;

const shared = { format: z.int().min(1).max(headerFormat), width: z.int().min(1) };
/** by node: the id that hangs on it, or several, sorted; null = none any more */
const isMembers = (value: unknown): boolean =>
  typeof value === 'string' ||
  value === null ||
  (Array.isArray(value) && value.length >= 2 && value.every(id => typeof id === 'string'));
// a schema of each of a million elements takes longer than all else that is read
const membersSchema = z.custom<readonly Members[]>(value => Array.isArray(value) && value.every(isMembers));
const headerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...shared, kind: z.literal('flat'), ids: z.array(z.string()).readonly() }),
  z.strictObject({
    ...shared,
    kind: z.literal('hnsw'),
    ids: membersSchema,
    /** embeddingKey of each node; absent in version 1 */
    keys: z.base64().optional(),
    parameters: hnswParametersSchema,
  }),
  z.strictObject({
    ...shared,
    kind: z.literal('int4-hnsw'),
    ids: membersSchema,
    keys: z.base64(),
    parameters: hnswParametersSchema,
    /** CRC-32 of the file of the graph */
    checksum: z.int().min(0),
  }),
]);

/** vectors.json: what the binary file beside it holds. */
export type VectorHeader = z.infer<typeof headerSchema>;
export type HeaderOf<Kind extends VectorHeader['kind']> = Extract<VectorHeader, { kind: Kind }>;

const headerName = 'vectors.json';

export const damagedVectors = (path: string, reason: string): TandemError =>
  new TandemError('index/damaged', `${path}: ${reason}`, { file: path });

export const writeVectorHeader = (folder: string, header: VectorHeader): Promise<void> =>
  writeWhole(join(folder, headerName), JSON.stringify(header));

/** Reads with an open file of an index. @throws TandemError 'index/damaged' when it is missing */
export async function withVectorFile<T>(path: string, read: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? damagedVectors(path, 'missing') : error;
  });
  try {
    return await read(file);
  } finally {
    await file.close();
  }
}

/** Fills `target` from the given position; in pieces, because one read is limited to 2 GiB. @returns bytes read */
export async function readFully(file: FileHandle, target: Uint8Array, position: number): Promise<number> {
  let done = 0;
  while (done < target.length) {
    const { bytesRead } = await file.read(target, done, Math.min(target.length - done, 2 ** 28), position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

/** @throws TandemError 'index/damaged' */
export async function readVectorHeader(folder: string): Promise<VectorHeader> {
  const path = join(folder, headerName);
  const text = await withVectorFile(path, file => file.readFile('utf8'));
  try {
    return headerSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new TandemError('index/damaged', `${path}: not a header of vectors`, { file: path }, { cause: error });
  }
}

/** The contract of `add`: a row of `width` finite numbers for each id. @throws TandemError 'internal' */
export function checkRows(rows: number, vectors: Float32Array, width: number): void {
  if (vectors.length !== rows * width) {
    throw new TandemError(
      'internal',
      `${rows} vectors of width ${width} have ${rows * width} values, got ${vectors.length}`,
    );
  }
  const bad = vectors.findIndex(value => !Number.isFinite(value));
  if (bad >= 0)
    throw new TandemError('internal', `value ${bad % width} of vector ${Math.floor(bad / width)} is ${vectors[bad]}`);
}
