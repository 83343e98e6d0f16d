import { encodeTerm, sortTerms } from '../../src/lexical/term-bytes.js';
import { TermDictionary } from '../../src/lexical/term-dictionary.js';

/** The dictionary of some terms, and they themselves in its order. */
export function dictionaryOf(terms: Iterable<string>): { sorted: string[]; dictionary: TermDictionary } {
  const sorted = sortTerms(new Set(terms));
  const bytes = sorted.map(encodeTerm);
  let end = 0;
  const ends = Uint32Array.from(bytes, term => {
    end += term.length;
    return end;
  });
  return { sorted, dictionary: new TermDictionary(Uint8Array.from(bytes.flatMap(term => [...term])), ends) };
}
