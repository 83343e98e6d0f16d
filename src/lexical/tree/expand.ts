import type { PrefixForms } from '../../text/prefix-forms.js';
import type { IndexView } from '../index-view.js';
import { findTerm, type TermPlaces } from '../query-terms.js';
import type { SegmentReader } from '../segment-reader.js';
import { bounds } from './bounds.js';
import type { LeafTerm } from './node.js';
import { prefixTermsOf } from './prefix-terms.js';

interface Expansion extends TermPlaces {
  readonly term: string;
  /** edits away from the word; 0 for the terms of a prefix */
  readonly edits: number;
}

/**
 * The terms that a prefix stands for: the most frequent ones, most frequent first, ties in code-unit order.
 */
export function expandPrefix(view: IndexView, forms: PrefixForms, boost: number): LeafTerm[] {
  const found: Expansion[] = [];
  for (const each of prefixTermsOf(view.stored, view.memory, forms.prefix)) {
    found.push({ edits: 0, ...each });
    if (found.length === bounds.prefixTerms) break;
  }
  for (const term of forms.stems) {
    const places = findTerm(view.stored, view.memory, term);
    if (places.df > 0) found.push({ term, edits: 0, ...places });
  }
  return weighExpansions(view, found, boost);
}

/** Edits that are forgiven in a word by the length of its term. */
export function usualEdits(term: string): 0 | 1 | 2 {
  const length = Array.from(term).length;
  return length < 3 ? 0 : length < 6 ? 1 : 2;
}

/** The terms that a misspelled one may stand for: the nearest first, then the most frequent, ties in code-unit order. */
export function expandFuzzy(view: IndexView, term: string, edits: 0 | 1 | 2, boost: number): LeafTerm[] {
  const segments: SegmentReader[] = [...view.stored, view.memory];
  const found = new Map<string, Expansion>();
  for (let distance = 0; distance <= edits; distance++) {
    const terms = distance === 0 ? [term] : segments.flatMap(segment => [...segment.fuzzy(term, distance)]);
    for (const each of terms) {
      if (found.has(each)) continue;
      const places = findTerm(view.stored, view.memory, each);
      if (places.df > 0) found.set(each, { term: each, edits: distance, ...places });
    }
  }
  return weighExpansions(view, [...found.values()], boost);
}

/** All of them get the idf of the most frequent one: otherwise the rarest, an odd word or an error of spelling, would count the most. */
function weighExpansions({ weighting }: IndexView, found: Expansion[], boost: number): LeafTerm[] {
  found.sort((a, b) => a.edits - b.edits || b.df - a.df || (a.term < b.term ? -1 : 1));
  const kept = found.slice(0, bounds.expansions);
  const idf = weighting.idf(kept.reduce((most, { df }) => Math.max(most, df), 0));
  return kept.map(({ term, edits, df, ordinals }) => {
    const share = 1 / (1 + edits);
    return { term, repeats: 1, df, idf, share, weight: idf * share * boost, ordinals };
  });
}
