import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, i32, instantiate, type KernelSource, repeat, store32, wasmMemory, when } from '../../src/math/wasm.js';

const run = (source: KernelSource, values: readonly number[], isShared = false): Int32Array => {
  const memory = wasmMemory(64, isShared)!;
  instantiate({ source }, memory).source(...values);
  return new Int32Array(memory.buffer, 0, 16);
};

describe('instantiate', () => {
  it('writes constants of every length', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), value => {
        const source: KernelSource = { parameters: [], locals: {}, body: () => store32(i32(4), i32(value)) };
        expect(run(source, [])[1]).toBe(value);
      }),
    );
  });

  it.each([false, true])('runs loops over parameters and locals (shared: %s)', isShared => {
    // the sum of 1 .. n, at address 0
    const source: KernelSource = {
      parameters: ['n'],
      locals: { sum: 'i32' },
      body: ({ get, set, step }) => [
        when(get('n'), repeat([set('sum', add(get('sum'), get('n'))), step('n', -1)], get('n'))),
        store32(i32(0), get('sum')),
      ],
    };
    expect(run(source, [300], isShared)[0]).toBe(45_150);
    expect(run(source, [0], isShared)[0]).toBe(0);
  });
});

describe('wasmMemory', () => {
  it('has at least as many bytes, or is not there', () => {
    expect(wasmMemory(65_537, false)!.buffer.byteLength).toBe(131_072);
    expect(wasmMemory(2 ** 32 + 1, true)).toBeUndefined();
  });
});
