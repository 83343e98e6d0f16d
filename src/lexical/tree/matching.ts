import type { ReadyFilter } from '../../columns/ready-filter.js';
import { type BitSet, createBitSet, fullBitSet, intersect, setBit, subtract, unite } from '../../math/bit-set.js';
import type { IndexView } from '../index-view.js';
import { findingTerms } from '../query-terms.js';
import { noMoreDocuments } from '../segment-reader.js';
import { iterate, type Place, placesOf } from './iterate.js';
import type { BoolNode, QueryNode, TermsNode } from './node.js';
import { walkMeter } from './work.js';

/**
 * The documents of one segment that match a query, or a part of it; removed ones may be among them.
 * @yields units of work (src/search/turns.ts)
 */
export function* matchingIn(view: IndexView, place: Place, node: QueryNode): Generator<number, BitSet> {
  switch (node.kind) {
    case 'terms':
      return node.all ? yield* walk(view, place, node) : yield* anyTerm(view, place, node);
    case 'phrase':
      return yield* walk(view, place, node);
    case 'filter':
      return place.segment.columns.matching(node.clause);
    case 'every':
      return fullBitSet(place.segment.documentCount);
    case 'bool':
      return yield* matchingBool(view, place, node);
    case 'unscored':
      return yield* matchingIn(view, place, node.node);
  }
}

/**
 * By place, see placesOf: the documents that match a query and pass a filter; removed ones may be among them.
 * @yields units of work
 */
export function* matchingEverywhere(
  view: IndexView,
  node: QueryNode,
  filter: ReadyFilter,
): Generator<number, BitSet[]> {
  const all: BitSet[] = [];
  for (const place of placesOf(view)) {
    const { columns, documentCount } = place.segment;
    const documents = fullBitSet(documentCount);
    intersect(documents, yield* matchingIn(view, place, node));
    for (const clause of filter) {
      intersect(documents, columns.matching(clause));
      yield setWork(documentCount);
    }
    all.push(documents);
  }
  return all;
}

/** Units of work that a condition takes, about. */
const setWork = (documents: number): number => 64 + documents / 32;

function* walk(view: IndexView, place: Place, node: QueryNode): Generator<number, BitSet> {
  const bits = createBitSet(place.segment.documentCount);
  yield* addMatches(view, place, node, bits);
  return bits;
}

function* addMatches(view: IndexView, place: Place, node: QueryNode, into: BitSet): Generator<number, void> {
  const found = iterate(view, place, node, false);
  const meter = walkMeter(node, place);
  for (let doc = found.next(); doc !== noMoreDocuments; doc = found.next()) {
    if (doc >= meter.next) yield meter.pass(doc);
    if (found.confirm()) setBit(into, doc);
  }
}

/** Term after term, so that no two of them need be compared. */
function* anyTerm(view: IndexView, place: Place, node: TermsNode): Generator<number, BitSet> {
  const bits = createBitSet(place.segment.documentCount);
  for (const term of node.terms.slice(0, findingTerms(node.terms)))
    yield* addMatches(view, place, { ...node, terms: [term] }, bits);
  return bits;
}

function* matchingBool(view: IndexView, place: Place, node: BoolNode): Generator<number, BitSet> {
  const { must, should, mustNot, minimumShould } = node;
  const bits = fullBitSet(place.segment.documentCount);
  const within = function* (nodes: readonly QueryNode[]): Generator<number, BitSet[]> {
    const sets: BitSet[] = [];
    for (const each of nodes) {
      sets.push(yield* matchingIn(view, place, each));
      yield setWork(place.segment.documentCount);
    }
    return sets;
  };
  for (const set of yield* within(must)) intersect(bits, set);
  for (const set of yield* within(mustNot)) subtract(bits, set);
  if (minimumShould > 0) intersect(bits, atLeast(yield* within(should), minimumShould, place.segment.documentCount));
  return bits;
}

/** Documents in at least so many of some sets. */
function atLeast(sets: readonly BitSet[], minimum: number, documents: number): BitSet {
  const bits = createBitSet(documents);
  if (minimum === 1) {
    for (const set of sets) unite(bits, set);
    return bits;
  }
  const counts = new Uint32Array(documents);
  for (const set of sets) {
    set.forEach((word, at) => {
      for (let rest = word; rest !== 0; rest &= rest - 1) {
        const doc = at * 32 + 31 - Math.clz32(rest & -rest);
        if (++counts[doc] === minimum) setBit(bits, doc);
      }
    });
  }
  return bits;
}
