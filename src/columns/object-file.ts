import { type BitSet, createBitSet, setBit } from '../math/bit-set.js';
import { type ColumnArrays, pathStrings } from './column-file.js';
import { StringTable } from './string-table.js';
import { type ColumnSource, writeColumns } from './write-columns.js';

/** Version of the sections below; a segment that names none was written before objects of lists were kept apart. */
export const objectsVersion = 1;

/** No object. */
const none = 0xffffffff;

/** The objects of lists as sections of a segment's file: columns over objects, which are numbered in the order of their documents. */
export interface ObjectArrays {
  readonly objectPaths: Uint8Array | Uint16Array;
  readonly objectPathEnds: Uint32Array;
  readonly objectStarts: Uint32Array;
  readonly objectData: Uint8Array;
  /** by object: its document */
  readonly objectOwners: Uint32Array;
  /** by object: the one that it lies in, which has a lower number; 2^32 - 1 = none */
  readonly objectParents: Uint32Array;
  /** by object: the place of its own path among the paths */
  readonly objectKinds: Uint32Array;
}

export const columnsOfObjects = (arrays: ObjectArrays): ColumnArrays => ({
  columnPaths: arrays.objectPaths,
  columnPathEnds: arrays.objectPathEnds,
  columnStarts: arrays.objectStarts,
  columnData: arrays.objectData,
});

/** The objects of a segment by number. */
export interface ObjectList {
  readonly count: number;
  ownerOf(object: number): number;
  /** -1 = none */
  parentOf(object: number): number;
  /** its own path */
  pathOf(object: number): string;
  /** Those of a path; not to be changed. */
  ofPath(path: string): BitSet;
}

/** Objects to be written anew. */
export interface ObjectSource extends ObjectList {
  readonly columns: ColumnSource;
}

export interface NumberedObjects {
  readonly objects: ObjectSource | undefined;
  /** by document: its number in the new segment; -1 = left out */
  readonly numbers: Int32Array;
}

/** @returns undefined where there are none */
export function writeObjects(sources: readonly NumberedObjects[]): ObjectArrays | undefined {
  const all: { place: number; object: number; doc: number }[] = [];
  sources.forEach(({ objects, numbers }, place) => {
    for (let object = 0; object < (objects?.count ?? 0); object++) {
      const doc = numbers[objects?.ownerOf(object) ?? 0];
      if (doc >= 0) all.push({ place, object, doc });
    }
  });
  if (all.length === 0) return undefined;
  all.sort((a, b) => a.doc - b.doc || a.object - b.object);
  const numbered = sources.map(({ objects }) => new Int32Array(objects?.count ?? 0).fill(-1));
  all.forEach(({ place, object }, number) => {
    numbered[place][object] = number;
  });
  const written = sources.flatMap(({ objects }, place) =>
    objects === undefined ? [] : [{ columns: objects.columns, numbers: numbered[place] }],
  );
  const { columnPaths, columnPathEnds, columnStarts, columnData } = writeColumns(written, all.length);
  const paths = new StringTable(pathStrings(bytesOf(columnPaths), columnPathEnds));
  const [objectParents, objectKinds] = [new Uint32Array(all.length), new Uint32Array(all.length)];
  const kinds = new Map<string, number>();
  all.forEach(({ place, object }, number) => {
    const objects = sources[place].objects as ObjectSource;
    const parent = objects.parentOf(object);
    objectParents[number] = parent < 0 ? none : numbered[place][parent];
    const path = objects.pathOf(object);
    const kind = kinds.get(path) ?? paths.find(path);
    kinds.set(path, kind);
    objectKinds[number] = kind;
  });
  return {
    objectPaths: columnPaths,
    objectPathEnds: columnPathEnds,
    objectStarts: columnStarts,
    objectData: columnData,
    objectOwners: Uint32Array.from(all, ({ doc }) => doc),
    objectParents,
    objectKinds,
  };
}

export const bytesOf = ({ buffer, byteOffset, byteLength }: Uint8Array | Uint16Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

export function storedObjects(arrays: ObjectArrays): ObjectList {
  const { objectOwners, objectParents, objectKinds } = arrays;
  const paths = new StringTable(pathStrings(bytesOf(arrays.objectPaths), arrays.objectPathEnds));
  const known: string[] = [];
  const sets = new Map<number, BitSet>();
  const ofKind = (kind: number): BitSet => {
    const bits = createBitSet(objectKinds.length);
    if (kind >= 0)
      objectKinds.forEach((each, object) => {
        if (each === kind) setBit(bits, object);
      });
    return bits;
  };
  return {
    count: objectOwners.length,
    ownerOf: object => objectOwners[object],
    parentOf: object => (objectParents[object] === none ? -1 : objectParents[object]),
    pathOf: object => {
      const kind = objectKinds[object];
      known[kind] ??= paths.value(kind);
      return known[kind];
    },
    ofPath: path => {
      const kind = paths.find(path);
      const set = sets.get(kind) ?? ofKind(kind);
      if (kind >= 0) sets.set(kind, set);
      return set;
    },
  };
}
