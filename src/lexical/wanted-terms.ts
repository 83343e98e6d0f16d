import type { Analyzer } from '../text/analyzer.js';
import { type ExpandedTerm, expandQuery, type Vocabulary } from '../text/expand-query.js';
import type { SegmentReader } from './segment-reader.js';

/** The vocabulary of an index as it is now. @param segments  all of them */
export function vocabularyOf(segments: readonly SegmentReader[], idf: (df: number) => number): Vocabulary {
  return {
    df: term => segments.reduce((sum, segment) => sum + segment.documentFrequency(term), 0),
    idf,
    near: (term, edits) => new Set(segments.flatMap(segment => segment.fuzzy(term, edits))),
  };
}

/** The terms that a text asks for. @param vocabulary  mends it; absent: just what was typed */
export function wantedTerms(text: string, analyzer: Analyzer, vocabulary?: Vocabulary): ExpandedTerm[] {
  if (vocabulary !== undefined) return expandQuery(text, analyzer, vocabulary);
  return analyzer
    .analyze(text)
    .map(({ term, start, end }) => ({ term, weight: 1, origin: 'typed', from: text.slice(start, end), start, end }));
}

/** How often the query asks for each term. */
export function countWanted(wanted: readonly ExpandedTerm[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { term, weight } of wanted) counts.set(term, (counts.get(term) ?? 0) + weight);
  return counts;
}

/** How the query came to ask for a term, in words; `undefined` where it was typed. */
export function originIn(wanted: readonly ExpandedTerm[]): (term: string) => string | undefined {
  return term => {
    const mended = wanted.filter(each => each.term === term && each.origin !== 'typed');
    if (mended.length === 0) return undefined;
    return mended.map(({ origin, from }) => `${origin} from ${JSON.stringify(from)}`).join(', ');
  };
}
