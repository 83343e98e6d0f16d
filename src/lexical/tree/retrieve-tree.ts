import type { ReadyFilter } from '../../columns/ready-filter.js';
import { type DocumentOrder, documentOrder, type OrderKey, type PlacedDocument } from '../../columns/sort.js';
import { isSortedBy } from '../../columns/sorted-segment.js';
import { type BitSet, fullBitSet, hasBit, intersect, subtract } from '../../math/bit-set.js';
import { FirstInOrder } from '../../math/first-in-order.js';
import { GroupedFirst } from '../../math/grouped-first.js';
import type { Collector } from '../collector.js';
import { GroupedTopK, type GroupNumbers } from '../grouping.js';
import type { IndexView } from '../index-view.js';
import { ListCache } from '../list-cache.js';
import { type Accumulator, accumulateMemory, createAccumulator } from '../memory-scorer.js';
import type { MemorySegment } from '../memory-segment.js';
import type { QueryTerm } from '../query-terms.js';
import { noMoreDocuments, type SegmentReader } from '../segment-reader.js';
import { SegmentScorer } from '../segment-scorer.js';
import type { StoredSegment } from '../stored-segment.js';
import { type FoundDocument, TopK } from '../top-k.js';
import type { Weighting } from '../weighting.js';
import { BitsIterator } from './bits-iterator.js';
import { Conjunction } from './conjunction.js';
import { FactoredCollector } from './factored-collector.js';
import { type Factor, type Multiply, multiplyIn } from './functions.js';
import { iterate, type Place, placeOf, placesOf } from './iterate.js';
import { matchingIn } from './matching.js';
import type { QueryNode } from './node.js';
import { type PlainTerms, plainTerms } from './plain-terms.js';
import { walkMeter, workToBegin } from './work.js';

/** What a query needs while it runs; kept between queries. */
export interface Scratch {
  readonly memory: Accumulator;
  readonly stored: SegmentScorer;
}

/** @param cache  shared by all queries of an index */
export const createScratch = (cache = new ListCache()): Scratch => ({
  memory: createAccumulator(),
  stored: new SegmentScorer(cache),
});

/** Whether a document of the segment may be a hit; undefined = any may. */
type Accept = ((doc: number) => boolean) | undefined;
type AcceptIn = (segment: StoredSegment | MemorySegment) => Generator<number, Accept>;

/** Those of the documents that an id may be a hit of. */
export const acceptIds = (accept: ((id: string) => boolean) | undefined, segment: SegmentReader): Accept =>
  accept && (doc => accept(segment.idOf(doc)));

/**
 * Offers the documents of all segments that hold one of the terms and can be among the best. What was found so far prunes what comes after, across
 * segments.
 */
export function collectTerms(
  stored: readonly StoredSegment[],
  memory: MemorySegment,
  weighting: Weighting,
  terms: readonly QueryTerm[],
  scratch: Scratch,
  best: Collector,
  acceptIn: (segment: StoredSegment | MemorySegment) => Accept,
): void {
  for (let place = 0; place < stored.length; place++)
    scratch.stored.collect(stored[place], place, weighting, terms, best, acceptIn(stored[place]));
  if (memory.liveCount > 0) accumulateMemory(memory, weighting, terms, scratch.memory, best, acceptIn(memory));
}

/** The same as work that tells its units (src/search/turns.ts). @param acceptIn  asked for each segment when its turn comes */
function* collectingTerms(
  { stored, memory, weighting }: IndexView,
  terms: readonly QueryTerm[],
  scratch: Scratch,
  best: Collector,
  acceptIn: AcceptIn,
): Generator<number, void> {
  for (const [place, segment] of stored.entries())
    yield* scratch.stored.collecting(segment, place, weighting, terms, best, yield* acceptIn(segment));
  if (memory.liveCount > 0) accumulateMemory(memory, weighting, terms, scratch.memory, best, yield* acceptIn(memory));
}

/** Postings of a query that are looked at in one go. */
const fewPostings = 2 ** 17;

/** Whether terms are looked up so soon that nobody has to wait for it. */
function takesLittle(terms: readonly QueryTerm[]): boolean {
  let postings = 0;
  for (const { df } of terms) postings += df;
  return postings < fewPostings;
}

