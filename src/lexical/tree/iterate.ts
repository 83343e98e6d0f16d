import { fullBitSet } from '../../math/bit-set.js';
import type { IndexView } from '../index-view.js';
import type { MemorySegment } from '../memory-segment.js';
import { findingTerms, type TermPlaces } from '../query-terms.js';
import type { PostingIterator } from '../segment-reader.js';
import { StoredSegment } from '../stored-segment.js';
import { BitsIterator } from './bits-iterator.js';
import { Bonus, Exclusion, Unscored } from './bool-iterator.js';
import { Conjunction } from './conjunction.js';
import { Disjunction, windowFor } from './disjunction.js';
import { type MatchIterator, nothing } from './iterator.js';
import type { BoolNode, LeafTerm, PhraseNode, PhraseTerm, QueryNode, TermsNode } from './node.js';
import { PhraseIterator } from './phrase-iterator.js';
import { TermIterator } from './term-iterator.js';
import { UnionPostings } from './union-postings.js';

/** One of the segments of a view. */
export interface Place {
  readonly segment: StoredSegment | MemorySegment;
  /** its number among the immutable ones; -1 = the one in memory */
  readonly number: number;
}

/** The segments of an index, the one in memory last. */
export const placesOf = ({ stored, memory }: IndexView): Place[] => [
  ...stored.map((segment, number) => ({ segment, number })),
  ...(memory.liveCount > 0 ? [{ segment: memory, number: -1 }] : []),
];

export const placeOf = ({ stored }: IndexView, segment: Place['segment']): Place => ({
  segment,
  number: segment instanceof StoredSegment ? stored.indexOf(segment) : -1,
});

/** The postings of a term in a segment, and an upper bound of how many; undefined where it has none. */
export function openPostings(
  { segment, number }: Place,
  { term, ordinals, df }: TermPlaces & { readonly term: string },
): { readonly postings: PostingIterator; readonly cost: number } | undefined {
  if (number >= 0 && ordinals[number] < 0) return undefined;
  const postings = segment.postings(term);
  return postings && { postings, cost: Math.min(df, segment.documentCount) };
}

/** The postings of a word of a phrase, in all its forms. */
export function openPhraseTerm(place: Place, term: PhraseTerm): ReturnType<typeof openPostings> {
  if (term.others === undefined) return openPostings(place, term);
  const opened = [term, ...term.others].flatMap(form => openPostings(place, form) ?? []);
  if (opened.length < 2) return opened[0];
  const cost = opened.reduce((sum, each) => sum + each.cost, 0);
  return { postings: new UnionPostings(opened.map(({ postings }) => postings)), cost };
}

/** What walks over the documents of one segment that match a part of a query. @param scored  whether their scores will be asked for */
export function iterate(view: IndexView, place: Place, node: QueryNode, scored: boolean): MatchIterator {
  switch (node.kind) {
    case 'terms':
      return iterateTerms(view, place, node, scored);
    case 'phrase':
      return iteratePhrase(view, place, node);
    case 'filter':
      return new BitsIterator(place.segment.columns.matching(node.clause));
    case 'every':
      return new BitsIterator(fullBitSet(place.segment.documentCount), node.score);
    case 'bool':
      return iterateBool(view, place, node, scored);
    case 'unscored':
      return new Unscored(iterate(view, place, node.node, false));
  }
}

function iterateTerms({ weighting, fields }: IndexView, place: Place, node: TermsNode, scored: boolean): MatchIterator {
  const searched = node.fields ?? fields.map((_, field) => field);
  const everywhere = node.fields === undefined;
  const open = (terms: readonly LeafTerm[]): TermIterator[] =>
    terms.flatMap(term => {
      const opened = openPostings(place, term);
      if (opened === undefined) return [];
      const { postings, cost } = opened;
      return [new TermIterator(place.segment, postings, weighting, term.weight, cost, searched, everywhere)];
    });
  const finding = findingTerms(node.terms);
  const found = open(node.terms.slice(0, finding));
  if (found.length === 0 || (node.all && found.length < finding)) return nothing;
  const all = found.length === 1 ? found[0] : node.all ? new Conjunction(found) : anyOf(place, found, 1, scored);
  // one after another, as everywhere: the last bits of a sum depend on its order
  return scored
    ? open(node.terms.slice(finding)).reduce<MatchIterator>((base, term) => new Bonus(base, term), all)
    : all;
}

function anyOf({ segment }: Place, parts: readonly MatchIterator[], minimum: number, scored: boolean): Disjunction {
  const postings = parts.reduce((sum, { cost }) => sum + cost, 0);
  return new Disjunction(parts, minimum, scored, windowFor(postings, segment.documentCount));
}

function iteratePhrase({ weighting }: IndexView, place: Place, node: PhraseNode): MatchIterator {
  const opened = node.terms.flatMap(term => openPhraseTerm(place, term) ?? []);
  if (opened.length < node.terms.length) return nothing;
  return new PhraseIterator(
    place.segment,
    opened.map(({ postings }) => postings),
    opened.map(({ cost }) => cost),
    weighting,
    node,
  );
}

function iterateBool(view: IndexView, place: Place, node: BoolNode, scored: boolean): MatchIterator {
  const { must, should, mustNot, minimumShould } = node;
  if (minimumShould > should.length) return nothing;
  const all = (nodes: readonly QueryNode[], counted: boolean): MatchIterator[] =>
    nodes.map(each => iterate(view, place, each, counted));
  const required = all(must, scored);
  const choices = all(should, scored);
  if (minimumShould > 0) required.push(anyOf(place, choices, minimumShould, scored));
  if (required.length === 0) required.push(new BitsIterator(fullBitSet(place.segment.documentCount)));
  let found: MatchIterator = required.length === 1 ? required[0] : new Conjunction(required);
  if (mustNot.length > 0) found = new Exclusion(found, all(mustNot, false));
  const bonus = scored && minimumShould === 0 && choices.length > 0;
  return bonus ? new Bonus(found, anyOf(place, choices, 1, true)) : found;
}
