import { type BitSet, createBitSet, eachBit, hasBit, setBit } from '../math/bit-set.js';
import { finish } from '../math/finish.js';
import type { Attributes, AttributeValues, GeoPoint } from './attributes.js';
import { collatedRanks } from './collated-ranks.js';
import type { Collation } from './collation.js';
import { lowerBound } from './document-set.js';
import { type IdColumn, withIds } from './id-column.js';
import { joinNumbers } from './join-numbers.js';
import { meantBy } from './large-integers.js';
import { keptText } from './long-text.js';
import { type ColumnLookup, evaluateClause, type Terms } from './matching.js';
import type { Objects } from './nested.js';
import type { ReadyClause } from './ready-filter.js';
import type { KeywordColumn, NumberColumn, SegmentColumns } from './segment-columns.js';
import { type SortedTexts, sortedTexts } from './sorted-texts.js';
import { markMatching } from './text-pattern.js';
import { scanValues } from './word-values.js';
import type { ColumnSource, ValueVisitor } from './write-columns.js';

/** Values with their documents, in the order in which these came; the values of one document rise. */
class Growing<T> {
  readonly docs: number[] = [];
  readonly values: T[] = [];

  add(doc: number, values: readonly T[]): void {
    for (const value of values) {
      this.docs.push(doc);
      this.values.push(value);
    }
  }

  of(doc: number): T[] {
    const from = lowerBound(this.docs.length, i => this.docs[i] < doc);
    let to = from;
    while (to < this.docs.length && this.docs[to] === doc) to++;
    return this.values.slice(from, to);
  }

  /** Adds the documents of the values that a test holds for: every value is looked at. */
  mark(bits: BitSet, test: (value: T) => boolean): void {
    for (let i = 0; i < this.docs.length; i++) if (test(this.values[i])) setBit(bits, this.docs[i]);
  }

  eachOf(docs: BitSet, visit: (value: T, doc: number) => void): void {
    this.each((doc, value) => {
      if (hasBit(docs, doc)) visit(value, doc);
    });
  }

  each(visit: (doc: number, value: T) => void): void {
    for (let i = 0; i < this.docs.length; i++) visit(this.docs[i], this.values[i]);
  }
}

interface Dictionary {
  /** values that it was made of */
  readonly of: number;
  readonly texts: readonly string[];
  readonly sorted: SortedTexts;
  /** by collation */
  readonly ranks: Map<string, Uint32Array>;
}

/** One path. */
class GrowingPath {
  readonly exists: number[] = [];
  readonly booleans = new Growing<boolean>();
  readonly numbers = new Growing<number>();
  readonly dates = new Growing<number>();
  readonly keywords = new Growing<string>();
  readonly points = new Growing<GeoPoint>();
  /** distinct keywords in order; made when asked for, until there are more of them */
  private dictionary: Dictionary | undefined;

  add(doc: number, values: AttributeValues): void {
    this.exists.push(doc);
    this.booleans.add(doc, values.booleans);
    this.numbers.add(doc, values.numbers);
    this.dates.add(doc, values.dates);
    this.keywords.add(doc, values.keywords);
    this.points.add(doc, values.points);
  }

  texts(): readonly string[] {
    return this.present().texts;
  }

  sorted(): SortedTexts {
    return this.present().sorted;
  }

  ranks(collation: Collation): Uint32Array {
    const { ranks, sorted } = this.present();
    const known = ranks.get(collation.id) ?? collatedRanks(sorted, collation);
    ranks.set(collation.id, known);
    return known;
  }

  private present(): Dictionary {
    const { values } = this.keywords;
    if (this.dictionary?.of === values.length) return this.dictionary;
    const texts = [...new Set(values)].sort();
    const units = texts.reduce((sum, text) => sum + text.length, 0) / Math.max(1, texts.length);
    const sorted = sortedTexts(texts.length, at => texts[at], units);
    this.dictionary = { of: values.length, texts, sorted, ranks: new Map() };
    return this.dictionary;
  }
}

/** The columns of the segment in memory: plain, growing at their ends, looked through from one end to the other. Removed documents stay in them. */
export class MemoryColumns implements SegmentColumns, ColumnSource {
  private readonly byPath = new Map<string, GrowingPath>();
  private readonly nest: ColumnLookup['nest'];

  /**
   * @param ids        of the segment: also says how many documents there are at present
   * @param nested     the objects in what the columns are over
   * @param inObjects  the columns of these
   */
  constructor(
    private readonly ids: IdColumn,
    nested: (own: MemoryColumns) => Objects,
    readonly inObjects?: MemoryColumns,
  ) {
    this.nest = {
      pathsInside: path => [...this.byPath.keys()].filter(name => name.startsWith(`${path}.`)),
      objects: nested(this),
    };
  }

