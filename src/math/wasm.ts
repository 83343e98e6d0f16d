/**
 * A small assembler of WebAssembly: kernels over plain memory where JavaScript has no instruction that does 16 bytes at once.
 * Expressions are nested lists of bytes, so that `add(get('a'), i32(4))` reads as what it computes.
 * Encoding: WebAssembly Core Specification 2.0, section 5; `v128` and the like are its vector instructions.
 */
export type Code = readonly (number | Code)[];

/** The part of the platform's interface that kernels need; TypeScript knows it of browsers alone. */
declare const WebAssembly: {
  Memory: new (limits: { initial: number; maximum: number; shared: boolean }) => WasmMemory;
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  Instance: new (
    module: object,
    imports: { m: { m: WasmMemory } },
  ) => { readonly exports: Readonly<Record<string, Kernel>> };
};

/** Addresses and counts in; what it computes lies in memory. */
export type Kernel = (...values: number[]) => void;

export interface WasmMemory {
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
}

type Type = 'i32' | 'i64' | 'f64' | 'v128';

export interface KernelSource {
  /** i32 each: addresses and counts */
  readonly parameters: readonly string[];
  readonly locals: Readonly<Record<string, Type>>;
  /** @param l  reads and writes parameters and locals by name */
  body(l: Locals): Code;
}

interface Locals {
  get(name: string): Code;
  set(name: string, value: Code): Code;
  /** Adds a constant to an i32. */
  step(name: string, by: number): Code;
}

const typeCode = { i32: 0x7f, i64: 0x7e, f64: 0x7c, v128: 0x7b } as const;

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 128);
  }
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value | 0; ; rest >>= 7) {
    const low = rest & 127;
    if (rest >> 7 === ((low & 64) === 0 ? 0 : -1)) return [...bytes, low];
    bytes.push(low | 128);
  }
}

const vector = (code: number): number[] => [0xfd, ...unsigned(code)];
const binary =
  (...code: number[]) =>
  (a: Code, b: Code): Code => [a, b, code];
const load =
  (align: number, ...code: number[]) =>
  (address: Code, offset = 0): Code => [address, code, align, unsigned(offset)];
const store =
  (align: number, ...code: number[]) =>
  (address: Code, value: Code): Code => [address, value, code, align, 0];

export const i32 = (value: number): Code => [0x41, signed(value)];
export const add = binary(0x6a);
export const subtract = binary(0x6b);
export const multiply = binary(0x6c);
export const and = binary(0x71);
export const or = binary(0x72);
export const shiftLeft = binary(0x74);
export const shiftRight = binary(0x76);
export const isBelow = binary(0x49);
export const load32 = load(2, 0x28);
export const load64 = load(3, 0x29);
export const load8 = load(0, 0x2d);
export const store32 = store(2, 0x36);
export const store64 = store(3, 0x37);
export const store8 = store(0, 0x3a);
export const f64 = {
  load: load(3, 0x2b),
  store: store(3, 0x39),
  add: binary(0xa0),
  isBelow: binary(0x63),
  differs: binary(0x62),
};
export const bytes16 = {
  load: load(0, ...vector(0)),
  store: store(0, ...vector(11)),
  splat: (value: Code): Code => [value, vector(15)],
  isAbove: binary(...vector(40)),
  /** Bits of `a` where the mask has ones, else of `b`. */
  select: (a: Code, b: Code, mask: Code): Code => [a, b, mask, vector(82)],
};
export const doubles2 = {
  add: binary(...vector(240)),
  load: load(0, ...vector(0)),
  store: store(0, ...vector(11)),
  /** Two float32 of memory as doubles. */
  loadFloats: (address: Code): Code => [load(0, ...vector(93))(address), vector(95)],
};

/** Runs the body until the condition, which is asked behind it, is 0. */
export const repeat = (body: Code, again: Code): Code => [0x03, 0x40, body, again, 0x0d, 0, 0x0b];

/** Runs the body where the condition is not 0. */
export const when = (condition: Code, body: Code): Code => [condition, 0x04, 0x40, body, 0x0b];

const section = (id: number, ...items: Code[]): Code => {
  const content = flat([unsigned(items.length), items]);
  return [id, unsigned(content.length), content];
};

const named = (text: string): Code => [text.length, [...text].map(letter => letter.charCodeAt(0))];

function flat(code: Code): number[] {
  const out: number[] = [];
  const walk = (part: Code): void => {
    for (const item of part) typeof item === 'number' ? out.push(item) : walk(item);
  };
  walk(code);
  return out;
}

function functionCode({ parameters, locals, body }: KernelSource): Code {
  const names = [...parameters, ...Object.keys(locals)];
  const at = (name: string): Code => unsigned(names.indexOf(name));
  const get = (name: string): Code => [0x20, at(name)];
  const set = (name: string, value: Code): Code => [value, 0x21, at(name)];
  const step = (name: string, by: number): Code => set(name, add(get(name), i32(by)));
  const declared = Object.values(locals).map((type): Code => [1, typeCode[type]]);
  const content = flat([unsigned(declared.length), declared, body({ get, set, step }), 0x0b]);
  return [unsigned(content.length), content];
}

/** Bytes of 64 KiB that a memory has at most. */
const mostPages = 65_536;

const assemble = (sources: Readonly<Record<string, KernelSource>>, isShared: boolean): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(
    flat([
      [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      section(
        1,
        ...Object.values(sources).map(
          ({ parameters }): Code => [0x60, parameters.length, parameters.map(() => typeCode.i32), 0],
        ),
      ),
      section(2, [named('m'), named('m'), 2, isShared ? 3 : 1, 0, unsigned(mostPages)]),
      section(3, ...Object.keys(sources).map((_, i): Code => [i])),
      section(7, ...Object.keys(sources).map((name, i): Code => [named(name), 0, i])),
      section(10, ...Object.values(sources).map(functionCode)),
    ]),
  );

/** @returns undefined where a memory of so many bytes cannot be had */
export function wasmMemory(bytes: number, isShared: boolean): WasmMemory | undefined {
  const pages = Math.max(1, Math.ceil(bytes / 65_536));
  if (pages > mostPages) return undefined;
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: isShared ? pages : mostPages, shared: isShared });
  } catch {
    return undefined;
  }
}

/** Kernels over a memory, by name. */
export function instantiate<T extends string>(
  sources: Readonly<Record<T, KernelSource>>,
  memory: WasmMemory,
): Readonly<Record<T, Kernel>> {
  const isShared = memory.buffer instanceof SharedArrayBuffer;
  const module = new WebAssembly.Module(assemble(sources, isShared));
  const { exports } = new WebAssembly.Instance(module, { m: { m: memory } });
  return exports as Readonly<Record<T, Kernel>>;
}
