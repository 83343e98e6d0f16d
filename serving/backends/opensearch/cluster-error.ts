import { TandemError } from '../../../src/errors/tandem-error.js';

/** What a cluster says of a request, or of a change, that failed. */
export interface Reason {
  readonly type?: string;
  readonly reason?: string;
  readonly caused_by?: Reason;
  readonly root_cause?: readonly Reason[];
}

interface Failure {
  readonly name?: string;
  readonly message?: string;
  readonly meta?: {
    readonly statusCode?: number | null;
    readonly body?: { readonly error?: Reason | string } | string | null;
  };
}

const isFailure = (error: unknown): error is Failure => typeof error === 'object' && error !== null && 'meta' in error;

/** Whoever reads it need not see what the connection library calls it. */
const mostTold = 300;

/** What went wrong in a cluster, as people meet it. */
export function clusterError(error: unknown, urls: readonly string[]): TandemError {
  if (error instanceof TandemError) return error;
  if (!isFailure(error)) {
    const message = error instanceof Error ? error.message : String(error);
    return new TandemError('cluster/refused', message.slice(0, mostTold), {}, { cause: error });
  }
  const status = error.meta?.statusCode;
  const body = error.meta?.body;
  const reason = typeof body === 'object' && body !== null && typeof body.error === 'object' ? body.error : undefined;
  if (!status) {
    const shown = urls.map(withoutPassword).join(', ');
    return new TandemError(
      'cluster/unreachable',
      `${shown}: ${(error.message ?? 'no answer').slice(0, mostTold)}`,
      {},
      { cause: error },
    );
  }
  return reasonError(status, reason ?? { reason: error.message }, error);
}

const withoutPassword = (url: string): string => {
  const parsed = new URL(url);
  parsed.password = '';
  parsed.username = '';
  return parsed.href.replace(/\/$/, '');
};

/** Of several reasons inside one another the first that tells. */
function innermost(reason: Reason): Reason {
  const inner = reason.root_cause?.find(({ type }) => type !== undefined && type !== reason.type) ?? reason.caused_by;
  return inner === undefined || inner === reason ? reason : inner;
}

/** @param status  of HTTP */
export function reasonError(status: number, reason: Reason, cause?: unknown): TandemError {
  const told = innermost(reason);
  const message = (told.reason ?? reason.reason ?? `status ${status}`).slice(0, mostTold);
  const types = [reason.type, told.type];
  const is = (...names: readonly string[]): boolean => types.some(type => type !== undefined && names.includes(type));
  const made = (code: ConstructorParameters<typeof TandemError>[0]): TandemError =>
    new TandemError(code, message, { status, ...(reason.type && { type: reason.type }) }, { cause });
  if (is('index_not_found_exception')) return made('index/not-found');
  // every node is above the high watermark
  if (is('index_create_block_exception')) return made('cluster/disk-full');
  if (is('cluster_block_exception'))
    return made(/disk|flood|read-only/i.test(message) ? 'cluster/disk-full' : 'cluster/incomplete');
  if (
    is('mapper_parsing_exception', 'strict_dynamic_mapping_exception') ||
    (is('illegal_argument_exception') && /mapper|field|limit/i.test(message))
  )
    return made('cluster/mapping-conflict');
  if (
    status === 429 ||
    is('circuit_breaking_exception', 'rejected_execution_exception', 'opensearch_rejected_execution_exception')
  )
    return made('server/overloaded');
  if (
    status === 503 ||
    // also told of a request that no shard takes
    (status >= 500 && is('search_phase_execution_exception')) ||
    is(
      'no_shard_available_action_exception',
      'master_not_discovered_exception',
      'cluster_manager_not_discovered_exception',
      'unavailable_shards_exception',
    )
  )
    return made('cluster/incomplete');
  return made('cluster/refused');
}
