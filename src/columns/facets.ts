import { type BitSet, countBits, intersect } from '../math/bit-set.js';
import { FirstInOrder } from '../math/first-in-order.js';
import type { Facet, FacetRequest } from '../query/query.js';
import { type Collation, compareUnits } from './collation.js';
import { countRanges } from './count-ranges.js';
import { isInexact, nearestDouble } from './large-integers.js';
import { shownText } from './long-text.js';
import type { KeywordColumn, SegmentColumns } from './segment-columns.js';

/** Documents of one segment that a facet counts. */
export interface CountedSegment {
  readonly documentCount: number;
  readonly columns: SegmentColumns;
  /** The living of a set of its documents. */
  living(docs: BitSet): BitSet;
}

type Value = string | number | boolean;

type Counted = readonly [value: Value, count: number];
type Order = (a: Counted, b: Counted) => number;

/** Values told when a request does not say how many. */
const usualSize = 10;

/** Documents that are counted in the time of a unit of work, see src/search/turns.ts. */
const documentsOfUnit = 64;

/**
 * Counts over the living among the matching documents, exact over all segments. A document counts once for each of its distinct values and
 * once for each range that one of its numbers (or dates, in milliseconds) lies in.
 * @param matches  by segment
 * @param collate  the order of the texts of a facet; code units where undefined
 * @yields units of work
 */
export function* countFacets(
  segments: readonly CountedSegment[],
  matches: readonly BitSet[],
  requests: readonly FacetRequest[],
  collate: (request: FacetRequest) => Collation | undefined,
): Generator<number, Facet[]> {
  const live = segments.map((segment, place) => segment.living(matches[place]));
  const units = Math.ceil(segments.reduce((sum, { documentCount }) => sum + documentCount, 0) / documentsOfUnit);
  const facets: Facet[] = [];
  for (const request of requests) {
    yield units;
    facets.push(yield* countFacet(segments, live, request, collate));
  }
  return facets;
}

function* countFacet(
  segments: readonly CountedSegment[],
  live: readonly BitSet[],
  request: FacetRequest,
  collate: (request: FacetRequest) => Collation | undefined,
): Generator<number, Facet> {
  const { field } = request;
  const having = segments.map(({ columns }, place) => both(live[place], columns.matching({ exists: { field } })));
  const documents = having.reduce((sum, bits) => sum + countBits(bits), 0);
  const stats = request.stats ? statsOf(segments, having, field) : undefined;
  const told = { field, documents, ...(stats && { stats }) };
  if ('ranges' in request) {
    const columns = segments.flatMap(({ columns }, place) => {
      const numbers = columns.numbers(field);
      return numbers === undefined ? [] : [{ numbers, docs: having[place] }];
    });
    const counts = countRanges(columns, request.ranges);
    return { ...told, ranges: request.ranges.map((range, i) => ({ ...range, count: counts[i] })) };
  }
  const compareTexts = collate(request)?.compare ?? compareUnits;
  const byValue: Order = ([a], [b]) => compareValues(a, b, compareTexts);
  const byCount: Order = (a, b) => b[1] - a[1] || byValue(a, b);
  const { size = usualSize, order } = request;
  const counts = yield* countValues(segments, having, field);
  return { ...told, values: firstOf(counts, size, order === 'value' ? byValue : byCount) };
}

function statsOf(segments: readonly CountedSegment[], having: readonly BitSet[], field: string): Facet['stats'] {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [place, { columns }] of segments.entries())
    columns.numbers(field)?.each(having[place], value => {
      if (value < min) min = value;
      if (value > max) max = value;
    });
  return min > max ? undefined : { min, max };
}

function both(a: BitSet, b: BitSet): BitSet {
  const bits = a.slice();
  intersect(bits, b);
  return bits;
}

function* countValues(
  segments: readonly CountedSegment[],
  having: readonly BitSet[],
  field: string,
): Generator<number, ReadonlyMap<Value, number>> {
  const counts = new Map<Value, number>();
  const add = (value: Value, count: number): void => {
    if (count > 0) counts.set(value, (counts.get(value) ?? 0) + count);
  };
  for (const [place, { columns }] of segments.entries()) {
    const bits = having[place];
    const keywords = columns.keywords(field);
    if (keywords !== undefined) yield* countKeywords(keywords, bits, add);
    // dates are counted as the texts that they are, and so are whole numbers beyond 2^53
    columns.numbers(field, 'numbers')?.each(bits, (value, doc) => {
      if (!isInexact(value) || !isWritten(value, doc, keywords)) add(value, 1);
    });
    for (const value of [false, true])
      add(value, countBits(both(bits, columns.matching({ terms: { field, values: [value] } }))));
  }
  return counts;
}

const isWritten = (value: number, doc: number, keywords: KeywordColumn | undefined): boolean =>
  keywords?.ordinals(doc).some(ordinal => nearestDouble(keywords.value(ordinal)) === value) ?? false;

/** Values that are read between two words about it. */
const valuesTold = 1024;

function* countKeywords(
  keywords: KeywordColumn,
  bits: BitSet,
  add: (value: string, count: number) => void,
): Generator<number, void> {
  const counts = new Uint32Array(keywords.count);
  keywords.each(bits, ordinal => {
    counts[ordinal]++;
  });
  for (let ordinal = 0; ordinal < counts.length; ordinal++) {
    if (counts[ordinal] > 0) add(keywords.value(ordinal), counts[ordinal]);
    if (ordinal % valuesTold === valuesTold - 1) yield valuesTold;
  }
}

function firstOf(counts: ReadonlyMap<Value, number>, size: number, order: Order): NonNullable<Facet['values']> {
  const first = new FirstInOrder<Counted>(size, order);
  for (const counted of counts) first.offer(counted);
  return first.take().map(([value, count]) => ({ value: typeof value === 'string' ? shownText(value) : value, count }));
}

/** False, true, numbers rising, texts. */
function compareValues(a: Value, b: Value, compareTexts: (a: string, b: string) => number): number {
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  const order = ['boolean', 'number', 'string'];
  const kind = order.indexOf(typeof a) - order.indexOf(typeof b);
  return kind !== 0 ? kind : a < b ? -1 : a > b ? 1 : 0;
}
