import { z } from 'zod';
import { resolvedIndexingSchema } from '../../../src/config/indexing.js';
import { TandemError } from '../../../src/errors/tandem-error.js';
import { fusionClassesSchema } from '../../../src/search/manifest.js';
import type { Cluster } from './cluster.js';
import { type IndexMeta, layoutFormat } from './mapping.js';
import { generationNumber, type IndexNames } from './names.js';

const metaSchema = z.object({
  format: z.int(),
  tandem: z.string(),
  created: z.string(),
  indexing: resolvedIndexingSchema,
  modelId: z.string().nullable(),
  width: z.int().nullable(),
  whole: z.boolean(),
  duplicates: z.int(),
  fusionClasses: fusionClassesSchema.optional(),
  copied: z.array(z.object({ from: z.string(), round: z.int().min(1) })).optional(),
  seen: z.object({ from: z.string(), writes: z.int().min(0) }).optional(),
});

/** A generation of an index as the cluster has it. */
export interface ClusterGeneration {
  /** the index of the cluster */
  readonly index: string;
  readonly number: number;
  /** whether the alias leads to it */
  readonly active: boolean;
  /** whether the alias led to it before */
  readonly previous: boolean;
  readonly meta: IndexMeta;
}

interface Described {
  readonly aliases: Readonly<Record<string, unknown>>;
  readonly mappings: { readonly _meta?: unknown };
}

/** Versions whose `knn_vector` of Lucene takes filters and cosines as they are asked for here. */
const oldestMajor = 3;

/** @throws TandemError 'cluster/other-version' | 'cluster/unreachable' */
export async function checkCluster(cluster: Cluster): Promise<void> {
  const { version } = await cluster.ask<{ version?: { distribution?: string; number?: string } }>('GET', '/');
  const { distribution = 'unknown', number = '' } = version ?? {};
  if (distribution === 'opensearch' && Number(number.split('.')[0]) >= oldestMajor) return;
  throw new TandemError(
    'cluster/other-version',
    `the cluster is ${distribution} ${number}; an index of a cluster needs OpenSearch ${oldestMajor} or newer`,
  );
}

/** All generations of an index, whole or not, by their numbers. */
export async function listClusterGenerations(
  cluster: Cluster,
  names: IndexNames,
): Promise<readonly ClusterGeneration[]> {
  const found = await cluster.ask<Readonly<Record<string, Described>>>('GET', `/${names.generations}`, undefined, {
    query: { allow_no_indices: true },
  });
  return Object.entries(found)
    .filter(([index]) => index === names.generation(generationNumber(index)))
    .map(([index, { aliases, mappings }]) => ({
      index,
      number: generationNumber(index),
      active: names.alias in aliases,
      previous: names.previous in aliases,
      meta: readMeta(index, mappings._meta),
    }))
    .sort((a, b) => a.number - b.number);
}

/** @throws TandemError 'index/not-found' | 'cluster/other-version' */
export async function activeGeneration(cluster: Cluster, names: IndexNames): Promise<ClusterGeneration> {
  const all = await listClusterGenerations(cluster, names);
  const active = all.find(generation => generation.active);
  if (active !== undefined) return active;
  const half = all.length > 0 ? '; one was begun and is not whole' : '';
  throw new TandemError('index/not-found', `the cluster has no index ${names.alias}${half}`, {
    index: names.alias,
  });
}

function readMeta(index: string, meta: unknown): IndexMeta {
  const parsed = metaSchema.safeParse(meta);
  if (!parsed.success)
    throw new TandemError(
      'cluster/other-version',
      `${index}: it was not made by Tandem, or by a version that this one does not know`,
    );
  if (parsed.data.format !== layoutFormat)
    throw new TandemError(
      'cluster/other-version',
      `${index}: layout ${parsed.data.format} of Tandem ${parsed.data.tandem}; this version reads ${layoutFormat}`,
    );
  return parsed.data;
}
