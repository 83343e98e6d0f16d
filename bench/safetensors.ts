import { writeWhole } from '../src/files/atomic.js';
import type { NamedArray } from './towers/sizes.js';

/**
 * Writes arrays in the safetensors format: 8 bytes little-endian length of a JSON header, the header, the bytes row-major.
 * Source: https://github.com/huggingface/safetensors, "Format".
 * @throws TandemError 'files/disk-full' | 'files/write-failed'
 */
export async function writeSafetensors(path: string, arrays: ReadonlyMap<string, NamedArray>): Promise<void> {
  const header: Record<string, object> = {};
  let end = 0;
  for (const [name, { data, shape }] of arrays) {
    const start = end;
    end += data.byteLength;
    header[name] = { dtype: data instanceof Int32Array ? 'I32' : 'F32', shape, data_offsets: [start, end] };
  }
  const json = JSON.stringify(header);
  const text = Buffer.from(json.padEnd(Math.ceil(json.length / 8) * 8)); // spaces keep the data 8-byte aligned
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const bytes = [...arrays.values()].map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  await writeWhole(path, Buffer.concat([length, text, ...bytes]));
}
