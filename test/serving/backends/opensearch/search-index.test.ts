import { describe, expect, it } from 'vitest';
import { searchedAlias } from '../../../../serving/backends/opensearch/search-index.js';
import { scriptedCluster } from './scripted-cluster.js';

const answer = { took: 1, hits: { hits: [] } };
const gone = {
  status: 500,
  error: {
    type: 'search_phase_execution_exception',
    reason: 'Partial shards failure',
    root_cause: [{ type: 'node_disconnected_exception', reason: '[n2] disconnected' }],
  },
};
const full = { status: 429, error: { type: 'circuit_breaking_exception', reason: 'Data too large' } };
const wrong = { status: 400, error: { type: 'parsing_exception', reason: 'unknown query' } };

function asking(...replies: readonly object[]) {
  let asked = 0;
  const cluster = scriptedCluster(() => ({ responses: [replies[Math.min(asked++, replies.length - 1)]] }));
  return { search: () => searchedAlias(cluster, 'shop').search([{ size: 0 }]), asked: () => asked };
}

describe('a search of a cluster', () => {
  it('is asked again where a node went in the midst of it, or was full', async () => {
    const { search, asked } = asking(gone, full, answer);
    expect(await search()).toEqual([answer]);
    expect(asked()).toBe(3);
  });

  it('fails where that lasts, and at once where it is wrong', async () => {
    const lasting = asking(gone);
    await expect(lasting.search()).rejects.toMatchObject({ code: 'cluster/incomplete' });
    expect(lasting.asked()).toBe(3);
    const refused = asking(wrong);
    await expect(refused.search()).rejects.toMatchObject({ code: 'cluster/refused' });
    expect(refused.asked()).toBe(1);
  });
});
