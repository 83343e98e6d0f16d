import { afterAll, describe, expect, it } from 'vitest';
import { buildClusterIndex } from '../../serving/backends/opensearch/build.js';
import { openClusterIndex } from '../../serving/backends/opensearch/open.js';
import { lastJson, runTandem } from '../cli/run-tandem.js';
import { indexing, letterModel, makeDocuments } from '../search/fixture.js';
import { dropIndexes, newIndexName, nodeUrl } from './cluster.js';

const urls = [nodeUrl(1)];
const there = ['--backend', 'opensearch', '--url', urls[0]];
const names: string[] = [];
const repository = newIndexName();
const snapshots: string[] = [];
const api = (method: string, path: string) => fetch(`${urls[0]}/${path}`, { method });
afterAll(async () => {
  for (const snapshot of snapshots) await api('DELETE', `_snapshot/${repository}/${snapshot}`);
  await api('DELETE', `_snapshot/${repository}`);
  await dropIndexes(names);
});
const index = newIndexName();
const again = `${index}-again`;
names.push(index, again);
const embedder = letterModel();
const tandem = (...words: readonly string[]) => runTandem([...words, ...there, '--repository', repository, '--json']);
const of = (response: { readonly hits: readonly { readonly id: string; readonly score: number }[] }) =>
  response.hits.map(({ id, score }) => [id, score]);

describe('snapshots of an index of a cluster', () => {
  it('hold its documents and its settings of one moment, and are an index of another name', async () => {
    await buildClusterIndex({
      ...{ urls, index, documents: makeDocuments(60), embedder, indexing: indexing(), shards: 2, replicas: 0 },
    });
    const own = await openClusterIndex({ urls, index, embedder });
    await own.setSynonyms(['hammer, mallet']);
    const missing = await tandem('snapshot', '--index', index, '--out', 'monday');
    expect(missing.error).toContain('--location is missing');
    const location = ['--location', `${repository}`];
    snapshots.push('monday');
    const taken = await tandem('snapshot', '--index', index, '--out', 'monday', ...location);
    expect(lastJson(taken)).toMatchObject({ snapshot: 'monday', index, generation: 1, repository });
    expect((await tandem('snapshot', '--index', index, '--out', 'monday')).error).toContain('files/exists');
    const before = of(await own.search({ text: 'mallet red', k: 20 }));
    await own.write([{ delete: before[0][0] as string }]);
    await own.setSynonyms([]);
    expect((await tandem('restore', '--snapshot', 'monday', '--out', index)).error).toContain('files/exists');
    expect((await tandem('restore', '--snapshot', 'tuesday', '--out', again)).error).toContain('index/not-found');
    // what a restoration leaves that was ended
    await api('PUT', `${again}.settings`);
    expect(lastJson(await tandem('restore', '--snapshot', 'monday', '--out', again))).toMatchObject({ generation: 1 });
    const back = await openClusterIndex({ urls, index: again, embedder });
    expect(await back.count()).toBe(60);
    expect(await back.synonyms()).toEqual(['hammer, mallet']);
    expect(of(await back.search({ text: 'mallet red', k: 20 }))).toEqual(before);
    await back.write([{ put: { id: 'new', title: 'violet umbrella' } }]);
    expect((await back.search({ text: 'umbrella', mode: 'token' })).hits).toHaveLength(1);
    expect(await own.count()).toBe(59);
    await Promise.all([own.close(), back.close()]);
  });

  it('are none of a folder that the nodes do not share', async () => {
    const other = `${repository}-other`;
    const words = ['snapshot', '--index', index, '--out', 'monday', '--repository', other, '--location', '/nowhere'];
    const { error } = await runTandem([...words, ...there]);
    expect(error).toContain('cluster/refused');
    expect(error).toContain('path.repo');
  });
});