/** What is wanted of the documents that match. */
export interface Wanted {
  /** integer >= 1 */
  readonly k: number;
  /** asked only for documents that would be among the best k */
  readonly accept?: (id: string) => boolean;
  readonly filter: ReadyFilter;
  readonly factors: readonly Factor[];
  /** by score where there is no key */
  readonly sort: readonly OrderKey[];
}

/** What is wanted with at most so many documents of one group. */
export interface WantedGroups extends Wanted {
  readonly size: number;
  readonly groups: GroupNumbers;
  /** best documents that are wanted whatever their group, beside the k; none where they are sorted */
  readonly depth: number;
}

/** The best k documents of all segments where it takes so little that nobody has to wait: terms alone, of few postings. @returns undefined where it takes more */
export function retrieveSoon(
  { stored, memory, weighting }: IndexView,
  node: QueryNode,
  { k, accept, filter, factors, sort }: Wanted,
  scratch: Scratch,
): FoundDocument[] | undefined {
  if (sort.length + filter.length > 0) return undefined;
  const plain = plainTerms(node);
  if (plain === undefined || plain.required.length + plain.excluded.length > 0) return undefined;
  const { terms } = plain.terms;
  if (!takesLittle(terms)) return undefined;
  const best = new TopK(k);
  const collector = factored(factors, best);
  collectTerms(stored, memory, weighting, terms, scratch, collector, segment => acceptIds(accept, segment));
  return best.takeFound();
}

/**
 * The best k documents of all segments. Terms alone are pruned by their bounds; everything else is walked through.
 * @yields units of work
 */
export function* retrieveTree(
  view: IndexView,
  node: QueryNode,
  wanted: Wanted,
  scratch: Scratch,
): Generator<number, FoundDocument[]> {
  if (wanted.sort.length > 0) return yield* retrieveSorted(view, node, wanted);
  const plain = plainTerms(node);
  const best = new TopK(wanted.k);
  if (plain === undefined) yield* walkAll(view, node, wanted, best);
  else yield* collectPlain(view, plain, wanted, scratch, best);
  return best.takeFound();
}

/** The same with at most so many of one group: see GroupedTopK. */
export function* retrieveGroups(
  view: IndexView,
  node: QueryNode,
  wanted: WantedGroups,
  scratch: Scratch,
): Generator<number, ReturnType<GroupedTopK['take']>> {
  const { k, depth, size, groups, sort } = wanted;
  if (sort.length > 0) return { head: [], rest: yield* retrieveSorted(view, node, wanted, { size, groups }) };
  const plain = plainTerms(node);
  const best = new GroupedTopK(k, depth, size, groups);
  if (plain === undefined) yield* walkAll(view, node, wanted, best);
  else yield* collectPlain(view, plain, wanted, scratch, best);
  return best.take();
}

function* collectPlain(
  view: IndexView,
  { terms, required, excluded }: PlainTerms,
  { accept, filter, factors }: Wanted,
  scratch: Scratch,
  best: Collector,
): Generator<number, void> {
  const conditions: QueryNode[] = [...filter.map(clause => ({ kind: 'filter' as const, clause })), ...required];
  const acceptIn: AcceptIn = function* (segment) {
    const ids = acceptIds(accept, segment);
    if (conditions.length + excluded.length === 0) return ids;
    const bits = yield* acceptedIn(view, placeOf(view, segment), conditions, excluded);
    return doc => hasBit(bits, doc) && (ids === undefined || ids(doc));
  };
  yield* collectingTerms(view, terms.terms, scratch, factored(factors, best), acceptIn);
}

function* acceptedIn(
  view: IndexView,
  place: Place,
  required: readonly QueryNode[],
  excluded: readonly QueryNode[],
): Generator<number, BitSet> {
  const bits = fullBitSet(place.segment.documentCount);
  for (const each of required) intersect(bits, yield* matchingIn(view, place, each));
  for (const each of excluded) subtract(bits, yield* matchingIn(view, place, each));
  return bits;
}

