import { LRUCache } from 'lru-cache';
import { type BitSet, createBitSet, setBit } from '../math/bit-set.js';
import { finish } from '../math/finish.js';
import { collatedRanks } from './collated-ranks.js';
import { type ColumnArrays, type Kind, kinds, type OpenedKind, openRecord, pathStrings } from './column-file.js';
import { lowerBound } from './document-set.js';
import { type IdColumn, withIds } from './id-column.js';
import { joinNumbers } from './join-numbers.js';
import { meantBy } from './large-integers.js';
import { keptText } from './long-text.js';
import { type ColumnLookup, evaluateClause, type Terms } from './matching.js';
import type { Objects } from './nested.js';
import { bytesOf } from './object-file.js';
import type { ReadyClause } from './ready-filter.js';
import type { KeywordColumn, NumberColumn, SegmentColumns } from './segment-columns.js';
import type { SortedTexts } from './sorted-texts.js';
import { StringTable } from './string-table.js';
import { markMatching } from './text-pattern.js';
import { ValueColumn } from './value-column.js';
import { digitsOf, scanValues, type WordChain, type WordRun, WordValues, wordRuns } from './word-values.js';
import type { ColumnSource, ValueVisitor } from './write-columns.js';

/** One path, opened. */
interface Path {
  readonly kinds: ReadonlyMap<Kind, OpenedKind>;
  readonly columns: ReadonlyMap<Kind, ValueColumn>;
  readonly strings?: StringTable;
}

/** Paths kept open, and bytes of sets of documents kept: a set has a bit, and so 64 of them have 8 bytes, for each document. */
const openPaths = 256;
/** Attributes of more distinct texts are looked through anew for every condition on words; and terms and places that are kept in all. */
const mostWordValues = 2 ** 17;
const keptWords = 2 ** 20;
/** places of texts in the orders of languages */
const keptRanks = 2 ** 18;
const keptBytes = { perDocument: 8, least: 2 ** 16 };

/** The columns of an immutable segment over the bytes of its file. A path is opened when it is first asked for. */
export class StoredColumns implements SegmentColumns, ColumnSource {
  private readonly names: StringTable;
  private readonly opened = new LRUCache<string, Path>({ max: openPaths });
  private readonly sets: LRUCache<string, BitSet>;
  private readonly lookup: ColumnLookup;
  /** what `warm` has found for the clause that it evaluates next */
  private readonly warmed = new Map<string, Iterable<number>>();
  private readonly ranks = new LRUCache<string, Uint32Array>({
    maxSize: keptRanks,
    sizeCalculation: ({ length }) => length + 1,
  });
  private readonly words = new LRUCache<string, WordValues>({
    maxSize: keptWords,
    sizeCalculation: ({ size }) => size,
  });

  /** @param nested  the objects in what the columns are over @param inObjects  the columns of these */
  constructor(
    private readonly arrays: ColumnArrays,
    private readonly ids: IdColumn,
    nested: (own: StoredColumns) => Objects,
    readonly inObjects?: StoredColumns,
  ) {
    this.names = new StringTable(pathStrings(bytesOf(arrays.columnPaths), arrays.columnPathEnds));
    this.sets = new LRUCache({
      maxSize: Math.max(keptBytes.least, keptBytes.perDocument * ids.documents),
      sizeCalculation: (bits, clause) => bits.byteLength + 2 * clause.length + 1,
    });
    const nest = { pathsInside: (path: string) => this.pathsInside(path), objects: nested(this) };
    this.lookup = lookupOf(
      ids,
      nest,
      path => this.path(path),
      (field, runs, chain) => this.warmed.get(nameOf(field, runs, chain)) ?? finish(this.withWords(field, runs, chain)),
    );
  }

  matching(clause: ReadyClause): BitSet {
    const name = JSON.stringify(clause);
    const kept = this.sets.get(name);
    if (kept !== undefined) return kept;
    const bits = evaluateClause(clause, this.lookup, inner => this.matching(inner));
    this.sets.set(name, bits);
    return bits;
  }

