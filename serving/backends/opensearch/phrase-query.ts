import type { Json } from './cluster.js';
import { gap, writtenTerm } from './names.js';

/** A word of a phrase: any of some terms, so many positions behind the first word. */
export interface PhrasePlace {
  readonly terms: readonly string[];
  readonly offset: number;
}

/** Words at their distances in a field, as the analysis of the field reads them. @param field  as the mapping calls it */
export function phraseQuery(field: string, places: readonly PhrasePlace[], slop: number, boost?: number): Json {
  const words: string[] = [];
  for (const { terms, offset } of [...places].sort((a, b) => a.offset - b.offset)) {
    const written = terms.map(writtenTerm).join('|');
    if (words.length > offset) words[offset] += `|${written}`;
    else {
      while (words.length < offset) words.push(gap);
      words.push(written);
    }
  }
  return { match_phrase: { [`t.${field}`]: { query: words.join(' '), slop, ...(boost !== undefined && { boost }) } } };
}
