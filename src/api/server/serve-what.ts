import { TandemError } from '../../errors/tandem-error.js';
import { type ServeCollectionsOptions, serveCollections } from './collections/serve-collections.js';
import { serveIndex } from './serve-index.js';

/** Serves an index, or all of a folder. @throws TandemError 'usage/missing-option' | 'usage/bad-value' where it is neither or both, and as serveIndex and serveCollections */
export async function serveWhat(
  { index, root }: { readonly index?: string; readonly root?: string },
  options: Omit<ServeCollectionsOptions, 'root'>,
): ReturnType<typeof serveIndex> {
  if (index !== undefined && root !== undefined)
    throw new TandemError('usage/bad-value', 'root: give index or root, not both', { option: 'root' });
  if (root !== undefined) return serveCollections({ ...options, root });
  if (index === undefined)
    throw new TandemError('usage/missing-option', 'index is missing: give an index, or a root of several', {
      option: 'index',
    });
  return serveIndex({ ...options, index });
}