  /**
   * Finds the texts that hold the words of a clause, which takes long where an attribute is asked for the first time, before it is evaluated.
   * @yields the characters that were analysed since it last did
   */
  *warm(clause: ReadyClause): Generator<number, void> {
    if ('any' in clause) for (const inner of clause.any) yield* this.warm(inner);
    else if ('not' in clause) yield* this.warm(clause.not);
    else if ('words' in clause && !this.sets.has(JSON.stringify(clause))) {
      const { field, byChain } = clause.words;
      for (const { chain, values } of byChain) {
        const runs = wordRuns(values, chain);
        this.warmed.set(nameOf(field, runs, chain), yield* this.withWords(field, runs, chain));
      }
      this.matching(clause);
      this.warmed.clear();
    }
  }

  numbers(field: string, kind?: 'numbers' | 'dates'): NumberColumn | undefined {
    const columns = this.path(field)?.columns;
    if (kind !== undefined) return columns?.get(kinds[kind]);
    return joinNumbers(columns?.get(kinds.numbers), columns?.get(kinds.dates));
  }

  keywords(field: string): KeywordColumn | undefined {
    if (field === 'id') return this.ids.keywords;
    const path = this.path(field);
    const column = path?.columns.get(kinds.keywords);
    const strings = path?.strings;
    if (column === undefined || strings === undefined) return undefined;
    const texts: SortedTexts = {
      count: strings.count,
      value: ordinal => strings.value(ordinal),
      unitsBetween: (from, to) => strings.unitsBetween(from, to),
      eachText: (from, to, visit) => strings.eachText(from, to, visit),
    };
    return {
      ...texts,
      ranks: collation => {
        const name = JSON.stringify([field, collation.id]);
        const ranks = this.ranks.get(name) ?? collatedRanks(texts, collation);
        this.ranks.set(name, ranks);
        return ranks;
      },
      ordinals: doc => column.values(doc),
      each: (docs, visit) => column.each(docs, visit),
    };
  }

  has(path: string): boolean {
    return this.names.find(path) >= 0;
  }

  *paths(): IterableIterator<string> {
    for (let ordinal = 0; ordinal < this.names.count; ordinal++) yield this.names.value(ordinal);
  }

  private *pathsInside(path: string): IterableIterator<string> {
    const { count } = this.names;
    const prefix = `${path}.`;
    const first = lowerBound(count, ordinal => this.names.value(ordinal) < prefix);
    for (let ordinal = first; ordinal < count; ordinal++) {
      const name = this.names.value(ordinal);
      if (!name.startsWith(prefix)) return;
      yield name;
    }
  }

  visit(field: string, visitor: ValueVisitor): void {
    const path = this.path(field);
    if (path === undefined) return;
    const { columns, strings } = path;
    path.kinds.get(kinds.exists)?.docs.each(doc => visitor.exists(doc));
    path.kinds.get(kinds.falses)?.docs.each(doc => visitor.boolean(doc, false));
    path.kinds.get(kinds.trues)?.docs.each(doc => visitor.boolean(doc, true));
    const each = (kind: Kind, tell: (doc: number, key: number, place: number) => void): void => {
      const column = columns.get(kind);
      column?.eachPlace((doc, place) => tell(doc, column.arrays.keys[place], place));
    };
    each(kinds.numbers, (doc, value) => visitor.number(doc, value));
    each(kinds.dates, (doc, value) => visitor.date(doc, value));
    const texts: string[] = [];
    each(kinds.keywords, (doc, ordinal) => {
      texts[ordinal] ??= strings?.value(ordinal) ?? '';
      visitor.keyword(doc, texts[ordinal]);
    });
    const longitudes = path.kinds.get(kinds.points)?.longitudes;
    each(kinds.points, (doc, lat, place) => visitor.point(doc, { lat, lon: longitudes?.[place] ?? 0 }));
  }

