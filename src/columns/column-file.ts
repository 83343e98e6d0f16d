import { type DocumentSet, openSet } from './document-set.js';
import type { StringUnits } from './string-table.js';
import type { Keys, ValueArrays } from './value-column.js';

/**
 * The columns of a segment as sections of its file. `columnData` holds arrays one after the other, each beginning at a multiple of 8 bytes; places in it
 * are counted in these units of 8, 0 = absent. By path `columnStarts` says where its record begins: two words, the number of kinds
 * and 0, then for each kind the words that `word` names.
 */
export interface ColumnArrays {
  /** paths in code-unit order, see StringUnits */
  readonly columnPaths: Uint8Array | Uint16Array;
  readonly columnPathEnds: Uint32Array;
  readonly columnStarts: Uint32Array;
  readonly columnData: Uint8Array;
}

export const kinds = { exists: 0, falses: 1, trues: 2, numbers: 3, dates: 4, keywords: 5, points: 6 } as const;
export type Kind = (typeof kinds)[keyof typeof kinds];

/** Kinds before this one are sets of documents alone. */
const firstWithValues = kinds.numbers;

const word = {
  kind: 0,
  setForm: 1,
  setWords: 2,
  set: 3,
  values: 4,
  keyBytes: 5,
  keys: 6,
  ends: 7,
  order: 8,
  owners: 9,
  /** keywords: the dictionary */
  strings: 10,
  unitBytes: 11,
  unitCount: 12,
  units: 13,
  stringEnds: 14,
  /** points: longitudes by place; the latitudes are the keys */
  longitudes: 15,
} as const;
const recordWords = 16;

export type Packable = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** Puts arrays one after the other. */
export class ColumnData {
  private readonly chunks: Uint8Array[] = [new Uint8Array(8)];
  private length = 1;

  /** @returns where it begins, in units of 8 bytes; 0 for an empty or absent one */
  put(array: Packable | undefined): number {
    if (array === undefined || array.byteLength === 0) return 0;
    const at = this.length;
    const padded = new Uint8Array((array.byteLength + 7) & ~7);
    padded.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    this.chunks.push(padded);
    this.length += padded.length / 8;
    return at;
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.chunks);
  }
}

export interface PackedSet {
  readonly form: number;
  readonly count: number;
  readonly at: number;
}

/** The parts of one kind, already put into the data. */
export interface PackedKind {
  readonly kind: Kind;
  readonly set: PackedSet;
  readonly values?: {
    readonly count: number;
    readonly keyBytes: number;
    readonly keys: number;
    readonly ends: number;
    readonly order: number;
    readonly owners: number;
  };
  readonly strings?: {
    readonly count: number;
    readonly unitBytes: number;
    readonly unitCount: number;
    readonly units: number;
    readonly ends: number;
  };
  readonly longitudes?: number;
}

/** The words of the record of a path. */
export function recordOf(packed: readonly PackedKind[]): Uint32Array {
  const words = new Uint32Array(2 + packed.length * recordWords);
  words[0] = packed.length;
  packed.forEach(({ kind, set, values, strings, longitudes }, i) => {
    const all: readonly (readonly [number, number | undefined])[] = [
      [word.kind, kind],
      [word.setForm, set.form],
      [word.setWords, set.count],
      [word.set, set.at],
      [word.values, values?.count],
      [word.keyBytes, values?.keyBytes],
      [word.keys, values?.keys],
      [word.ends, values?.ends],
      [word.order, values?.order],
      [word.owners, values?.owners],
      [word.strings, strings?.count],
      [word.unitBytes, strings?.unitBytes],
      [word.unitCount, strings?.unitCount],
      [word.units, strings?.units],
      [word.stringEnds, strings?.ends],
      [word.longitudes, longitudes],
    ];
    for (const [at, value] of all) words[2 + i * recordWords + at] = value ?? 0;
  });
  return words;
}

/** One kind of one path as it is read; nothing is copied. */
export interface OpenedKind {
  readonly docs: DocumentSet;
  readonly values?: ValueArrays;
  readonly strings?: StringUnits;
  readonly longitudes?: Float64Array;
}

/** @param start  of the record, as `columnStarts` has it */
export function openRecord({ columnData }: ColumnArrays, start: number, documents: number): Map<Kind, OpenedKind> {
  const { buffer, byteOffset } = columnData;
  const bytesAt = (at: number): number => byteOffset + at * 8;
  const wordsAt = (at: number, count: number): Uint32Array => new Uint32Array(buffer, bytesAt(at), count);
  const [count] = wordsAt(start, 1);
  const words = wordsAt(start, 2 + count * recordWords);
  const opened = new Map<Kind, OpenedKind>();
  for (let i = 0; i < count; i++) {
    const get = (name: keyof typeof word): number => words[2 + i * recordWords + word[name]];
    const kind = get('kind') as Kind;
    const docs = openSet(get('setForm'), wordsAt(get('set'), get('setWords')), documents);
    if (kind < firstWithValues) {
      opened.set(kind, { docs });
      continue;
    }
    const values = get('values');
    const optional = (name: 'ends' | 'owners', length: number): Uint32Array | undefined =>
      get(name) === 0 ? undefined : wordsAt(get(name), length);
    opened.set(kind, {
      docs,
      values: {
        docs,
        keys: keysAt(buffer, bytesAt(get('keys')), get('keyBytes'), values),
        ends: optional('ends', docs.count),
        order: wordsAt(get('order'), values),
        owners: optional('owners', values),
      },
      strings:
        kind === kinds.keywords
          ? {
              units: unitsAt(buffer, bytesAt(get('units')), get('unitBytes'), get('unitCount')),
              ends: wordsAt(get('stringEnds'), get('strings')),
            }
          : undefined,
      longitudes: kind === kinds.points ? new Float64Array(buffer, bytesAt(get('longitudes')), values) : undefined,
    });
  }
  return opened;
}

function keysAt(buffer: ArrayBufferLike, at: number, bytes: number, count: number): Keys {
  if (bytes === 8) return new Float64Array(buffer, at, count);
  return bytes === 4 ? new Uint32Array(buffer, at, count) : unitsAt(buffer, at, bytes, count);
}

const unitsAt = (buffer: ArrayBufferLike, at: number, bytes: number, count: number): Uint8Array | Uint16Array =>
  bytes === 1 ? new Uint8Array(buffer, at, count) : new Uint16Array(buffer, at, count);

/** Where all paths are Latin-1 a unit has one byte: as many bytes as the last end says. */
export function pathStrings(units: Uint8Array, ends: Uint32Array): StringUnits {
  const count = ends.length === 0 ? 0 : ends[ends.length - 1];
  return { units: unitsAt(units.buffer, units.byteOffset, units.length === count ? 1 : 2, count), ends };
}
