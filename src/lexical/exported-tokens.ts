import { type DocumentRow, type GivenToken, longestTerm, mostGivenTokens } from '../config/rows.js';
import type { Analyzer } from '../text/analyzer.js';
import { tokensGiven } from './field-tokens.js';
import type { IndexFields } from './index-fields.js';
import type { FieldToken } from './memory-segment.js';

/** What the analysis makes of a document, in the form in which documents bring terms of their own. */
export interface ExportedTokens {
  /** by field: what the document gives already, or the terms of its texts; a field without text is left out */
  readonly tokens: Readonly<Record<string, readonly GivenToken[]>>;
  /** fields of more terms, or longer ones, than a document may give */
  readonly leftOut: readonly string[];
}

export function exportTokens(document: DocumentRow, fields: IndexFields, analyzer: Analyzer): ExportedTokens {
  const found = fields.tokens(document, analyzer);
  const leftOut: string[] = [];
  const tokens = fields.names.flatMap((field, number): [string, readonly GivenToken[]][] => {
    const given = tokensGiven(document, field);
    if (given !== undefined) return [[field, given]];
    if (fields.texts(document, field).length === 0) return [];
    const own = found[number];
    if (own.length <= mostGivenTokens && own.every(({ term }) => term.length <= longestTerm))
      return [[field, shortest(own)]];
    leftOut.push(field);
    return [];
  });
  return { tokens: { ...document.tokens, ...Object.fromEntries(tokens) }, leftOut };
}

/** A token that stands right behind the one before it needs no position. */
function shortest(tokens: readonly FieldToken[]): GivenToken[] {
  let last = -1;
  return tokens.map(({ term, position }) => {
    const follows = position === last + 1;
    last = position;
    return follows ? term : { term, position };
  });
}
