import { TandemError } from '../../errors/tandem-error.js';
import type { Analyzer } from '../../text/analyzer.js';
import type { IndexView } from '../index-view.js';
import { bounds } from './bounds.js';
import type { LeafTerm } from './node.js';

/** What the compilation of one query knows. */
export interface Compilation {
  readonly view: IndexView;
  readonly analyzer: Analyzer;
  /** terms that the query itself names, so far */
  written: number;
  /** postings that the terms of its bags may still have beside those of the heaviest ones */
  postings: number;
  /** the terms that its prefixes and fuzzy words stand for, by leaf; cut when all are known */
  readonly expanded: LeafTerm[][];
}

/** Of the terms of a bag, heaviest first, those that the query may look up; see bounds. */
export function affordable<T extends { readonly df: number }>(state: Compilation, terms: readonly T[]): readonly T[] {
  for (const [place, { df }] of terms.entries()) {
    if (state.written + place < bounds.heaviest) continue;
    state.postings -= df;
    if (state.postings < 0) return terms.slice(0, place);
  }
  return terms;
}

/** Numbers of the fields that a leaf looks in; undefined = all. A name that is not indexed has no terms. */
export function fieldsOf(
  { view }: Compilation,
  { fields }: { readonly fields?: readonly string[] },
): number[] | undefined {
  const { searched } = view;
  if (fields === undefined && searched === undefined) return undefined;
  const names = view.fields;
  const numbers = names.flatMap((name, field) => {
    const wanted = fields === undefined || fields.includes(name);
    return wanted && (searched === undefined || searched.has(field)) ? [field] : [];
  });
  return numbers.length === names.length ? undefined : numbers;
}

/** @throws TandemError 'request/invalid' where the query names too many */
export function countWritten(state: Compilation, terms: number): void {
  state.written += terms;
  if (state.written > bounds.terms)
    throw new TandemError('request/invalid', `query: at most ${bounds.terms} terms in all its clauses`);
}
