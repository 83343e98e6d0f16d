import type { FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { TandemError } from '../src/errors/tandem-error.js';

/** A named array of a safetensors file, row-major. */
export interface NamedArray {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

const entrySchema = z.strictObject({
  dtype: z.enum(['F32', 'I32']),
  shape: z.array(z.int().min(0)),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});
const headerSchema = z.looseObject({ __metadata__: z.record(z.string(), z.string()).optional() });

const bytesOf = ({ values }: NamedArray): Buffer => Buffer.from(values.buffer, values.byteOffset, values.byteLength);

/** The header: 8 bytes little-endian length, then JSON, padded with spaces so that the data starts on 8 bytes. */
function encodeHeader(
  arrays: Readonly<Record<string, NamedArray>>,
  metadata: Readonly<Record<string, string>>,
): Buffer {
  const header: Record<string, object> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  let end = 0;
  for (const [name, { shape, values }] of Object.entries(arrays)) {
    const start = end;
    end += values.byteLength;
    header[name] = { dtype: values instanceof Int32Array ? 'I32' : 'F32', shape, data_offsets: [start, end] };
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded]);
}

/**
 * Writes arrays in the safetensors format (huggingface/safetensors, "Format"), array by array, without a copy of the whole.
 * @param handle  an open file; see src/files/atomic
 */
export async function writeSafetensors(
  handle: FileHandle,
  arrays: Readonly<Record<string, NamedArray>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await handle.writeFile(encodeHeader(arrays, metadata));
  for (const array of Object.values(arrays)) await handle.writeFile(bytesOf(array));
}

export interface Safetensors {
  readonly arrays: Readonly<Record<string, NamedArray>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads a safetensors file of float32 and int32 arrays; they share the memory of `bytes` where its alignment allows.
 * @throws TandemError 'model/damaged' when it is cut short, or its header does not fit its data
 */
export function readSafetensors(bytes: Buffer, name: string): Safetensors {
  const damaged = (why: string): TandemError => new TandemError('model/damaged', `${name}: ${why}`, { file: name });
  if (bytes.length < 8) throw damaged('cut short');
  const length = Number(bytes.readBigUInt64LE(0));
  if (length > bytes.length - 8) throw damaged('cut short');
  const header = parseHeader(bytes.subarray(8, 8 + length));
  if (header === undefined) throw damaged('the header cannot be read');
  const { __metadata__: metadata = {}, ...entries } = header;
  const data = bytes.subarray(8 + length);
  const arrays: Record<string, NamedArray> = {};
  const spans: [number, number][] = [];
  for (const [key, raw] of Object.entries(entries)) {
    const entry = entrySchema.safeParse(raw);
    if (!entry.success) throw damaged(`the header of ${key} cannot be read`);
    const { dtype, shape, data_offsets: span } = entry.data;
    const [start, end] = span;
    if (end > data.length || end - start !== 4 * shape.reduce((a, b) => a * b, 1))
      throw damaged(`${key} does not fit its data`);
    arrays[key] = { shape, values: view(data.subarray(start, end), dtype) };
    spans.push(span);
  }
  if (!fills(spans, data.length)) throw damaged('the arrays do not make up its data');
  return { arrays, metadata };
}

/** Every byte of the data belongs to one array, as the format demands. */
function fills(spans: readonly [number, number][], length: number): boolean {
  let reached = 0;
  for (const [start, end] of spans.toSorted(([a, b], [c, d]) => a - c || b - d)) {
    if (start !== reached) return false;
    reached = end;
  }
  return reached === length;
}

function parseHeader(bytes: Buffer): z.infer<typeof headerSchema> | undefined {
  try {
    return headerSchema.safeParse(JSON.parse(bytes.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

function view(bytes: Buffer, dtype: 'F32' | 'I32'): Float32Array | Int32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const Values = dtype === 'F32' ? Float32Array : Int32Array;
  return new Values(aligned.buffer as ArrayBuffer, aligned.byteOffset, bytes.length / 4);
}
