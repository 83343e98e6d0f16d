import { afterAll, describe, expect, it } from 'vitest';
import { buildClusterIndex } from '../../serving/backends/opensearch/build.js';
import { openCluster } from '../../serving/backends/opensearch/cluster.js';
import { generationNames, indexNames } from '../../serving/backends/opensearch/names.js';
import { openClusterIndex, openGeneration } from '../../serving/backends/opensearch/open.js';
import { indexing } from '../search/fixture.js';
import { dropIndexes, newIndexName, nodeUrl } from './cluster.js';

const urls = [nodeUrl(1)];
const index = newIndexName();
afterAll(() => dropIndexes([index]));

describe('another dictionary', () => {
  it('is also that of an index that is made anew: words that people set outlive its generations', async () => {
    const again = newIndexName();
    const build = () =>
      buildClusterIndex({
        ...{ urls, index: again, indexing: indexing(), replicas: 0, replace: true },
        documents: [{ id: 'a', title: '.NET book' }],
      });
    await build();
    const opened = await openClusterIndex({ urls, index: again });
    await opened.setDictionary([{ text: '.NET', term: 'platform' }]);
    await build();
    const anew = await openClusterIndex({ urls, index: again });
    expect((await anew.search({ text: '.NET', mode: 'token' })).hits).toHaveLength(1);
    await Promise.all([opened.close(), anew.close(), dropIndexes([again])]);
  });

  it('also reaches a document that another server writes meanwhile', async () => {
    const documents = ['a', 'b'].map(id => ({ id, title: `.NET book ${id}` }));
    await buildClusterIndex({ urls, index, documents, indexing: indexing(), replicas: 0 });
    const other = await openClusterIndex({ urls, index });
    const cluster = openCluster({ urls });
    let bulks = 0;
    const overtaken: typeof cluster = {
      ...cluster,
      askLines: async (path, ...given) => {
        if (path.endsWith('_bulk') && bulks++ === 0) await other.write([{ patch: { id: 'a', price: 7 } }]);
        return cluster.askLines(path, ...given);
      },
    };
    const own = openGeneration(overtaken, generationNames(other.generation, indexNames(index)), other.meta, {});
    expect(await own.setDictionary([{ text: '.NET', term: 'platform' }])).toMatchObject({ documents: 2 });
    const { hits } = await own.search({ tokens: ['platform'], mode: 'token' });
    expect(hits.map(({ document }) => document)).toEqual(
      expect.arrayContaining([expect.objectContaining({ id: 'a', price: 7 }), expect.objectContaining({ id: 'b' })]),
    );
    await own.close();
    await other.close();
  });
});
