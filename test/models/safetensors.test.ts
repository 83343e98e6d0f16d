import { spawnSync } from 'node:child_process';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type NamedArray, readSafetensors, writeSafetensors } from '../../models/safetensors.js';

async function written(arrays: Record<string, NamedArray>, metadata: Record<string, string> = {}): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-safetensors-'));
  try {
    const handle = await open(join(folder, 'file'), 'w');
    await writeSafetensors(handle, arrays, metadata);
    await handle.close();
    return await readFile(join(folder, 'file'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A file by hand: a header of one's own before the data. */
function file(header: unknown, data: Buffer = Buffer.alloc(0)): Buffer {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, data]);
}

const two = {
  a: { shape: [2, 2], values: Float32Array.of(1, -2.5, 3e-20, 0) },
  'b.c': { shape: [3], values: Int32Array.of(1, -2, 2 ** 31 - 1) },
};
const damaged = expect.objectContaining({
  code: 'model/damaged',
  message: expect.stringContaining('some.safetensors'),
});
const read = (bytes: Buffer) => readSafetensors(bytes, 'some.safetensors');

const finite = fc.float({ noNaN: true, noDefaultInfinity: true });
const arrayOf = fc
  .tuple(fc.array(fc.nat(3), { maxLength: 3 }), fc.boolean(), fc.array(finite, { minLength: 27, maxLength: 27 }))
  .map(([shape, whole, pool]): NamedArray => {
    const values = pool.slice(
      0,
      shape.reduce((a, b) => a * b, 1),
    );
    return { shape, values: whole ? Int32Array.from(values) : Float32Array.from(values) };
  });

describe('safetensors', () => {
  it('of one array is the bytes that the format describes', async () => {
    const bytes = await written({ x: { shape: [1], values: Float32Array.of(1) } });
    const json = '{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
    const padded = json.padEnd(Math.ceil(json.length / 8) * 8);
    expect(bytes).toEqual(file(padded, Buffer.from([0, 0, 0x80, 0x3f])));
  });

  it('gives back what was written, with its metadata', async () => {
    expect(read(await written(two, { step: '7' }))).toEqual({ arrays: two, metadata: { step: '7' } });
  });

  it('gives back any arrays, scalars and empty ones too', async () => {
    const names = fc.dictionary(
      fc.string({ minLength: 1 }).filter(s => !s.startsWith('__')),
      arrayOf,
      { maxKeys: 4 },
    );
    await fc.assert(
      fc.asyncProperty(names, async arrays => {
        const back = read(await written(arrays)).arrays;
        expect(Object.keys(back).toSorted()).toEqual(Object.keys(arrays).toSorted());
        for (const [name, { shape, values }] of Object.entries(arrays)) {
          expect(back[name].shape).toEqual(shape);
          expect(Buffer.from(back[name].values.buffer, back[name].values.byteOffset, values.byteLength)).toEqual(
            Buffer.from(values.buffer),
          );
        }
      }),
      { numRuns: 30 },
    );
  });

  it('writes a view of a larger buffer, and reads data that is not aligned', async () => {
    const values = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
    const bytes = await written({ x: { shape: [2], values } });
    expect(Array.from(read(bytes).arrays.x.values)).toEqual([1, 2]);
    const shifted = Buffer.concat([Buffer.alloc(1), bytes]).subarray(1);
    expect(Array.from(read(shifted).arrays.x.values)).toEqual([1, 2]);
  });

  it('refuses a file cut short anywhere, or longer than it says', async () => {
    const bytes = await written(two, { step: '7' });
    for (let length = 0; length < bytes.length; length++) {
      expect(() => read(bytes.subarray(0, length)), `${length} bytes`).toThrow(damaged);
    }
    expect(() => read(Buffer.concat([bytes, Buffer.alloc(4)]))).toThrow(damaged);
  });

  it.each([
    ['not JSON', file('{"a":')],
    ['no object', file('[1]')],
    ['another dtype', file({ a: { dtype: 'F16', shape: [1], data_offsets: [0, 4] } }, Buffer.alloc(4))],
    ['a negative size', file({ a: { dtype: 'F32', shape: [-1], data_offsets: [0, 4] } }, Buffer.alloc(4))],
    ['a shape that does not fit', file({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } }, Buffer.alloc(4))],
    ['an end before its start', file({ a: { dtype: 'F32', shape: [0], data_offsets: [4, 0] } }, Buffer.alloc(4))],
    ['a hole', file({ a: { dtype: 'F32', shape: [1], data_offsets: [4, 8] } }, Buffer.alloc(8))],
    [
      'arrays that overlap',
      file(
        {
          a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
          b: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
        },
        Buffer.alloc(4),
      ),
    ],
    ['a header longer than any file', Buffer.alloc(16, 0xff)],
  ])('refuses a header with %s', (_, bytes) => {
    expect(() => read(bytes)).toThrow(damaged);
  });

  const python = spawnSync('python3', ['-c', 'import safetensors, numpy']).status === 0;
  it.skipIf(!python)('is read by the Python library (skipped where python3 has no safetensors)', async () => {
    const code =
      'import sys, json, safetensors.numpy as s\nt = s.load(sys.stdin.buffer.read())\nprint(json.dumps({k: [str(v.dtype), v.shape, v.ravel().tolist()] for k, v in t.items()}))';
    const { stdout } = spawnSync('python3', ['-c', code], { input: await written(two, { step: '7' }) });
    expect(JSON.parse(stdout.toString())).toEqual({
      a: ['float32', [2, 2], Array.from(two.a.values)],
      'b.c': ['int32', [3], Array.from(two['b.c'].values)],
    });
  });
});
