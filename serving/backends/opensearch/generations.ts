import { tandemVersion } from '../../../src/config/version.js';
import { TandemError } from '../../../src/errors/tandem-error.js';
import type { DocumentEmbedder, GenerationInfo, TextEmbedder } from '../../../src/search/backend.js';
import { dropGeneration, type SearchChoices, switchActions, type UnnamedIndex } from './build.js';
import { presentChoices } from './choices.js';
import { type Cluster, type ClusterOptions, openCluster } from './cluster.js';
import { copyDocuments, roundOf, writesOf } from './copy-documents.js';
import { type IndexMeta, indexBody, layoutFormat } from './mapping.js';
import { type GenerationNames, generationNames, type IndexNames, indexNames } from './names.js';
import { activeGeneration, type ClusterGeneration, checkCluster, listClusterGenerations } from './read-meta.js';
import { presentChains } from './settings.js';

/** A generation of an index of a cluster, for who changes something of it. */
export interface OpenGeneration {
  readonly cluster: Cluster;
  readonly names: GenerationNames;
  readonly meta: IndexMeta;
}

export interface ClusterIndexPlace extends ClusterOptions {
  readonly index: string;
}

/** Works on an index of a cluster. @throws TandemError 'cluster/*', and what `work` throws */
export async function withCluster<T>(
  { index, ...options }: ClusterIndexPlace,
  work: (cluster: Cluster, names: IndexNames) => Promise<T>,
): Promise<T> {
  const cluster = openCluster(options);
  try {
    await checkCluster(cluster);
    return await work(cluster, indexNames(index));
  } finally {
    await cluster.close();
  }
}

/** Works on the generation that an index is searched by. @throws TandemError 'index/not-found' | 'cluster/*', and what `work` throws */
export const withActiveGeneration = <T>(
  place: ClusterIndexPlace,
  work: (active: OpenGeneration) => Promise<T>,
): Promise<T> =>
  withCluster(place, async (cluster, names) => {
    const { index, meta } = await activeGeneration(cluster, names);
    return work({ cluster, names: generationNames(index, names), meta });
  });

/** The generations of an index, in the order of their numbers. @throws TandemError 'index/not-found' | 'cluster/*' */
export async function clusterGenerations(cluster: Cluster, names: IndexNames): Promise<readonly GenerationInfo[]> {
  const active = await activeGeneration(cluster, names);
  const [documents, writes] = await Promise.all([countOf(cluster, active.index), writesOf(cluster, active.index)]);
  const all = await listClusterGenerations(cluster, names);
  return Promise.all(
    all.map(async ({ number, index, active: isActive, previous, meta }) => {
      const { modelId, width, created, whole, seen } = meta;
      const choices = await presentChoices(cluster, generationNames(index, names), meta);
      const { fusionWeight = meta.indexing.fusionWeight } = choices;
      const isSeen = seen?.from === active.meta.created;
      return {
        ...{ number, modelId, width, created, fusionWeight, active: isActive, previous, ready: whole, documents },
        embedded: modelId === null ? 0 : Math.min(documents, await countOf(cluster, index)),
        behind: isActive ? 0 : isSeen ? Math.max(0, writes - seen.writes) : documents,
      };
    }),
  );
}

const countOf = async (cluster: Cluster, index: string): Promise<number> =>
  (await cluster.ask<{ readonly count: number }>('GET', `/${index}/_count`)).count;

