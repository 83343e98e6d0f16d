import { remember } from './bounded-memory.js';
import type { Piece } from './fine-parts.js';
import type { TermFilter } from './fold.js';

/** Words whose parts are remembered, and the longest of them in UTF-16 units: a word has two parts for each. */
const rememberedParts = 2 ** 14;
const longestRemembered = 8;

export interface WordPart extends Piece {
  readonly term: string;
}

/** The terms of the pieces of a word, as a filter leaves them. */
export function partFinder(
  filter: TermFilter,
  piecesOf: (word: string) => readonly Piece[],
): (word: string) => readonly WordPart[] {
  const find = (word: string): readonly WordPart[] => {
    const byTerm = new Map<string, WordPart>();
    for (const { from, to } of piecesOf(word)) {
      const term = filter(word.slice(from, to));
      if (term !== '' && !byTerm.has(term)) byTerm.set(term, { term, from, to });
    }
    byTerm.delete(filter(word));
    return [...byTerm.values()];
  };
  const known = remember(find, rememberedParts);
  return word => (word.length <= longestRemembered ? known(word) : find(word));
}
