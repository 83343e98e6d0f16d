import type { AskOptions, Cluster } from './cluster.js';
import { type Reason, reasonError } from './cluster-error.js';

/** A document as an index holds it now, or that it holds none of this id. */
export interface GivenDocument<Source> {
  readonly _id: string;
  readonly found?: boolean;
  readonly _version?: number;
  readonly _seq_no: number;
  readonly _primary_term: number;
  readonly _source?: Source;
}

interface ManyReply<Source> {
  readonly docs: readonly (GivenDocument<Source> & { readonly error?: Reason })[];
}

/**
 * Documents by their ids, in their order. Searches may not find them yet.
 * @throws TandemError 'index/not-found' | 'cluster/*', also where it cannot be told of one of them: it may be there
 */
export async function getMany<Source>(
  cluster: Cluster,
  index: string,
  ids: readonly string[],
  query?: AskOptions['query'],
): Promise<readonly GivenDocument<Source>[]> {
  const { docs } = await cluster.ask<ManyReply<Source>>('POST', `/${index}/_mget`, { ids }, { query });
  const failed = docs.find(({ error }) => error !== undefined)?.error;
  if (failed !== undefined) throw reasonError(500, failed);
  return docs;
}
