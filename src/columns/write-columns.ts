import type { GeoPoint } from './attributes.js';
import {
  type ColumnArrays,
  ColumnData,
  type Kind,
  kinds,
  type PackedKind,
  type PackedSet,
  recordOf,
} from './column-file.js';
import { lowerBound, packSet } from './document-set.js';
import { packStrings } from './string-table.js';
import type { Keys } from './value-column.js';

/** Is told every value under a path, kind after kind, in the order of the documents; the values of one document rise. */
export interface ValueVisitor {
  exists(doc: number): void;
  boolean(doc: number, value: boolean): void;
  number(doc: number, value: number): void;
  date(doc: number, value: number): void;
  keyword(doc: number, value: string): void;
  point(doc: number, value: GeoPoint): void;
}

/** Columns to be written anew, those of a segment in memory or of one on disk. */
export interface ColumnSource {
  /** Distinct, in code-unit order. */
  paths(): Iterable<string>;
  visit(path: string, visitor: ValueVisitor): void;
}

/** A source and the numbers that its documents get; -1 = left out. */
export interface NumberedSource {
  readonly columns: ColumnSource;
  readonly numbers: Int32Array;
}

/** Writes the columns of several segments as one, path after path. @param documents  of the new segment */
export function writeColumns(sources: readonly NumberedSource[], documents: number): ColumnArrays {
  const data = new ColumnData();
  const paths: string[] = [];
  const starts: number[] = [];
  for (const [path, holders] of pathsOf(sources)) {
    const collected = new PathCollector();
    for (const { columns, numbers } of holders) columns.visit(path, collected.numbered(numbers));
    if (collected.isEmpty) continue;
    const record = recordOf(collected.pack(data, documents));
    paths.push(path);
    starts.push(data.put(record));
  }
  const { units, ends } = packStrings(paths);
  return {
    columnPaths: units,
    columnPathEnds: ends,
    columnStarts: Uint32Array.from(starts),
    columnData: data.bytes(),
  };
}

/** All paths in order, each with the sources that have it. */
function* pathsOf(sources: readonly NumberedSource[]): Generator<[string, NumberedSource[]]> {
  const heads = sources.map(source => {
    const iterator = source.columns.paths()[Symbol.iterator]();
    return { source, iterator, next: iterator.next() };
  });
  for (;;) {
    let least: string | undefined;
    for (const { next } of heads) if (!next.done && (least === undefined || next.value < least)) least = next.value;
    if (least === undefined) return;
    const holding = heads.filter(({ next }) => !next.done && next.value === least);
    yield [least, holding.map(({ source }) => source)];
    for (const head of holding) head.next = head.iterator.next();
  }
}

/** Values with their documents, as they come. */
interface Pairs<T> {
  docs: number[];
  values: T[];
}

const noPairs = <T>(): Pairs<T> => ({ docs: [], values: [] });

/** Takes in what all sources have under one path. */
class PathCollector {
  private readonly sets: Record<'exists' | 'falses' | 'trues', number[]> = { exists: [], falses: [], trues: [] };
  private readonly numbers = noPairs<number>();
  private readonly dates = noPairs<number>();
  private readonly keywords = noPairs<string>();
  private readonly points = noPairs<GeoPoint>();

  get isEmpty(): boolean {
    return this.sets.exists.length === 0;
  }

  numbered(numbers: Int32Array): ValueVisitor {
    const { sets } = this;
    const mark = (into: number[], doc: number): void => {
      if (numbers[doc] >= 0) into.push(numbers[doc]);
    };
    const add = <T>({ docs, values }: Pairs<T>, doc: number, value: T): void => {
      if (numbers[doc] < 0) return;
      docs.push(numbers[doc]);
      values.push(value);
    };
    return {
      exists: doc => mark(sets.exists, doc),
      boolean: (doc, value) => mark(value ? sets.trues : sets.falses, doc),
      number: (doc, value) => add(this.numbers, doc, value),
      date: (doc, value) => add(this.dates, doc, value),
      keyword: (doc, value) => add(this.keywords, doc, value),
      point: (doc, value) => add(this.points, doc, value),
    };
  }

  pack(data: ColumnData, documents: number): PackedKind[] {
    const sets = new SetPacker(data, documents);
    const packed: PackedKind[] = [];
    for (const name of ['exists', 'falses', 'trues'] as const) {
      const docs = rising(this.sets[name]);
      if (docs.length > 0) packed.push({ kind: kinds[name], set: sets.pack(docs) });
    }
    for (const name of ['numbers', 'dates'] as const) {
      const { docs, values } = inDocumentOrder(this[name]);
      if (docs.length > 0) packed.push(packValues(kinds[name], docs, smallestKeys(values), data, sets));
    }
    if (this.keywords.docs.length > 0) packed.push(packKeywords(inDocumentOrder(this.keywords), data, sets));
    if (this.points.docs.length > 0) packed.push(packPoints(inDocumentOrder(this.points), data, sets));
    return packed;
  }
}

/** Puts a set of documents into the data once where several kinds of a path share it. */
class SetPacker {
  private readonly known: { readonly docs: readonly number[]; readonly packed: PackedSet }[] = [];

