import { TandemError } from '../errors/tandem-error.js';
import type { StoreChange } from './encode-change.js';

export const widthMismatch = (width: number, known: number | null): TandemError =>
  new TandemError('index/model-mismatch', `embeddings of width ${width} meet a store of width ${known ?? 'none'}`);

/** D of a generation with these changes. @throws TandemError 'index/model-mismatch' */
export function widthOf(changes: readonly StoreChange[], known: number | null): number | null {
  let width = known;
  for (const change of changes) {
    if ('delete' in change || change.embedding === undefined) continue;
    width ??= change.embedding.length;
    if (change.embedding.length !== width) throw widthMismatch(change.embedding.length, width);
  }
  return width;
}
