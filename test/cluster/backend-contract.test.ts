import { afterAll } from 'vitest';
import { buildClusterIndex } from '../../serving/backends/opensearch/build.js';
import { openClusterIndex } from '../../serving/backends/opensearch/open.js';
import { describeSearchBackend } from '../contract/search-backend.js';
import { indexing, letterModel } from '../search/fixture.js';
import { dropIndexes, newIndexName, nodeUrl } from './cluster.js';

const names: string[] = [];
afterAll(() => dropIndexes(names));

describeSearchBackend('of a cluster', async (documents, withModel) => {
  const index = newIndexName();
  names.push(index);
  const at = { urls: [nodeUrl(1)], index };
  const embedder = withModel ? letterModel() : undefined;
  await buildClusterIndex({
    ...at,
    documents,
    embedder,
    indexing: indexing({ fusionWeight: 0.3 }),
    shards: 2,
    replicas: 0,
  });
  return openClusterIndex({ ...at, embedder });
});
