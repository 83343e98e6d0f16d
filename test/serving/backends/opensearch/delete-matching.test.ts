import { describe, expect, it } from 'vitest';
import { keptAnswers } from '../../../../serving/backends/opensearch/lookups.js';
import { generationNames, indexNames } from '../../../../serving/backends/opensearch/names.js';
import type { SearchReply } from '../../../../serving/backends/opensearch/reply.js';
import type { SearchBody } from '../../../../serving/backends/opensearch/search-index.js';
import { rowSizes } from '../../../../serving/backends/opensearch/shown-rows.js';
import { clusterWriter } from '../../../../serving/backends/opensearch/writer.js';
import { resolveAttributeWeight } from '../../../../src/config/indexing.js';
import { createChains } from '../../../../src/lexical/analysis-chains.js';
import { indexing } from '../../../search/fixture.js';
import { scriptedCluster } from './scripted-cluster.js';

const given = indexing();
const meta = {
  ...{ format: 1, tandem: '0', created: '', modelId: null, width: null, whole: true, duplicates: 0 },
  indexing: { ...given, fusionWeight: 0, attributeWeight: resolveAttributeWeight(given) },
};
const filter = [{ exists: { field: 'old' } }];

/** A writer over documents that match without end, of which two matched when they were counted. */
function endlessWriter(results: (id: string) => object) {
  let number = 0;
  const search = async ([{ size }]: readonly SearchBody[]): Promise<SearchReply[]> => {
    const hits = Array.from({ length: size as number }, () => ({ _id: `d${number++}`, _score: null, sort: [number] }));
    return [{ took: 0, hits: { total: { value: 2, relation: 'eq' }, hits } }];
  };
  const cluster = scriptedCluster(({ body }) => {
    const deleted = body as readonly { readonly delete: { readonly _id: string } }[];
    return { errors: false, items: deleted.map(({ delete: { _id } }) => ({ delete: results(_id) })) };
  });
  const chains = createChains('en');
  const collection = { documents: 9, averageLengths: new Map(), languages: new Map(), attributes: ['old'] };
  const names = generationNames('shop.generation-1', indexNames('shop'));
  let written = 0;
  const writer = clusterWriter({
    parts: {
      ...{ cluster, names, meta, embedQuery: null, searched: { search }, kept: keptAnswers(1), sizes: rowSizes() },
      statistics: { present: async () => collection, forget: () => {} },
    },
    settings: {
      present: async () => ({
        settings: { dictionary: [], synonyms: [], rules: [] },
        chains,
        rules: { rules: [], matcher: undefined },
        manifest: meta,
        ranker: null,
      }),
      set: async () => '',
      close: async () => {},
    },
    onWritten: () => {
      written++;
    },
  });
  return { writer, written: () => written };
}

const done = { status: 200, _seq_no: 4, _primary_term: 1 };

describe('a deletion by a filter', () => {
  it('deletes no more than was allowed, whatever is written meanwhile', async () => {
    const { writer } = endlessWriter(() => done);
    expect(await writer.deleteMatching(filter, { most: 5 })).toEqual({ matched: 2, deleted: 5, receipt: '1.4' });
  });

  it('counts what was written anew meanwhile as left', async () => {
    const { writer } = endlessWriter(id => (id === 'd1' ? { status: 409, error: {} } : done));
    expect(await writer.deleteMatching(filter, { most: 3 })).toMatchObject({ deleted: 2 });
  });

  it('lets searches see what it did where it fails behind it', async () => {
    const refused = { status: 400, error: { type: 'parsing_exception', reason: 'no' } };
    const { writer, written } = endlessWriter(id => (id === 'd1' ? refused : done));
    await expect(writer.deleteMatching(filter, { most: 3 })).rejects.toMatchObject({ code: 'cluster/refused' });
    expect(written()).toBe(1);
  });
});