  /** Ordinals of the texts of an attribute that hold one of the runs of words. */
  private *withWords(field: string, runs: readonly WordRun[], chain: WordChain): Generator<number, Iterable<number>> {
    const found = new Set<number>();
    const strings = this.path(field)?.strings;
    if (strings === undefined) return found;
    const valueAt = (ordinal: number): string => strings.value(ordinal);
    for (const run of runs) {
      const digits = digitsOf(run, chain);
      const codes = digits === undefined ? undefined : strings.withDigits(digits);
      const looked = codes ?? (strings.count > mostWordValues ? Array(strings.count).keys() : undefined);
      if (looked === undefined) {
        const name = JSON.stringify([field, chain.id]);
        const values = this.words.get(name) ?? (yield* WordValues.of(strings.count, valueAt, chain));
        this.words.set(name, values);
        for (const ordinal of yield* values.find(run)) found.add(ordinal);
        yield run.length;
      } else for (const ordinal of yield* scanValues(looked, valueAt, [run], chain)) found.add(ordinal);
    }
    return found;
  }

  private path(name: string): Path | undefined {
    const known = this.opened.get(name);
    if (known !== undefined) return known;
    const ordinal = this.names.find(name);
    if (ordinal < 0) return undefined;
    const found = openRecord(this.arrays, this.arrays.columnStarts[ordinal], this.ids.documents);
    const columns = new Map<Kind, ValueColumn>();
    for (const [kind, { values }] of found) if (values !== undefined) columns.set(kind, new ValueColumn(values));
    const units = found.get(kinds.keywords)?.strings;
    const path: Path = { kinds: found, columns, strings: units && new StringTable(units) };
    this.opened.set(name, path);
    return path;
  }
}

const nameOf = (field: string, runs: readonly WordRun[], chain: WordChain): string =>
  JSON.stringify([field, chain.id, runs]);

const lookupOf = (
  ids: IdColumn,
  nest: ColumnLookup['nest'],
  open: (path: string) => Path | undefined,
  withWords: (field: string, runs: readonly WordRun[], chain: WordChain) => Iterable<number>,
): ColumnLookup =>
  withIds(ids, {
    nest,
    addExisting: (field, bits) => open(field)?.kinds.get(kinds.exists)?.docs.addTo(bits),
    addTerms: (field, terms, bits) => addTerms(open(field), terms, bits),
    addLike: (field, patterns, bits) => {
      const { columns, strings } = open(field) ?? {};
      if (strings === undefined) return;
      const marks = createBitSet(strings.count);
      for (const pattern of patterns) markMatching(strings, pattern, marks);
      columns?.get(kinds.keywords)?.addKeys(bits, marks);
    },
    addWords: (field, runs, chain, bits) => {
      const keywords = open(field)?.columns.get(kinds.keywords);
      for (const ordinal of withWords(field, runs, chain)) keywords?.addRange(bits, ordinal, ordinal);
    },
    addMeant: (field, value, holds, bits) => {
      const path = open(field);
      const texts = path?.columns.get(kinds.keywords);
      path?.columns.get(kinds.numbers)?.eachInRange(value, value, doc => {
        const written = texts?.values(doc).map(ordinal => path.strings?.value(ordinal) ?? '') ?? [];
        if (meantBy(value, written).some(holds)) setBit(bits, doc);
      });
    },
    addRange: (field, kind, min, max, bits) => open(field)?.columns.get(kinds[kind])?.addRange(bits, min, max),
    addPoints: (field, { south, north, holds }, bits) => {
      const path = open(field);
      const latitudes = path?.columns.get(kinds.points);
      const longitudes = path?.kinds.get(kinds.points)?.longitudes;
      if (latitudes === undefined || longitudes === undefined) return;
      const { keys } = latitudes.arrays;
      latitudes.eachInRange(south, north, (doc, place) => {
        if (holds({ lat: keys[place], lon: longitudes[place] })) setBit(bits, doc);
      });
    },
  });

function addTerms(path: Path | undefined, terms: Terms, bits: BitSet): void {
  if (path === undefined) return;
  const numbers = path.columns.get(kinds.numbers);
  for (const value of terms.numbers) numbers?.addRange(bits, value, value);
  for (const value of terms.booleans) path.kinds.get(value ? kinds.trues : kinds.falses)?.docs.addTo(bits);
  const keywords = path.columns.get(kinds.keywords);
  for (const text of terms.strings) {
    const ordinal = path.strings?.find(keptText(text)) ?? -1;
    if (ordinal >= 0) keywords?.addRange(bits, ordinal, ordinal);
  }
}
