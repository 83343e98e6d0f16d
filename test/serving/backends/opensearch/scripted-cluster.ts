import type { Cluster } from '../../../../serving/backends/opensearch/cluster.js';

/** A request as a cluster was asked it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  /** what is asked, or the lines of it */
  readonly body?: unknown;
}

/** A cluster that answers each request by a function, which may throw. */
export function scriptedCluster(answer: (asked: Asked) => unknown): Cluster & { readonly asked: readonly Asked[] } {
  const asked: Asked[] = [];
  const send = async <T>(request: Asked): Promise<T> => {
    asked.push(request);
    return (await answer(request)) as T;
  };
  return {
    asked,
    urls: [],
    ask: (method, path, body) => send({ method, path, body }),
    askLines: (path, lines) => send({ method: 'POST', path, body: lines }),
    close: async () => {},
  };
}