  /** @param doc  behind all that came before @returns values taken in: a measure of memory */
  add(doc: number, attributes: Attributes): number {
    let taken = 0;
    for (const [path, values] of attributes) {
      let column = this.byPath.get(path);
      if (column === undefined) {
        column = new GrowingPath();
        this.byPath.set(path, column);
      }
      column.add(doc, values);
      const { numbers, keywords, booleans, points } = values;
      taken += Math.max(1, numbers.length + keywords.length + booleans.length + points.length);
    }
    return taken;
  }

  matching(clause: ReadyClause): BitSet {
    return evaluateClause(clause, lookupOf(this.ids, this.byPath, this.nest), inner => this.matching(inner));
  }

  numbers(field: string, kind?: 'numbers' | 'dates'): NumberColumn | undefined {
    const path = this.byPath.get(field);
    if (path === undefined) return undefined;
    if (kind !== undefined) return numberColumn(path[kind]);
    return joinNumbers(numberColumn(path.numbers), numberColumn(path.dates));
  }

  keywords(field: string): KeywordColumn | undefined {
    if (field === 'id') return this.ids.keywords;
    const path = this.byPath.get(field);
    if (path === undefined || path.keywords.docs.length === 0) return undefined;
    const texts = path.texts();
    const ordinalOf = (text: string): number => lowerBound(texts.length, i => texts[i] < text);
    return {
      ...path.sorted(),
      ranks: collation => path.ranks(collation),
      ordinals: doc => path.keywords.of(doc).map(ordinalOf),
      each: (docs, visit) => path.keywords.eachOf(docs, (text, doc) => visit(ordinalOf(text), doc)),
    };
  }

  has(path: string): boolean {
    return this.byPath.has(path);
  }

  paths(): string[] {
    return [...this.byPath.keys()].sort();
  }

  visit(field: string, visitor: ValueVisitor): void {
    const path = this.byPath.get(field);
    if (path === undefined) return;
    for (const doc of path.exists) visitor.exists(doc);
    path.booleans.each(visitor.boolean);
    path.numbers.each(visitor.number);
    path.dates.each(visitor.date);
    path.keywords.each(visitor.keyword);
    path.points.each(visitor.point);
  }
}

function numberColumn(growing: Growing<number>): NumberColumn | undefined {
  if (growing.docs.length === 0) return undefined;
  return {
    least: doc => growing.of(doc).at(0) ?? Number.NaN,
    greatest: doc => growing.of(doc).at(-1) ?? Number.NaN,
    values: doc => growing.of(doc),
    each: (docs, visit) => growing.eachOf(docs, visit),
  };
}

const lookupOf = (ids: IdColumn, byPath: ReadonlyMap<string, GrowingPath>, nest: ColumnLookup['nest']): ColumnLookup =>
  withIds(ids, {
    nest,
    addExisting: (field, bits) => {
      for (const doc of byPath.get(field)?.exists ?? []) setBit(bits, doc);
    },
    addTerms: (field, terms, bits) => addTerms(byPath.get(field), terms, bits),
    addLike: (field, patterns, bits) => {
      const path = byPath.get(field);
      if (path === undefined) return;
      const texts = path.texts();
      const marks = createBitSet(texts.length);
      for (const pattern of patterns) markMatching(path.sorted(), pattern, marks);
      const found = new Set<string>();
      eachBit(marks, ordinal => found.add(texts[ordinal]));
      path.keywords.mark(bits, text => found.has(text));
    },
    addWords: (field, runs, chain, bits) => {
      const path = byPath.get(field);
      const texts = path?.texts() ?? [];
      const found = new Set<string>();
      for (const ordinal of finish(scanValues(texts.keys(), at => texts[at], runs, chain))) found.add(texts[ordinal]);
      path?.keywords.mark(bits, text => found.has(text));
    },
    addMeant: (field, value, holds, bits) => {
      const path = byPath.get(field);
      path?.numbers.each((doc, number) => {
        if (number === value && meantBy(value, path.keywords.of(doc)).some(holds)) setBit(bits, doc);
      });
    },
    addRange: (field, kind, min, max, bits) =>
      byPath.get(field)?.[kind].mark(bits, value => value >= min && value <= max),
    addPoints: (field, { south, north, holds }, bits) =>
      byPath.get(field)?.points.mark(bits, point => point.lat >= south && point.lat <= north && holds(point)),
  });

function addTerms(path: GrowingPath | undefined, { strings, numbers, booleans }: Terms, bits: BitSet): void {
  if (path === undefined) return;
  const mark = <T>(growing: Growing<T>, wanted: readonly T[]): void => {
    if (wanted.length === 0) return;
    const set = new Set(wanted);
    growing.mark(bits, value => set.has(value));
  };
  mark(path.keywords, strings.map(keptText));
  mark(path.numbers, numbers);
  mark(path.booleans, booleans);
}
