import { type BackendChoice, clusterPlace, type OpenBackend } from './cluster-place.js';
import { withSearch } from './open-search.js';

/** Opens an index, uses it and closes it, whatever happens. @throws TandemError 'index/*' | 'model/*' | 'cluster/*', and what `use` throws */
export async function withBackend<T>(
  index: string,
  choice: BackendChoice,
  use: (search: OpenBackend) => Promise<T>,
): Promise<T> {
  const place = clusterPlace(index, choice);
  if (place === undefined) return withSearch(index, use);
  const { openClusterSearch } = await import('./open-cluster.js');
  const search = await openClusterSearch(place);
  try {
    return await use(search);
  } finally {
    await search.close();
  }
}
