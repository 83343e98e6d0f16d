import { type FileHandle, open } from 'node:fs/promises';
import { z } from 'zod';
import { TandemError } from '../../src/errors/tandem-error.js';
import type { DenseParameter } from '../dense-parameter.js';
import { fromBfloat16, fromFloat16 } from './half-precision.js';

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.int().min(0)),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});
type Entry = z.infer<typeof entrySchema>;

/** Longest header that is read; that of a large encoder is some 50 kB. */
const longestHeader = 100_000_000;

const bytesPerValue: Readonly<Record<string, number>> = { F32: 4, F16: 2, BF16: 2 };

/** A safetensors file of which single tensors are read: it may be larger than what one wants of it, or than a buffer can be. */
export interface TensorFile {
  readonly names: readonly string[];
  shapeOf(name: string): readonly number[] | undefined;
  /**
   * A tensor as float32; float16 and bfloat16 are converted.
   * @param rows  read only the first so many rows, and no more than there are
   * @throws TandemError 'model/damaged' when it is not there or the file ends before it does, 'model/unsupported-encoder' for another dtype
   */
  read(name: string, rows?: number): Promise<DenseParameter>;
  close(): Promise<void>;
}

/** @throws TandemError 'data/not-found' | 'model/damaged' */
export async function openTensorFile(path: string): Promise<TensorFile> {
  const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new TandemError('data/not-found', `${path}: cannot be read (${error.code})`, { path }, { cause: error });
  });
  try {
    const { entries, start } = await readHeader(handle, path);
    return tensorFile(handle, path, entries, start);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

const damaged = (path: string, why: string): TandemError =>
  new TandemError('model/damaged', `${path}: ${why}`, { path });

/** Fills a buffer from a place of the file. @throws TandemError 'model/damaged' when the file ends before */
async function readAt(handle: FileHandle, bytes: Uint8Array, position: number, path: string): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const length = Math.min(bytes.length - done, 2 ** 30);
    const { bytesRead } = await handle.read(bytes, done, length, position + done);
    if (bytesRead === 0) throw damaged(path, 'is cut short');
    done += bytesRead;
  }
}

async function readHeader(handle: FileHandle, path: string): Promise<{ entries: Map<string, Entry>; start: number }> {
  const size = Buffer.alloc(8);
  await readAt(handle, size, 0, path);
  const length = Number(size.readBigUInt64LE());
  if (length > longestHeader) throw damaged(path, 'the header is too long');
  const text = Buffer.alloc(length);
  await readAt(handle, text, 8, path);
  let content: unknown;
  try {
    content = JSON.parse(text.toString('utf8'));
  } catch {
    throw damaged(path, 'the header cannot be read');
  }
  const entries = new Map<string, Entry>();
  for (const [name, raw] of Object.entries(Object(content) as object)) {
    if (name === '__metadata__') continue;
    const entry = entrySchema.safeParse(raw);
    if (!entry.success) throw damaged(path, `the header of ${name} cannot be read`);
    entries.set(name, entry.data);
  }
  let end = 0;
  for (const { data_offsets: span } of entries.values()) end = Math.max(end, span[1]);
  if ((await handle.stat()).size < 8 + length + end) throw damaged(path, 'is cut short');
  return { entries, start: 8 + length };
}

function tensorFile(handle: FileHandle, path: string, entries: ReadonlyMap<string, Entry>, start: number): TensorFile {
  return {
    names: [...entries.keys()],
    shapeOf: name => entries.get(name)?.shape,
    async read(name, rows = Number.POSITIVE_INFINITY) {
      const entry = entries.get(name);
      if (entry === undefined) throw damaged(path, `there is no ${name}`);
      const { dtype, shape: whole, data_offsets: span } = entry;
      const each = bytesPerValue[dtype];
      if (each === undefined) {
        throw new TandemError('model/unsupported-encoder', `${path}: ${name} is of type ${dtype}`, { path, dtype });
      }
      if (span[1] - span[0] !== each * whole.reduce((a, b) => a * b, 1))
        throw damaged(path, `${name} does not fit its data`);
      const shape = whole.length === 0 ? whole : [Math.min(rows, whole[0]), ...whole.slice(1)];
      const bytes = new Uint8Array(each * shape.reduce((a, b) => a * b, 1));
      await readAt(handle, bytes, start + span[0], path);
      return { shape, values: asFloats(bytes.buffer, dtype) };
    },
    close: () => handle.close(),
  };
}

function asFloats(bytes: ArrayBuffer, dtype: string): Float32Array {
  if (dtype === 'F32') return new Float32Array(bytes);
  return dtype === 'BF16' ? fromBfloat16(new Uint16Array(bytes)) : fromFloat16(new Uint16Array(bytes));
}
