import type { Client, errors as ClientErrors } from '@opensearch-project/opensearch';
import { requirePackage } from '../../../src/config/optional-packages.js';
import { TandemError } from '../../../src/errors/tandem-error.js';
import { clusterError } from './cluster-error.js';
import { lookWaitsMs, whileAnswering } from './silence.js';

/** JSON as it is sent to a cluster. */
export type Json = Readonly<Record<string, unknown>>;

export interface ClusterOptions {
  /** addresses of one node or several, such as http://127.0.0.1:9200; a user and a password may stand in them */
  readonly urls: readonly string[];
  /** for one request, milliseconds */
  readonly timeoutMs?: number;
}

export interface AskOptions {
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly timeoutMs?: number;
  /** asked again elsewhere where a node does not answer: whatever may be done twice */
  readonly again?: boolean;
}

/** An OpenSearch cluster, spoken to in JSON. */
export interface Cluster {
  readonly urls: readonly string[];
  /** @throws TandemError 'cluster/*' | 'server/overloaded' */
  ask<T>(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD',
    path: string,
    body?: Json,
    options?: AskOptions,
  ): Promise<T>;
  /** The same with a body of lines, each JSON or the text of it. */
  askLines<T>(path: string, lines: readonly (Json | string)[], options?: AskOptions): Promise<T>;
  close(): Promise<void>;
}

interface ClientPackage {
  readonly Client: typeof Client;
  readonly errors: typeof ClientErrors;
}

const usualTimeoutMs = 30_000;
const mostTries = 3;
/**
 * A node that did not answer is passed over for so long, milliseconds, and for twice as long for each further request that it does not answer, three times at most. The
 * client has a minute and half an hour, in which one slow answer leaves the whole load to the other nodes, until these are slow as well.
 */
const passedOver = { resurrectTimeout: 1_000, resurrectTimeoutCutoff: 3 };

/** @throws TandemError 'package/unavailable' | 'usage/bad-value' for an address that is none; nothing is asked yet */
export function openCluster({ urls, timeoutMs = usualTimeoutMs }: ClusterOptions): Cluster {
  for (const url of urls)
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      throw new TandemError(
        'usage/bad-value',
        `--url: ${url} is no address of a cluster, such as http://127.0.0.1:9200`,
      );
  const maxRetries = Math.min(mostTries, urls.length + 1) - 1;
  const { Client: ClientOf } = requirePackage<ClientPackage>('@opensearch-project/opensearch');
  const client = new ClientOf({
    nodes: [...urls],
    maxRetries,
    requestTimeout: timeoutMs,
    pingTimeout: lookWaitsMs,
    // rows travel as text, so that nothing else comes back that could be a prototype
    disablePrototypePoisoningProtection: true,
  });
  Object.assign(client.connectionPool, passedOver);
  const send = async <T>(
    method: string,
    path: string,
    content: { readonly body?: Json; readonly bulkBody?: string[] },
    { query, timeoutMs: wait, again = true }: AskOptions = {},
  ): Promise<T> => {
    try {
      const { body } = await client.transport.request(
        { method, path, querystring: query && { ...query }, ...content },
        { ...(wait !== undefined && { requestTimeout: wait }), ...(!again && { maxRetries: 0 }) },
      );
      return body as T;
    } catch (error) {
      throw clusterError(error, urls);
    }
  };
  // asked of several: the first may be the one that is gone
  const answering = whileAnswering(() => send('GET', '/', {}, { timeoutMs: lookWaitsMs }));
  /** What is asked once may fail because of one node alone, and is offered again by who asks. */
  const guarded = <T>(ask: () => Promise<T>, options: AskOptions | undefined): Promise<T> =>
    options?.again === false ? ask() : answering(ask);
  return {
    urls,
    ask: (method, path, body, options) =>
      guarded(() => send(method, path, body === undefined ? {} : { body }, options), options),
    askLines: (path, lines, options) => {
      const bulkBody = lines.map(line => (typeof line === 'string' ? line : JSON.stringify(line)));
      return guarded(() => send('POST', path, { bulkBody }, options), options);
    },
    close: () => client.close(),
  };
}
