import { describe, expect, it } from 'vitest';
import { openCluster } from '../../../../serving/backends/opensearch/cluster.js';
import { clusterError, reasonError } from '../../../../serving/backends/opensearch/cluster-error.js';
import { followClusterIndex } from '../../../../serving/backends/opensearch/follow.js';
import { openClusterIndex } from '../../../../serving/backends/opensearch/open.js';
import { TandemError } from '../../../../src/errors/tandem-error.js';

const codeOf = async (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'no error',
    error => (error instanceof TandemError ? error.code : String(error)),
  );

/** Nothing listens there. */
const nowhere = { urls: ['http://127.0.0.1:1'], index: 'shop', timeoutMs: 2_000 };

describe('what goes wrong in a cluster', () => {
  it.each([
    [404, { type: 'index_not_found_exception', reason: 'no such index [shop]' }, 'index/not-found'],
    [429, { type: 'rejected_execution_exception', reason: 'rejected execution' }, 'server/overloaded'],
    [
      429,
      {
        type: 'cluster_block_exception',
        reason: 'index [shop] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark]',
      },
      'cluster/disk-full',
    ],
    [503, { type: 'search_phase_execution_exception', reason: 'all shards failed' }, 'cluster/incomplete'],
    [500, { type: 'search_phase_execution_exception', reason: 'Partial shards failure' }, 'cluster/incomplete'],
    [
      400,
      {
        type: 'search_phase_execution_exception',
        reason: 'all shards failed',
        root_cause: [{ type: 'too_many_nested_clauses', reason: 'Query contains too many nested clauses' }],
      },
      'cluster/refused',
    ],
    [400, { type: 'mapper_parsing_exception', reason: 'failed to parse field [g.place]' }, 'cluster/mapping-conflict'],
    [400, { type: 'parsing_exception', reason: 'unknown query [x]' }, 'cluster/refused'],
  ] as const)('%i %o is %s', (status, reason, code) => {
    expect(reasonError(status, reason).code).toBe(code);
  });

  it('tells of the innermost reason, and no password', () => {
    const outer = {
      type: 'search_phase_execution_exception',
      reason: 'all shards failed',
      root_cause: [{ type: 'index_not_found_exception', reason: 'no such index [shop]' }],
    };
    expect(reasonError(404, outer)).toMatchObject({ code: 'index/not-found', message: 'no such index [shop]' });
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { meta: { statusCode: null } });
    const { message } = clusterError(refused, ['http://user:secret@search.example.org:9200']);
    expect(message).toContain('search.example.org');
    expect(message).not.toContain('secret');
  });

  it('is told where there is none', async () => {
    expect(await codeOf(openClusterIndex(nowhere))).toBe('cluster/unreachable');
    expect(() => openCluster({ urls: ['ftp://x'] })).toThrow(/no address of a cluster/);
    const followed = followClusterIndex(nowhere);
    expect(await codeOf(followed.search({ text: 'hose' }))).toBe('cluster/unreachable');
    expect((await followed.status()).fault?.code).toBe('cluster/unreachable');
    await followed.close();
  });
});
