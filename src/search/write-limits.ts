import type { TokenIndex } from '../lexical/token-index.js';
import type { Filter } from '../query/filter.js';
import type { WriteLimits } from './patch-documents.js';

/** What a filter lets a writer see and make, of an index as it is now: nothing may be written between this and the changes. */
export function writeLimits(tokens: Pick<TokenIndex, 'prepare' | 'has' | 'passes'>, filter: Filter): WriteLimits {
  const seen = tokens.prepare({ text: '', filter }).eligible();
  return {
    isForeign: id => tokens.has(id) && !(seen?.has(id) ?? true),
    holds: document => tokens.passes(document, filter),
  };
}
