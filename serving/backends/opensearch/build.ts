import { type IndexingConfig, type ResolvedIndexing, resolveAttributeWeight } from '../../../src/config/indexing.js';
import type { DocumentRow } from '../../../src/config/rows.js';
import { tandemVersion } from '../../../src/config/version.js';
import { TandemError } from '../../../src/errors/tandem-error.js';
import type { DocumentEmbedder } from '../../../src/search/backend.js';
import { checkNewId } from '../../../src/search/check-document.js';
import { type BulkChange, bulkBytes, writeBulk } from './bulk.js';
import { dropChoices } from './choices.js';
import { type Cluster, type ClusterOptions, type Json, openCluster } from './cluster.js';
import { documentEncoder, type EncodeDocument } from './encode-document.js';
import { type IndexMeta, indexBody, layoutFormat } from './mapping.js';
import { type GenerationNames, generationNames, type IndexNames, indexNames } from './names.js';
import { type ClusterGeneration, checkCluster, listClusterGenerations } from './read-meta.js';
import { presentChains, settingsBody } from './settings.js';

export interface BuildClusterOptions extends ClusterOptions {
  /** name of the index; one that is there is replaced, when the new one is whole, with `replace` alone */
  readonly index: string;
  readonly documents: AsyncIterable<DocumentRow> | Iterable<DocumentRow>;
  /** without it: tokens alone */
  readonly embedder?: DocumentEmbedder;
  readonly indexing: IndexingConfig;
  /** 1 when absent */
  readonly shards?: number;
  /** copies of each shard; 1 when absent */
  readonly replicas?: number;
  readonly replace?: boolean;
  /** @param done  rows written so far */
  readonly onProgress?: (done: number) => void;
  /** Works on the index before its name leads to it (tunes it). @returns what changes of how it is searched */
  readonly finish?: (built: UnnamedIndex) => Promise<SearchChoices>;
}

/** An index whose documents are all there, and that no name leads to yet. */
export interface UnnamedIndex {
  readonly cluster: Cluster;
  readonly names: GenerationNames;
  readonly meta: IndexMeta;
}

/** How both sides of a search are put together. */
export interface SearchChoices extends Pick<IndexMeta, 'fusionClasses'> {
  readonly fusionWeight: number;
}

export interface BuiltClusterIndex {
  readonly index: string;
  readonly generation: number;
  readonly documents: number;
  readonly duplicates: number;
  readonly meta: IndexMeta;
}

/** Documents of one request, and requests on their way: a slow cluster slows the reading down. */
const documentsAtOnce = 500;
const requestsAtOnce = 2;
/** For which a busy cluster is offered the same again. */
const buildPatienceMs = 600_000;

/**
 * Makes an index of a cluster from documents: a generation of its own, to which the name leads when all of it is there. Killed before, the name leads where it
 * led, and the next one to be made takes the remains away.
 * @throws TandemError 'files/exists' | 'data/empty' | 'data/malformed-row' | 'cluster/*', and what the documents or the embedder throw
 */
export async function buildClusterIndex(options: BuildClusterOptions): Promise<BuiltClusterIndex> {
  const names = indexNames(options.index);
  const cluster = openCluster(options);
  try {
    await checkCluster(cluster);
    return await build(cluster, names, options);
  } finally {
    await cluster.close();
  }
}

async function build(cluster: Cluster, names: IndexNames, options: BuildClusterOptions): Promise<BuiltClusterIndex> {
  const before = await listClusterGenerations(cluster, names);
  checkReplace(before, options);
  for (const { index, active } of before) if (!active) await dropGeneration(cluster, generationNames(index, names));
  const number = Math.max(0, ...before.map(generation => generation.number)) + 1;
  const index = names.generation(number);
  const { embedder, shards = 1, replicas = 1 } = options;
  const indexing = resolved(options.indexing);
  const meta: IndexMeta = {
    format: layoutFormat,
    tandem: tandemVersion(),
    created: new Date().toISOString(),
    indexing,
    modelId: embedder?.modelId ?? null,
    width: embedder?.width ?? null,
    whole: false,
    duplicates: 0,
  };
  // written to by a name of its own: were the index taken away, it would otherwise come into being by a write
  const door = generationNames(index, names).filling;
  const body = indexBody(meta, { shards, replicas: 0 });
  await cluster.ask('PUT', `/${index}`, { ...body, aliases: { [door]: {} } });
  try {
    await cluster.ask('PUT', `/${index}/_settings`, { index: { refresh_interval: '-1' } });
    const chains = await presentChains(cluster, generationNames(index, names), meta);
    const rows = await fill(cluster, door, documentEncoder(indexing, chains), options);
    if (rows === 0) throw new TandemError('data/empty', 'there is no document to index');
    await cluster.ask('PUT', `/${index}/_settings`, {
      index: { refresh_interval: null, number_of_replicas: replicas },
    });
    await cluster.ask('POST', `/${index}/_refresh`);
    const { count } = await cluster.ask<{ readonly count: number }>('GET', `/${index}/_count`);
    const made = { ...meta, whole: true, duplicates: rows - count };
    const chosen = await options.finish?.({ cluster, names: generationNames(index, names), meta: made });
    const { fusionWeight = indexing.fusionWeight, fusionClasses } = chosen ?? {};
    const whole = { ...made, indexing: { ...indexing, fusionWeight }, ...(fusionClasses && { fusionClasses }) };
    await cluster.ask('PUT', `/${index}/_mapping`, { _meta: whole });
    await ensureSettings(cluster, names);
    // another one may have been made meanwhile
    const replaced = (await listClusterGenerations(cluster, names)).filter(({ active }) => active);
    checkReplace(replaced, options);
    await cluster.ask('POST', '/_aliases', {
      actions: switchActions(names, replaced, index),
    });
    // what cannot be taken away now, as while a snapshot of it is made, is taken away by the next one to be made
    for (const { index: old } of replaced)
      await dropGeneration(cluster, generationNames(old, names)).catch(() => undefined);
    return { index: options.index, generation: number, documents: count, duplicates: made.duplicates, meta: whole };
  } catch (error) {
    await dropUnnamed(cluster, names, index).catch(() => undefined);
    throw error;
  }
}