/** A collector that applies score functions before it compares; no document gets more than the product of 1 + weight. */
function factored(factors: readonly Factor[], best: Collector): Collector {
  if (factors.length === 0) return best;
  const most = factors.reduce((product, { weight }) => product * (1 + weight), 1);
  const bySegment = new Map<SegmentReader, Multiply>();
  return new FactoredCollector(best, most, (score, segment, doc) => {
    const multiply = bySegment.get(segment) ?? multiplyIn(factors, segment.columns);
    bySegment.set(segment, multiply);
    return multiply(score, doc);
  });
}

/**
 * Calls `visit` with every live document that matches and passes the filter, and its score, segment by segment, until it says stop.
 * @yields units of work
 */
function* visitMatches(
  view: IndexView,
  node: QueryNode,
  { filter, factors }: Wanted,
  visitorIn: (place: Place) => (doc: number, score: number) => boolean,
): Generator<number, void> {
  for (const place of placesOf(view)) {
    const { segment } = place;
    const visit = visitorIn(place);
    const tree = iterate(view, place, node, true);
    const conditions = filter.map(clause => new BitsIterator(segment.columns.matching(clause)));
    const found = conditions.length === 0 ? tree : new Conjunction([tree, ...conditions]);
    const multiply = factors.length === 0 ? undefined : multiplyIn(factors, segment.columns);
    const meter = walkMeter(node, place);
    // the segment in memory is never left in between: a write might come
    if (place.number >= 0) yield workToBegin(node);
    for (let doc = found.next(); doc !== noMoreDocuments; doc = found.next()) {
      if (doc >= meter.next) yield meter.pass(doc);
      if (!segment.isLive(doc) || !found.confirm()) continue;
      const score = multiply === undefined ? found.score() : multiply(found.score(), doc);
      if (!visit(doc, score)) break;
    }
  }
}

function walkAll(view: IndexView, node: QueryNode, wanted: Wanted, best: Collector): Generator<number, void> {
  return visitMatches(view, node, wanted, ({ segment }) => {
    const accept = acceptIds(wanted.accept, segment);
    return (doc, score) => {
      const isWanted = score >= best.least && best.wants(score, segment, doc);
      if (isWanted && (accept === undefined || accept(doc))) best.offer(score, segment, doc);
      return true;
    };
  });
}

function* retrieveSorted(
  view: IndexView,
  node: QueryNode,
  wanted: Wanted,
  grouped?: Pick<WantedGroups, 'size' | 'groups'>,
): Generator<number, FoundDocument[]> {
  const { k, sort } = wanted;
  const segments = placesOf(view).map(({ segment }) => segment);
  const order = documentOrder(segments, sort);
  const best: FirstDocuments =
    grouped === undefined ? new FirstInOrder(k, order) : firstGroups(k, order, segments, grouped);
  yield* visitMatches(view, node, wanted, ({ segment }) => {
    const accept = acceptIds(wanted.accept, segment);
    const inOrder = sort.length === 1 && isSortedBy(segment, sort[0]);
    const place = segments.indexOf(segment);
    return (doc, score) => {
      const document = { place, doc, score };
      if (!best.wants(document)) return !(inOrder && best.isBehind(document)); // behind it all come too late
      if (accept === undefined || accept(doc)) best.offer(document);
      return true;
    };
  });
  return best.take().map(({ place, doc, score = 0 }) => ({ segment: segments[place], doc, score }));
}

/** What keeps the first documents. */
type FirstDocuments = Pick<FirstInOrder<PlacedDocument>, 'wants' | 'isBehind' | 'offer' | 'take'>;

function firstGroups(
  k: number,
  order: DocumentOrder,
  segments: readonly SegmentReader[],
  { size, groups }: Pick<WantedGroups, 'size' | 'groups'>,
): FirstDocuments {
  const best = new GroupedFirst<PlacedDocument>(k, size, order);
  const groupOf = ({ place, doc }: PlacedDocument): number => groups.of(segments[place], doc);
  return {
    wants: document => best.wants(document, groupOf(document)),
    isBehind: document => best.last !== undefined && order(document, best.last) >= 0,
    offer: document => best.offer(document, groupOf(document)),
    take: () => best.take(),
  };
}
