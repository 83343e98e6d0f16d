import type { BackendName } from '../../config/backends.js';
import { TandemError } from '../../errors/tandem-error.js';
import type { SearchBackend, TextEmbedder } from '../../search/backend.js';
import type { SearchMode } from '../../search/request.js';

/** Where an index lies, as it is said on the command line. */
export interface BackendChoice {
  /** embedded when absent */
  readonly backend?: BackendName;
  /** addresses of a cluster */
  readonly url?: readonly string[];
  /** folder of the model of an index of a cluster; without it tokens alone answer */
  readonly model?: string;
  /** of a generation that may be switched to, for who serves it */
  readonly nextModel?: string;
}

/** An index of a cluster, by its name. */
export interface ClusterPlace {
  readonly index: string;
  readonly urls: readonly string[];
  readonly model?: string;
  readonly nextModel?: string;
}

/**
 * @param index  a folder, or the name of an index of a cluster
 * @returns undefined where the index is a folder
 * @throws TandemError 'usage/missing-option' | 'usage/bad-value'
 */
export function clusterPlace(
  index: string,
  { backend = 'embedded', url, model, nextModel }: BackendChoice,
): ClusterPlace | undefined {
  if (backend === 'opensearch') {
    if (url === undefined)
      throw new TandemError(
        'usage/missing-option',
        '--url is missing: the address of the cluster, such as http://127.0.0.1:9200',
        { flag: '--url' },
      );
    return { index, urls: url, ...(model !== undefined && { model }), ...(nextModel !== undefined && { nextModel }) };
  }
  if (url !== undefined)
    throw new TandemError('usage/bad-value', '--url goes with --backend opensearch', { flag: '--url' });
  for (const [flag, folder] of [
    ['--model', model],
    ['--next-model', nextModel],
  ] as const)
    if (folder !== undefined)
      throw new TandemError(
        'usage/bad-value',
        `${flag} goes with --backend opensearch: an index that is a folder has its model with it`,
        { flag },
      );
  return undefined;
}

/** An index that can be searched, wherever it lies. */
export interface OpenBackend {
  readonly index: SearchBackend;
  readonly embedder?: TextEmbedder;
  /** the modes it can answer, the best first */
  readonly modes: readonly SearchMode[];
}

/** A snapshot in a cluster. */
export interface ClusterSnapshotPlace {
  readonly repository: string;
  readonly location?: string;
  readonly snapshot: string;
}

const usualRepository = 'tandem';

/** @throws TandemError 'usage/bad-value' for a repository of an index that is a folder */
export function repositoryOf(
  place: ClusterPlace | undefined,
  { repository, location, snapshot }: { repository?: string; location?: string; snapshot: string },
): ClusterSnapshotPlace {
  for (const [flag, value] of [
    ['--repository', repository],
    ['--location', location],
  ] as const)
    if (place === undefined && value !== undefined)
      throw new TandemError('usage/bad-value', `${flag} goes with --backend opensearch`, { flag });
  return { repository: repository ?? usualRepository, ...(location !== undefined && { location }), snapshot };
}
