import { bounds } from '../lexical/tree/bounds.js';
import type { Query } from '../query/query.js';
import type { Analyzer } from '../text/analyzer.js';

/** A query that keeps the bounds of the token side, and what had to give way, in words for who typed it. */
export interface SoftenedQuery {
  readonly query: Query;
  readonly warnings: readonly string[];
}

/**
 * What a person typed is answered as far as it goes, where a tree that a program made would be refused: the first prefixes and fuzzy words stay such, those
 * beyond the bound are words as they stand; and so are the words of phrases beyond the bound of terms.
 */
export function softenQuery(query: Query, analyzer: Analyzer): SoftenedQuery {
  let [expanded, terms] = [0, 0];
  let [plainWords, plainPhrases] = [0, 0];
  const wordsIn = (text: string): number => analyzer.analyze(text).length;

  const soften = (clause: Query): Query => {
    if ('bool' in clause) {
      const { must, should, mustNot, ...rest } = clause.bool;
      const each = (clauses: readonly Query[]): Query[] => clauses.map(soften);
      return {
        bool: {
          ...(must && { must: each(must) }),
          ...(should && { should: each(should) }),
          ...(mustNot && { mustNot: each(mustNot) }),
          ...rest,
        },
      };
    }
    if ('phrase' in clause) {
      const count = wordsIn(clause.phrase.text);
      terms += count;
      if (terms <= bounds.terms) return clause;
      terms -= count;
      plainPhrases++;
      const { slop: _, ...leaf } = clause.phrase;
      return { bag: leaf };
    }
    if (!('fuzzy' in clause) && !('prefix' in clause)) return clause;
    const { edits: _, ...leaf } = { edits: undefined, ...('fuzzy' in clause ? clause.fuzzy : clause.prefix) };
    const count = 'fuzzy' in clause ? wordsIn(leaf.text) : 1;
    expanded += count;
    if (expanded <= bounds.expanded) return clause;
    expanded -= count;
    plainWords += count;
    return { bag: leaf };
  };

  const softened = soften(query);
  const warnings: string[] = [];
  if (plainWords > 0)
    warnings.push(
      `text: at most ${bounds.expanded} prefixes and fuzzy words; ${counted(plainWords, 'other')} taken as plain words`,
    );
  if (plainPhrases > 0)
    warnings.push(
      `text: at most ${bounds.terms} words in phrases; ${counted(plainPhrases, 'phrase')} taken as plain words`,
    );
  return { query: warnings.length === 0 ? query : softened, warnings };
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
