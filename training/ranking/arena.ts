import { TandemError } from '../../src/errors/tandem-error.js';
import { type WasmMemory, wasmMemory } from '../../src/math/wasm.js';

/** Where arrays that threads and kernels share are taken from, all zero at first. */
export interface Arena {
  uint8(length: number): Uint8Array;
  int32(length: number): Int32Array;
  uint32(length: number): Uint32Array;
  float32(length: number): Float32Array;
  float64(length: number): Float64Array;
}

/** Every array begins at a multiple of it. */
const alignment = 64;

const arenaOver = (buffer: ArrayBufferLike, take: (bytes: number) => number): Arena => ({
  uint8: length => new Uint8Array(buffer, take(length), length),
  int32: length => new Int32Array(buffer, take(4 * length), length),
  uint32: length => new Uint32Array(buffer, take(4 * length), length),
  float32: length => new Float32Array(buffer, take(4 * length), length),
  float64: length => new Float64Array(buffer, take(8 * length), length),
});

/** Adds up what is asked for, and gives nothing. */
function bytesOf(take: (arena: Arena) => unknown): number {
  let bytes = 0;
  const count =
    (size: number) =>
    (length: number): number => {
      bytes += Math.ceil((size * length) / alignment) * alignment;
      return 0;
    };
  const [one, four, eight] = [count(1), count(4), count(8)];
  take({
    uint8: length => new Uint8Array(one(length)),
    int32: length => new Int32Array(four(length)),
    uint32: length => new Uint32Array(four(length)),
    float32: length => new Float32Array(four(length)),
    float64: length => new Float64Array(eight(length)),
  });
  return bytes;
}

/**
 * Arrays in one shared memory.
 * @param take  is called twice: to see how much it wants, and to give it
 * @throws TandemError 'ranker/too-large'
 */
export function allocate<T>(take: (arena: Arena) => T): { readonly memory: WasmMemory; readonly arrays: T } {
  const bytes = bytesOf(take);
  const memory = wasmMemory(bytes, true);
  if (memory === undefined)
    throw new TandemError(
      'ranker/too-large',
      `training wants ${Math.ceil(bytes / 2 ** 20)} MiB of memory: 4096 at most`,
    );
  let place = 0;
  const next = (size: number): number => {
    const here = place;
    place += Math.ceil(size / alignment) * alignment;
    return here;
  };
  return { memory, arrays: take(arenaOver(memory.buffer, next)) };
}
