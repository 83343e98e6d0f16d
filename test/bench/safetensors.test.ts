import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeSafetensors } from '../../bench/safetensors.js';

describe('writeSafetensors', () => {
  it('writes length, header and bytes where the format wants them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tandem-safetensors-'));
    const arrays = new Map([
      ['a', { shape: [1, 2], data: Float32Array.of(1.5, -2) }],
      ['b', { shape: [1], data: Int32Array.of(-7) }],
    ]);
    await writeSafetensors(join(folder, 'x.safetensors'), arrays);
    const bytes = await readFile(join(folder, 'x.safetensors'));
    await rm(folder, { recursive: true });

    const length = Number(bytes.readBigUInt64LE(0));
    expect(length % 8).toBe(0);
    expect(JSON.parse(bytes.subarray(8, 8 + length).toString())).toEqual({
      a: { dtype: 'F32', shape: [1, 2], data_offsets: [0, 8] },
      b: { dtype: 'I32', shape: [1], data_offsets: [8, 12] },
    });
    const data = bytes.subarray(8 + length);
    expect([data.readFloatLE(0), data.readFloatLE(4), data.readInt32LE(8), data.length]).toEqual([1.5, -2, -7, 12]);
  });
});
