import { z } from 'zod';
import { TandemError } from '../../../src/errors/tandem-error.js';
import { dropGeneration } from './build.js';
import type { Cluster } from './cluster.js';
import { generationNames, type IndexNames } from './names.js';
import { activeGeneration, listClusterGenerations } from './read-meta.js';

/** Where a cluster keeps snapshots. */
export interface SnapshotPlace {
  /** its name in the cluster */
  readonly repository: string;
  /** folder that all nodes share and that their `path.repo` names: made a repository of this name where there is none */
  readonly location?: string;
  readonly snapshot: string;
}

export interface ClusterSnapshot {
  readonly snapshot: string;
  readonly index: string;
  readonly generation: number;
  /** ISO 8601 */
  readonly created: string;
}

/** What of Tandem stands in the description of a snapshot. */
const metadataSchema = z.object({ tandem: z.object({ index: z.string(), generation: z.int() }) });

interface Described {
  readonly snapshot: string;
  readonly state: string;
  readonly start_time: string;
  readonly indices: readonly string[];
  readonly metadata?: unknown;
  readonly failures?: readonly { readonly reason: string }[];
}

/** For which a snapshot may be made, or taken back, milliseconds. */
const waitsMs = 24 * 3_600_000;

/**
 * Makes a snapshot of an index as it is at one moment of each of its shards: of its active generation and its settings, by the cluster. What an earlier snapshot of the
 * repository has already is not copied again.
 * @throws TandemError 'files/exists' where there is one of this name | 'index/not-found' | 'cluster/*'
 */
export async function takeClusterSnapshot(
  cluster: Cluster,
  names: IndexNames,
  place: SnapshotPlace,
): Promise<ClusterSnapshot> {
  const { index, number } = await activeGeneration(cluster, names);
  await ensureRepository(cluster, place);
  const path = `/_snapshot/${encodeURIComponent(place.repository)}/${encodeURIComponent(place.snapshot)}`;
  const { snapshot } = await cluster
    .ask<{ readonly snapshot: Described }>(
      'PUT',
      path,
      {
        indices: `${index},${names.settings}`,
        include_global_state: false,
        metadata: { tandem: { index: names.alias, generation: number } },
      },
      { query: { wait_for_completion: true }, timeoutMs: waitsMs, again: false },
    )
    .catch((error: TandemError) => {
      if (error.details?.type !== 'invalid_snapshot_name_exception' || !/already exists/.test(error.message))
        throw error;
      throw new TandemError('files/exists', `${place.repository}: it has a snapshot ${place.snapshot}`, {
        snapshot: place.snapshot,
      });
    });
  if (snapshot.state !== 'SUCCESS') {
    await cluster.ask('DELETE', path).catch(() => undefined);
    const why = snapshot.failures?.[0]?.reason ?? snapshot.state;
    throw new TandemError('cluster/incomplete', `no snapshot was made: ${why.slice(0, 200)}`);
  }
  return { snapshot: place.snapshot, index: names.alias, generation: number, created: snapshot.start_time };
}

/** @throws TandemError 'cluster/refused' where the nodes do not know the folder, or there is no repository */
async function ensureRepository(cluster: Cluster, { repository, location }: SnapshotPlace): Promise<void> {
  const path = `/_snapshot/${encodeURIComponent(repository)}`;
  const known = await cluster.ask('GET', path).then(
    () => true,
    (error: TandemError) => {
      if (error.details?.type === 'repository_missing_exception') return false;
      throw error;
    },
  );
  if (known) return;
  if (location === undefined)
    throw new TandemError(
      'usage/missing-option',
      `--location is missing: the cluster has no repository ${repository}; give the folder that its nodes share for one`,
      { flag: '--location' },
    );
  await cluster.ask('PUT', path, { type: 'fs', settings: { location } });
}

/**
 * Makes an index of a snapshot, under whatever name: its name leads to it when all of it is there. Ended before, the next one begins anew.
 * @throws TandemError 'files/exists' where there is an index of this name | 'index/not-found' where there is no such snapshot of an index | 'cluster/*'
 */
export async function restoreClusterSnapshot(
  cluster: Cluster,
  names: IndexNames,
  place: SnapshotPlace,
): Promise<ClusterSnapshot> {
  await ensureRepository(cluster, place);
  const path = `/_snapshot/${encodeURIComponent(place.repository)}/${encodeURIComponent(place.snapshot)}`;
  const missing = (): TandemError =>
    new TandemError(
      'index/not-found',
      `${place.repository}: it has no snapshot ${place.snapshot} of an index of Tandem`,
    );
  const { snapshots } = await cluster
    .ask<{ readonly snapshots: readonly Described[] }>('GET', path)
    .catch((error: TandemError) => {
      throw error.details?.type === 'snapshot_missing_exception' ? missing() : error;
    });
  const [described] = snapshots;
  const parsed = metadataSchema.safeParse(described?.metadata);
  if (!parsed.success || described.state !== 'SUCCESS') throw missing();
  const { index: from, generation } = parsed.data.tandem;
  await makeRoom(cluster, names);
  const index = names.generation(generation);
  const { snapshot } = await cluster.ask<{ readonly snapshot: { readonly shards: { readonly failed: number } } }>(
    'POST',
    `${path}/_restore`,
    {
      indices: described.indices.join(','),
      include_global_state: false,
      include_aliases: false,
      // names are those of one index, letter by letter
      rename_pattern: `^${from.replace(/[.]/g, '\\.')}\\.(generation-\\d+|settings)$`,
      rename_replacement: `${names.alias}.$1`,
    },
    { query: { wait_for_completion: true }, timeoutMs: waitsMs, again: false },
  );
  if (snapshot.shards.failed > 0) {
    await makeRoom(cluster, names).catch(() => undefined);
    throw new TandemError(
      'cluster/incomplete',
      `${place.snapshot}: ${snapshot.shards.failed} shards of it cannot be read`,
    );
  }
  await cluster.ask('PUT', `/${index}/_settings`, { index: { 'blocks.write': null } });
  const { writing } = generationNames(index, names);
  await cluster.ask('POST', '/_aliases', {
    actions: [{ add: { index, alias: names.alias } }, { add: { index, alias: writing } }],
  });
  return { snapshot: place.snapshot, index: names.alias, generation, created: described.start_time };
}

/** Takes away what was begun of an index of this name and never searched. @throws TandemError 'files/exists' */
async function makeRoom(cluster: Cluster, names: IndexNames): Promise<void> {
  const generations = await listClusterGenerations(cluster, names);
  if (generations.some(({ active }) => active))
    throw new TandemError('files/exists', `${names.alias}: an index of this name is there`, { index: names.alias });
  for (const { index } of generations) await dropGeneration(cluster, generationNames(index, names));
  await cluster.ask('DELETE', `/${names.settings}`, undefined, { query: { ignore_unavailable: true } });
}
