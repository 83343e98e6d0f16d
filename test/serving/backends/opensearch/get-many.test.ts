import { describe, expect, it } from 'vitest';
import { readDocuments } from '../../../../serving/backends/opensearch/found-documents.js';
import { generationNames, indexNames } from '../../../../serving/backends/opensearch/names.js';
import { settingsSource } from '../../../../serving/backends/opensearch/settings.js';
import { resolveAttributeWeight } from '../../../../src/config/indexing.js';
import { indexing } from '../../../search/fixture.js';
import { scriptedCluster } from './scripted-cluster.js';

const shard = { type: 'no_shard_available_action_exception', reason: 'No shard available' };
const nowhere = { type: 'index_not_found_exception', reason: 'no such index [shop]' };
const place = { _seq_no: 1, _primary_term: 1 };
const there = { ...place, _id: 'a', found: true, _source: { row: '{"id":"a","title":"hose"}' } };

describe('documents by their ids', () => {
  const read = (...docs: readonly object[]) =>
    readDocuments(
      scriptedCluster(() => ({ docs })),
      'shop',
      ['a', 'b'],
    );

  it('are those that are there', async () => {
    const found = await read(there, { _id: 'b', found: false });
    expect([...found.keys()]).toEqual(['a']);
    expect(found.get('a')).toMatchObject({ row: { title: 'hose' }, version: { if_seq_no: 1, if_primary_term: 1 } });
  });

  it('are not taken for absent where a shard did not answer, or the index is gone', async () => {
    await expect(read(there, { _id: 'b', error: shard })).rejects.toMatchObject({ code: 'cluster/incomplete' });
    await expect(read({ _id: 'a', error: nowhere })).rejects.toMatchObject({ code: 'index/not-found' });
  });
});

describe('settings of an index', () => {
  const given = indexing({ synonyms: ['hose, pipe'] });
  const meta = {
    created: '2026-01-01T00:00:00.000Z',
    indexing: { ...given, fusionWeight: 0, attributeWeight: resolveAttributeWeight(given) },
  };
  const names = generationNames('shop.generation-1', indexNames('shop'));
  const source = (...docs: readonly object[]) =>
    settingsSource({
      ...{ cluster: scriptedCluster(() => ({ docs })), names, meta, embedQuery: null, keptMs: 1_000 },
    });

  it('are what was set, and those of the configuration where nothing was', async () => {
    const set = { ...place, _id: 'synonyms', found: true, _version: 2, _source: { value: '["lamp, light"]' } };
    expect((await source(set).present()).settings.synonyms).toEqual(['lamp, light']);
    expect((await source({ _id: 'synonyms', found: false }).present()).settings.synonyms).toEqual(['hose, pipe']);
    expect((await source({ _id: 'synonyms', error: nowhere }).present()).settings.synonyms).toEqual(['hose, pipe']);
  });

  it('are not taken for unset where a shard did not answer', async () => {
    await expect(source({ _id: 'synonyms', error: shard }).present()).rejects.toMatchObject({
      code: 'cluster/incomplete',
    });
  });
});
