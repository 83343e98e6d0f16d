import { setTimeout as sleep } from 'node:timers/promises';
import { TandemError } from '../../../src/errors/tandem-error.js';
import type { AskOptions, Cluster, Json } from './cluster.js';
import { type Reason, reasonError } from './cluster-error.js';
import type { SearchReply } from './reply.js';

/** Searches one index, several at once in one request. */
export interface SearchedAlias {
  /** In the order in which they are asked. @throws TandemError as the first of them that fails */
  search(bodies: readonly SearchBody[], options?: AskOptions): Promise<SearchReply[]>;
}

export interface SearchBody extends Json {
  /** whether scores must not depend on the shard */
  readonly everywhere?: boolean;
}

interface SeveralReplies {
  readonly responses: readonly (Omit<SearchReply, 'hits'> & {
    readonly hits?: Partial<SearchReply['hits']>;
    readonly error?: Reason;
    readonly status?: number;
    readonly timed_out?: boolean;
  })[];
}

/** Every shard answers, or nobody: half of an answer would look like a whole one. */
const wholeAnswers = { allow_partial_search_results: false };

/** What of an answer is read; the rest, such as the name of the index at every hit, is not sent. An answer is there by its `took` or its error. */
const told = {
  filter_path: [
    'error',
    'status',
    ...['took', 'timed_out', 'status', 'error', 'aggregations', 'suggest', 'hits.total'].map(
      name => `responses.${name}`,
    ),
    ...['_id', '_score', '_source', '_version', '_seq_no', '_primary_term', 'sort', 'fields'].map(
      name => `responses.hits.hits.${name}`,
    ),
  ].join(),
};

/** Pauses before a busy cluster is asked again, milliseconds. */
const pausesMs = [100, 400];

/** Whether the next moment may give another answer: a node was busy, or went in the midst of a search, whose shards others have too. */
const isPassing = (code: string): boolean => code === 'server/overloaded' || code === 'cluster/incomplete';

/** What a node refuses because its memory is full for a moment, and what a node did not finish that has gone, is asked again. @throws TandemError 'cluster/*' */
async function askPatiently(
  cluster: Cluster,
  lines: readonly Json[],
  options: AskOptions | undefined,
): Promise<SeveralReplies['responses']> {
  for (let attempt = 0; ; attempt++) {
    const pause = pausesMs.at(attempt);
    const found = await cluster
      .askLines<SeveralReplies>('/_msearch', lines, { ...options, query: told })
      .catch((error: TandemError) => error);
    const busy =
      found instanceof TandemError
        ? isPassing(found.code)
        : found.responses.some(({ status = 500, error }) => error && isPassing(reasonError(status, error).code));
    if (busy && pause !== undefined) {
      await sleep(pause);
      continue;
    }
    if (found instanceof TandemError) throw found;
    return found.responses;
  }
}

export function searchedAlias(cluster: Cluster, alias: string): SearchedAlias {
  return {
    search: async (bodies, options) => {
      if (bodies.length === 0) return [];
      const lines = bodies.flatMap(({ everywhere, ...body }): Json[] => [
        { index: alias, ...wholeAnswers, ...(everywhere && { search_type: 'dfs_query_then_fetch' }) },
        body,
      ]);
      const responses = await askPatiently(cluster, lines, options);
      return responses.map(reply => {
        if (reply.error !== undefined) throw reasonError(reply.status ?? 500, reply.error);
        if (reply.timed_out)
          throw new TandemError('cluster/incomplete', 'a part of the cluster did not answer in time');
        // what is empty is not sent
        return { ...reply, hits: { ...reply.hits, hits: reply.hits?.hits ?? [] } };
      });
    },
  };
}