  constructor(
    private readonly data: ColumnData,
    readonly documents: number,
  ) {}

  pack(docs: readonly number[]): PackedSet {
    const same = this.known.find(
      other => other.docs.length === docs.length && docs.every((d, i) => d === other.docs[i]),
    );
    if (same !== undefined) return same.packed;
    const { form, words } = packSet(docs, this.documents);
    const packed = { form, count: words.length, at: this.data.put(words) };
    this.known.push({ docs, packed });
    return packed;
  }
}

const isRising = (docs: readonly number[]): boolean => docs.every((doc, i) => i === 0 || docs[i - 1] <= doc);

const rising = (docs: number[]): number[] => (isRising(docs) ? docs : docs.sort((a, b) => a - b));

/** Those of one document stay in their order. */
function inDocumentOrder<T>({ docs, values }: Pairs<T>): Pairs<T> {
  if (isRising(docs)) return { docs, values };
  const order = Array.from(docs.keys()).sort((a, b) => docs[a] - docs[b] || a - b);
  return { docs: order.map(i => docs[i]), values: order.map(i => values[i]) };
}

/** Room for whole numbers up to the greatest, which is below 2^32. */
const keysUpTo = (greatest: number, count: number): Uint8Array | Uint16Array | Uint32Array =>
  greatest < 2 ** 8 ? new Uint8Array(count) : greatest < 2 ** 16 ? new Uint16Array(count) : new Uint32Array(count);

/** Small whole numbers (stock, ratings, years) in as few bytes as the greatest needs, others as they are. */
function smallestKeys(values: readonly number[]): Keys {
  const areSmall = values.every(value => value >= 0 && value < 2 ** 32 && Number.isInteger(value));
  if (!areSmall) return Float64Array.from(values);
  const keys = keysUpTo(
    values.reduce((most, value) => Math.max(most, value), 0),
    values.length,
  );
  keys.set(values);
  return keys;
}

function packKeywords({ docs, values }: Pairs<string>, data: ColumnData, sets: SetPacker): PackedKind {
  const dictionary = [...new Set(values)].sort();
  const ordinalOf = new Map(dictionary.map((text, ordinal) => [text, ordinal]));
  const count = dictionary.length;
  const ordinals = keysUpTo(count - 1, values.length);
  values.forEach((text, i) => {
    ordinals[i] = ordinalOf.get(text) as number;
  });
  const { units, ends } = packStrings(dictionary);
  return {
    ...packValues(kinds.keywords, docs, ordinals, data, sets),
    strings: {
      count,
      unitBytes: units.BYTES_PER_ELEMENT,
      unitCount: units.length,
      units: data.put(units),
      ends: data.put(ends),
    },
  };
}

function packPoints({ docs, values }: Pairs<GeoPoint>, data: ColumnData, sets: SetPacker): PackedKind {
  const latitudes = Float64Array.from(values, ({ lat }) => lat);
  const longitudes = data.put(Float64Array.from(values, ({ lon }) => lon));
  return { ...packValues(kinds.points, docs, latitudes, data, sets), longitudes };
}

/** @param docs  by value, rising @param keys  by value */
function packValues(kind: Kind, docs: readonly number[], keys: Keys, data: ColumnData, sets: SetPacker): PackedKind {
  const rows = docs.filter((doc, i) => i === 0 || docs[i - 1] !== doc);
  const places = orderOf(keys);
  const several = rows.length < docs.length;
  return {
    kind,
    set: sets.pack(rows),
    values: {
      count: keys.length,
      keyBytes: keys.BYTES_PER_ELEMENT,
      keys: data.put(keys),
      ends: several ? data.put(endsOf(docs, rows.length)) : 0,
      order: data.put(several ? places : places.map(place => docs[place])),
      owners: several ? data.put(Uint32Array.from(docs)) : 0,
    },
  };
}

function endsOf(docs: readonly number[], rows: number): Uint32Array {
  const ends = new Uint32Array(rows);
  let row = 0;
  for (let i = 1; i <= docs.length; i++) if (i === docs.length || docs[i] !== docs[i - 1]) ends[row++] = i;
  return ends;
}

/** The places of keys by rising key, ties by place: a counting sort over the ranks of the distinct keys. */
function orderOf(keys: Keys): Uint32Array {
  const distinct = keys.slice().sort();
  let count = 0;
  for (let i = 0; i < distinct.length; i++)
    if (i === 0 || distinct[i] !== distinct[i - 1]) distinct[count++] = distinct[i];
  const ranks = new Uint32Array(keys.length);
  const starts = new Uint32Array(count + 1);
  for (let i = 0; i < keys.length; i++) {
    ranks[i] = lowerBound(count, place => distinct[place] < keys[i]);
    starts[ranks[i] + 1]++;
  }
  for (let rank = 1; rank <= count; rank++) starts[rank] += starts[rank - 1];
  const order = new Uint32Array(keys.length);
  for (let i = 0; i < keys.length; i++) order[starts[ranks[i]]++] = i;
  return order;
}