/** @throws TandemError 'files/exists' where one is active that may not be replaced */
function checkReplace(generations: readonly ClusterGeneration[], { index, replace }: BuildClusterOptions): void {
  if (!replace && generations.some(({ active }) => active))
    throw new TandemError('files/exists', `${index}: an index of this name is there`, { index });
}

/** What makes another generation the active one, and the only one, all at once; the one before it is known as such. */
export function switchActions(names: IndexNames, from: readonly ClusterGeneration[], to: string): Json[] {
  const of = generationNames(to, names);
  return [
    { remove: { index: names.generations, alias: names.alias } },
    { remove: { index: names.generations, alias: names.previous, must_exist: false } },
    ...from.flatMap(({ index }) => {
      const { writing, filling } = generationNames(index, names);
      return [
        { remove: { index, alias: writing, must_exist: true } },
        { add: { index, alias: filling } },
        { add: { index, alias: names.previous } },
      ];
    }),
    { remove: { index: to, alias: of.filling } },
    { add: { index: to, alias: names.alias } },
    { add: { index: to, alias: of.writing } },
  ];
}

/** Takes a generation away, and what was chosen of its searches. */
export async function dropGeneration(cluster: Cluster, names: GenerationNames): Promise<void> {
  await cluster.ask('DELETE', `/${names.index}`);
  await dropChoices(cluster, names);
}

/** Takes a generation away that could not be made, but where the name leads to it: the answer that it does may be what was lost. */
async function dropUnnamed(cluster: Cluster, names: IndexNames, index: string): Promise<void> {
  const generations = await listClusterGenerations(cluster, names);
  if (generations.some(generation => generation.index === index && !generation.active))
    await dropGeneration(cluster, generationNames(index, names));
}

/** The index of the settings, where there is none yet. */
async function ensureSettings(cluster: Cluster, { settings }: IndexNames): Promise<void> {
  await cluster.ask('PUT', `/${settings}`, settingsBody).catch((error: TandemError) => {
    if (error.details?.type !== 'resource_already_exists_exception') throw error;
  });
}

const resolved = (indexing: IndexingConfig): ResolvedIndexing => ({
  ...indexing,
  fusionWeight: indexing.fusionWeight === 'auto' ? 0 : indexing.fusionWeight,
  attributeWeight: resolveAttributeWeight(indexing),
});

/** Writes all documents, a few requests at a time. @returns rows read */
async function fill(
  cluster: Cluster,
  door: string,
  encode: EncodeDocument,
  options: BuildClusterOptions,
): Promise<number> {
  const { embedder, documents, onProgress } = options;
  const running = new Set<Promise<void>>();
  let [rows, done] = [0, 0];
  let failure: unknown;
  const send = async (changes: readonly BulkChange[]): Promise<void> => {
    const results = await writeBulk(cluster, door, changes, { visible: false, patienceMs: buildPatienceMs });
    const failed = results.find(result => result instanceof TandemError);
    if (failed !== undefined) throw failed;
  };
  const offer = async (changes: readonly BulkChange[]): Promise<void> => {
    while (running.size >= requestsAtOnce) await Promise.race(running);
    if (failure !== undefined) throw failure;
    const sent = send(changes)
      .catch(error => {
        failure ??= error;
      })
      .finally(() => running.delete(sent));
    running.add(sent);
  };
  const write = async (batch: readonly DocumentRow[]): Promise<void> => {
    // the later row of an id is the one that stands
    const last = [...new Map(batch.map(row => [row.id, row])).values()];
    const embeddings = await embedder?.embedDocuments(last);
    const width = embedder?.width ?? 0;
    let [changes, bytes]: [BulkChange[], number] = [[], 0];
    for (const [i, row] of last.entries()) {
      const put = JSON.stringify(encode(row, embeddings?.slice(i * width, (i + 1) * width)));
      // a row that came before, and comes again because a reply was lost, is not written over a later one
      changes.push({ id: row.id, put, if: { version: done + i + 1, version_type: 'external' } });
      bytes += put.length;
      if (bytes < bulkBytes) continue;
      await offer(changes);
      [changes, bytes] = [[], 0];
    }
    if (changes.length > 0) await offer(changes);
    done += batch.length;
    onProgress?.(done);
  };
  let batch: DocumentRow[] = [];
  for await (const row of documents) {
    checkNewId(row.id);
    rows++;
    if (batch.push(row) < documentsAtOnce) continue;
    await write(batch);
    batch = [];
  }
  if (batch.length > 0) await write(batch);
  await Promise.all(running);
  if (failure !== undefined) throw failure;
  return rows;
}