export interface AddClusterGenerationOptions {
  readonly embedder: DocumentEmbedder & Partial<TextEmbedder>;
  /** how much vectors count beside tokens, until it is tuned */
  readonly fusionWeight: number;
  /** Works on it before it is ready (tunes it). */
  readonly finish?: (built: UnnamedIndex) => Promise<SearchChoices>;
  /** @param done  of all its documents those that were looked at */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Differences that are left to the moment in which nothing is written. */
const fewChanges = 500;
const mostPasses = 10;

/**
 * Adds a generation to an index: a copy of the documents of the active one, embedded by another model, while that one is searched and written to. Ended at any
 * moment, the same call goes on.
 * @returns its number
 * @throws TandemError 'generation/exists' where there is a whole one of this model | 'index/not-found' | 'cluster/*', and what the embedder throws
 */
export async function addClusterGeneration(
  cluster: Cluster,
  names: IndexNames,
  { embedder, fusionWeight, finish, onProgress }: AddClusterGenerationOptions,
): Promise<number> {
  const active = await activeGeneration(cluster, names);
  const all = await listClusterGenerations(cluster, names);
  const same = all.find(({ meta }) => meta.modelId === embedder.modelId);
  if (same?.meta.whole)
    throw new TandemError('generation/exists', `${names.alias}: generation ${same.number} is of this model`, {
      number: same.number,
    });
  const { number_of_shards: shards, number_of_replicas: replicas } = await layoutOf(cluster, active.index);
  const target = same ?? (await createGeneration(cluster, names, all, active, { embedder, fusionWeight, shards }));
  const total = await countOf(cluster, active.index);
  await bringUp(cluster, names, target.number, { embedder, onProgress: done => onProgress?.(done, total) });
  await cluster.ask('PUT', `/${target.index}/_settings`, {
    index: { refresh_interval: null, number_of_replicas: replicas },
  });
  await cluster.ask('POST', `/${target.index}/_refresh`);
  const meta = { ...(await generationOf(cluster, names, target.number)).meta, whole: true };
  const chosen = await finish?.({ cluster, names: generationNames(target.index, names), meta });
  await writeMeta(cluster, target.index, {
    ...meta,
    ...(chosen && { indexing: { ...meta.indexing, fusionWeight: chosen.fusionWeight } }),
    ...(chosen?.fusionClasses && { fusionClasses: chosen.fusionClasses }),
  });
  return target.number;
}

interface IndexLayout {
  readonly number_of_shards: string;
  readonly number_of_replicas: string;
}

async function layoutOf(cluster: Cluster, index: string): Promise<IndexLayout> {
  const found = await cluster.ask<Readonly<Record<string, { readonly settings: { readonly index: IndexLayout } }>>>(
    'GET',
    `/${index}/_settings`,
  );
  return found[index].settings.index;
}

async function createGeneration(
  cluster: Cluster,
  names: IndexNames,
  all: readonly ClusterGeneration[],
  { meta: { indexing } }: ClusterGeneration,
  {
    embedder,
    fusionWeight,
    shards,
  }: Pick<AddClusterGenerationOptions, 'embedder' | 'fusionWeight'> & { shards: string },
): Promise<ClusterGeneration> {
  const number = Math.max(...all.map(each => each.number)) + 1;
  const index = names.generation(number);
  const meta: IndexMeta = {
    format: layoutFormat,
    tandem: tandemVersion(),
    created: new Date().toISOString(),
    indexing: { ...indexing, fusionWeight },
    modelId: embedder.modelId,
    width: embedder.width,
    whole: false,
    duplicates: 0,
  };
  const body = indexBody(meta, { shards: Number(shards), replicas: 0 });
  await cluster.ask('PUT', `/${index}`, { ...body, aliases: { [generationNames(index, names).filling]: {} } });
  await cluster.ask('PUT', `/${index}/_settings`, { index: { refresh_interval: '-1' } });
  return { index, number, active: false, previous: false, meta };
}

/** @throws TandemError 'generation/unknown' */
async function generationOf(cluster: Cluster, names: IndexNames, number: number): Promise<ClusterGeneration> {
  const found = (await listClusterGenerations(cluster, names)).find(each => each.number === number);
  if (found !== undefined) return found;
  throw new TandemError('generation/unknown', `${names.alias}: there is no generation ${number}`, { number });
}

const writeMeta = (cluster: Cluster, index: string, meta: IndexMeta): Promise<unknown> =>
  cluster.ask('PUT', `/${index}/_mapping`, { _meta: meta });

export interface BringUpOptions {
  /** the model of the generation; without it only what needs no embedding is done */
  readonly embedder?: DocumentEmbedder;
  readonly onProgress?: (done: number) => void;
}

/** Brings a generation up to what is written to the active one, until little is left. @throws as copyDocuments, 'generation/unknown' */
export async function bringUp(
  cluster: Cluster,
  names: IndexNames,
  number: number,
  options: BringUpOptions,
): Promise<void> {
  const { active, index } = await generationOf(cluster, names, number);
  // a switch that was ended when the name led away already left it closed
  if (!active) await takeWrites(cluster, index);
  for (let pass = 0; pass < mostPasses; pass++)
    if ((await copyOnce(cluster, names, number, options)) < fewChanges) return;
}

/** @returns changes that were made */
async function copyOnce(
  cluster: Cluster,
  names: IndexNames,
  number: number,
  { embedder, onProgress }: BringUpOptions,
): Promise<number> {
  const all = await listClusterGenerations(cluster, names);
  const source = await activeGeneration(cluster, names);
  const found = await generationOf(cluster, names, number);
  if (found.index === source.index) return 0;
  const { round, isNew } = roundOf(all, source.meta, found.meta);
  const copied = [...(found.meta.copied ?? []), ...(isNew ? [{ from: source.meta.created, round }] : [])];
  const target = { ...found, meta: { ...found.meta, copied } };
  if (isNew) await writeMeta(cluster, target.index, target.meta);
  const writes = await writesOf(cluster, source.index);
  const chains = await presentChains(cluster, generationNames(source.index, names), source.meta);
  const changes = await copyDocuments(cluster, round, { names, source, target, embedder, chains, onProgress });
  await writeMeta(cluster, target.index, { ...target.meta, seen: { from: source.meta.created, writes } });
  return changes;
}

/**
 * Makes another generation the one that is searched and written to. It is brought up first; then, in a moment in which the cluster takes no write to the index,
 * the last documents are copied and the name leads to it, at once. The one before stays, and can be switched to in the same way. Ended in that moment, writes wait
 * until the same is done again.
 * @returns the number of the one before
 * @throws TandemError 'generation/unknown' | 'generation/unfinished' | 'index/model-mismatch' | 'index/not-found' | 'cluster/*'; then the present one stays
 */
export async function switchClusterGeneration(
  cluster: Cluster,
  names: IndexNames,
  number: number,
  options: BringUpOptions,
): Promise<number> {
  const active = await activeGeneration(cluster, names);
  const { index, meta } = await generationOf(cluster, names, number);
  if (!meta.whole)
    throw new TandemError('generation/unfinished', `${names.alias}: generation ${number} is not finished`, { number });
  if (index === active.index) {
    await takeWrites(cluster, index);
    return active.number;
  }
  if (options.embedder !== undefined && options.embedder.modelId !== meta.modelId)
    throw new TandemError(
      'index/model-mismatch',
      `${index}: it was made with another model than the one that is given`,
    );
  await bringUp(cluster, names, number, options);
  await cluster.ask('PUT', `/${active.index}/_block/write`);
  try {
    await copyOnce(cluster, names, number, options);
    await cluster.ask('POST', `/${index}/_refresh`);
    // it holds what the other one does, until that is written to
    const seen = { from: meta.created, writes: await writesOf(cluster, index) };
    await cluster.ask('POST', '/_aliases', { actions: switchActions(names, [active], index) });
    const before = await generationOf(cluster, names, active.number);
    await writeMeta(cluster, before.index, { ...before.meta, seen });
  } finally {
    await takeWrites(cluster, active.index);
  }
  return active.number;
}

const takeWrites = (cluster: Cluster, index: string): Promise<unknown> =>
  cluster.ask('PUT', `/${index}/_settings`, { index: { 'blocks.write': null } });

/** The generation that was active before the present one. @throws TandemError 'generation/no-previous' */
export async function previousClusterGeneration(cluster: Cluster, names: IndexNames): Promise<number> {
  const previous = (await listClusterGenerations(cluster, names)).find(each => each.previous && !each.active);
  if (previous !== undefined) return previous.number;
  throw new TandemError(
    'generation/no-previous',
    `${names.alias}: there is nothing to go back to: no other generation was active, or it was dropped`,
  );
}

/** @throws TandemError 'generation/unknown' | 'generation/active' | 'cluster/*' */
export async function dropClusterGeneration(cluster: Cluster, names: IndexNames, number: number): Promise<void> {
  const { active, index } = await generationOf(cluster, names, number);
  if (active)
    throw new TandemError('generation/active', `${names.alias}: generation ${number} is the one that is searched`, {
      number,
    });
  await dropGeneration(cluster, generationNames(index, names));
}
