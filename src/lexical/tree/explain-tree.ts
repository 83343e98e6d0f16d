import { termScore } from '../bm25.js';
import {
  type Explanation,
  explainFactors,
  explainFrequency,
  explainSum,
  explainTerm,
  explainValue,
} from '../explain.js';
import type { IndexView } from '../index-view.js';
import { type Factor, factorAt, multiplyIn } from './functions.js';
import { iterate, openPhraseTerm, openPostings, type Place } from './iterate.js';
import { matchesAt } from './iterator.js';
import type { BoolNode, PhraseNode, QueryNode, TermsNode } from './node.js';
import { phraseMatches } from './phrase-iterator.js';

/** Why a document has its score; value 0 without details where the query does not match it. */
export function explainTree(
  view: IndexView,
  place: Place,
  node: QueryNode | undefined,
  factors: readonly Factor[],
  doc: number,
): Explanation {
  const found = node && explainNode(view, place, node, doc);
  if (found === undefined) return explainValue(0, 'the document does not match');
  return factors.length === 0 ? found : explainFunctions(place, found, factors, doc);
}

/** @returns undefined where the document does not match */
function explainNode(view: IndexView, place: Place, node: QueryNode, doc: number): Explanation | undefined {
  if (!matchesAt(iterate(view, place, node, false), doc)) return undefined;
  switch (node.kind) {
    case 'terms':
      return explainTerms(view, place, node, doc);
    case 'phrase':
      return explainPhrase(view, place, node, doc);
    case 'filter':
      return explainValue(0, `condition ${JSON.stringify(node.clause)}`);
    case 'every':
      return explainValue(node.score, 'every document, 1 * boost');
    case 'bool':
      return explainBool(view, place, node, doc);
    case 'unscored':
      return explainValue(0, 'what the query demands');
  }
}

function explainTerms(view: IndexView, place: Place, node: TermsNode, doc: number): Explanation {
  const { weighting, fields: names } = view;
  const fields = node.fields ?? names.map((_, field) => field);
  const details = node.terms.flatMap(term => {
    const postings = openPostings(place, term)?.postings;
    if (postings === undefined || postings.advance(doc) !== doc) return [];
    if (fields.every(field => postings.frequency(field) === 0)) return [];
    const factors = { '1 / (1 + edits)': term.share, boost: node.boost };
    return [explainTerm(place.segment, weighting, term, postings, names, fields, factors, term.origin)];
  });
  return explainSum('sum of the terms', details);
}

function explainPhrase(view: IndexView, place: Place, node: PhraseNode, doc: number): Explanation {
  const { weighting, fields: names } = view;
  const postings = node.terms.flatMap(term => openPhraseTerm(place, term)?.postings ?? []);
  for (const each of postings) each.advance(doc);
  const frequency = explainFrequency(place.segment, weighting, doc, names, node.fields, 'matches', field =>
    phraseMatches(node, postings, field),
  );
  const scaled = explainFactors({ boost: node.boost });
  const text = JSON.stringify(node.words.map(({ term }) => node.terms[term].term).join(' '));
  const extra = scaled.length === 0 ? '' : ' * boost';
  return {
    value: termScore(weighting.k1, node.weight, frequency.value),
    description: `phrase ${text}${node.origin === undefined ? '' : ` (${node.origin})`}, slop ${node.slop}, idf${extra} * frequency / (k1 + frequency)`,
    details: [
      explainValue(node.idf, 'sum of the idf of the words'),
      explainValue(weighting.k1, 'k1'),
      frequency,
      ...scaled,
    ],
  };
}

function explainBool(view: IndexView, place: Place, { must, should }: BoolNode, doc: number): Explanation {
  const explainAll = (nodes: readonly QueryNode[]): Explanation[] =>
    nodes.flatMap(node => explainNode(view, place, node, doc) ?? []);
  const chosen = explainAll(should);
  const choices = chosen.length === 0 ? [] : [explainSum('sum of the should clauses that match', chosen)];
  return explainSum('sum of the clauses', [...explainAll(must), ...choices]);
}

function explainFunctions(
  { segment }: Place,
  score: Explanation,
  factors: readonly Factor[],
  doc: number,
): Explanation {
  const columns = segment.columns;
  const details = factors.map((factor): Explanation => {
    const numbers = columns.numbers(factor.field);
    const parts = [
      explainValue(factor.weight, 'weight'),
      explainValue(factor.value(numbers, doc), `f, ${factor.description}`),
    ];
    return { value: factorAt(factor, numbers, doc), description: '1 + weight * f', details: parts };
  });
  return {
    value: multiplyIn(factors, columns)(score.value, doc),
    description: 'score times the functions, in order',
    details: [score, ...details],
  };
}
