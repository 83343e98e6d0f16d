import type { ReadyFilter } from '../../columns/ready-filter.js';
import { type BitSet, createBitSet, fullBitSet, intersect, setBit, subtract, unite } from '../../math/bit-set.js';
import type { IndexView } from '../index-view.js';
import { findingTerms } from '../query-terms.js';
import { noMoreDocuments } from '../segment-reader.js';
import { iterate, type Place, placesOf } from './iterate.js';
import type { BoolNode, QueryNode, TermsNode } from './node.js';

/** The documents of one segment that match a query, or a part of it; removed ones may be among them. */
export function matchingIn(view: IndexView, place: Place, node: QueryNode): BitSet {
  switch (node.kind) {
    case 'terms':
      return node.all ? walk(view, place, node) : anyTerm(view, place, node);
    case 'phrase':
      return walk(view, place, node);
    case 'filter':
      return place.segment.columns.matching(node.clause);
    case 'every':
      return fullBitSet(place.segment.documentCount);
    case 'bool':
      return matchingBool(view, place, node);
    case 'unscored':
      return matchingIn(view, place, node.node);
  }
}

/** By place, see placesOf: the documents that match a query and pass a filter; removed ones may be among them. */
export const matchingEverywhere = (view: IndexView, node: QueryNode, filter: ReadyFilter): BitSet[] =>
  placesOf(view).map(place => {
    const { columns, documentCount } = place.segment;
    const documents = fullBitSet(documentCount);
    intersect(documents, matchingIn(view, place, node));
    for (const clause of filter) intersect(documents, columns.matching(clause));
    return documents;
  });

function walk(view: IndexView, place: Place, node: QueryNode): BitSet {
  const bits = createBitSet(place.segment.documentCount);
  addMatches(view, place, node, bits);
  return bits;
}

function addMatches(view: IndexView, place: Place, node: QueryNode, into: BitSet): void {
  const found = iterate(view, place, node, false);
  for (let doc = found.next(); doc !== noMoreDocuments; doc = found.next()) if (found.confirm()) setBit(into, doc);
}

/** Term after term, so that no two of them need be compared. */
function anyTerm(view: IndexView, place: Place, node: TermsNode): BitSet {
  const bits = createBitSet(place.segment.documentCount);
  for (const term of node.terms.slice(0, findingTerms(node.terms)))
    addMatches(view, place, { ...node, terms: [term] }, bits);
  return bits;
}

function matchingBool(view: IndexView, place: Place, node: BoolNode): BitSet {
  const { must, should, mustNot, minimumShould } = node;
  const bits = fullBitSet(place.segment.documentCount);
  for (const each of must) intersect(bits, matchingIn(view, place, each));
  for (const each of mustNot) subtract(bits, matchingIn(view, place, each));
  if (minimumShould > 0) {
    intersect(
      bits,
      atLeast(
        should.map(each => matchingIn(view, place, each)),
        minimumShould,
        place.segment.documentCount,
      ),
    );
  }
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
