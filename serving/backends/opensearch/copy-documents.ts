import { TandemError } from '../../../src/errors/tandem-error.js';
import type { AnalysisChains } from '../../../src/lexical/analysis-chains.js';
import { compareByCodePoints } from '../../../src/lexical/tree/prefix-terms.js';
import type { DocumentEmbedder } from '../../../src/search/backend.js';
import { type BulkChange, bulkBytes, writeBulk } from './bulk.js';
import type { Cluster } from './cluster.js';
import { documentEncoder } from './encode-document.js';
import { readDocuments } from './found-documents.js';
import type { CopyRound, IndexMeta } from './mapping.js';
import { generationNames, type IndexNames } from './names.js';
import type { ClusterGeneration } from './read-meta.js';
import { scanHits } from './scan-documents.js';

export interface CopyOptions {
  readonly names: IndexNames;
  /** that documents come from: the active one */
  readonly source: ClusterGeneration;
  readonly target: ClusterGeneration;
  /** the model of the target; where documents have to be embedded and it is absent nothing is copied */
  readonly embedder?: DocumentEmbedder;
  readonly chains: AnalysisChains;
  /** @param done  documents that were looked at */
  readonly onProgress?: (done: number) => void;
}

/** Documents whose versions are looked at, and that are embedded, at once. */
const lookedAtAtOnce = 5_000;
const embeddedAtOnce = 256;

/** Above any sequence number, so that each round writes over the one before. */
const roundSize = 2 ** 40;

/**
 * The round in which documents are copied now: the last one of the target where it is of the same source and nothing was copied from the target since, else a
 * new one.
 */
export function roundOf(
  generations: readonly ClusterGeneration[],
  source: IndexMeta,
  target: IndexMeta,
): { readonly round: number; readonly isNew: boolean } {
  const last = target.copied?.at(-1);
  const all = generations.flatMap(({ meta: { copied = [] } }) => copied);
  const isPassed = (own: CopyRound): boolean =>
    all.some(({ from, round }) => from === target.created && round > own.round);
  if (last?.from === source.created && !isPassed(last)) return { round: last.round, isNew: false };
  return { round: Math.max(0, ...all.map(({ round }) => round)) + 1, isNew: true };
}

/** A document as a generation holds it. */
interface HeldVersion {
  readonly id: string;
  readonly version: number;
  readonly sequence: number;
  readonly term: number;
}

/**
 * A copy has a version that is the sequence number of what it was copied from, in the numbers of its round. So whether one is the copy of the other is told by
 * their versions, whichever way it was copied, and whether or not a document was deleted and written again. Where it was copied back in a later round, the copy may
 * have been written to before, each time with the next version: what came back then is no original of what was copied before.
 */
function copiedFrom(from: IndexMeta, to: IndexMeta): (original: HeldVersion, copy: HeldVersion) => boolean {
  const back = roundsFrom(to, from);
  const rounds = roundsFrom(from, to).map(round => ({
    round,
    until: Math.min(...back.filter(later => later > round)),
  }));
  return (original, copy) =>
    rounds.some(
      ({ round, until }) =>
        copy.version === versionOf(original.sequence, round) && original.version < versionOf(0, until),
    );
}

const roundsFrom = (from: IndexMeta, { copied = [] }: IndexMeta): number[] =>
  copied.filter(round => round.from === from.created).map(({ round }) => round);

const versionOf = (sequence: number, round: number): number => round * roundSize + sequence;

/**
 * Brings the documents of a generation to those of another: what it lacks is embedded and written, what the other one lacks is taken away. Ended at any moment,
 * the same call goes on; several at once do no harm.
 * @param round  in which it is copied; it stands in the description of the target
 * @returns documents that were written to the target, or taken away from it
 * @throws TandemError 'index/model-mismatch' where something is to be embedded and there is no model | 'cluster/*'
 */
export async function copyDocuments(cluster: Cluster, round: number, options: CopyOptions): Promise<number> {
  const { names, source, target, onProgress } = options;
  await cluster.ask('POST', `/${source.index},${target.index}/_refresh`);
  const isSame = [copiedFrom(source.meta, target.meta), copiedFrom(target.meta, source.meta)] as const;
  const { filling } = generationNames(target.index, names);
  const copy = copier(cluster, round, filling, options);
  let [changes, seen] = [0, 0];
  let batch: string[] = [];
  const gone: BulkChange[] = [];
  for await (const [original, held] of pairsById(versions(cluster, source.index), versions(cluster, target.index))) {
    if (original === undefined && held !== undefined) {
      gone.push({ delete: held.id, if: { if_seq_no: held.sequence, if_primary_term: held.term } });
      if (gone.length >= lookedAtAtOnce) changes += await written(cluster, filling, gone.splice(0));
      continue;
    }
    if (original === undefined) continue;
    onProgress?.(++seen);
    if (held !== undefined && (isSame[0](original, held) || isSame[1](held, original))) continue;
    if (batch.push(original.id) < embeddedAtOnce) continue;
    changes += await copy(batch);
    batch = [];
  }
  if (batch.length > 0) changes += await copy(batch);
  if (gone.length > 0) changes += await written(cluster, filling, gone);
  await cluster.ask('POST', `/${target.index}/_refresh`);
  return changes;
}

function copier(
  cluster: Cluster,
  round: number,
  filling: string,
  { source, target, embedder, chains }: CopyOptions,
): (ids: readonly string[]) => Promise<number> {
  const { meta } = target;
  const encode = documentEncoder(meta.indexing, chains);
  return async ids => {
    if (meta.modelId !== null && embedder === undefined)
      throw new TandemError(
        'index/model-mismatch',
        `${target.index}: documents were written that it has to embed; give the folder of its model with --model`,
      );
    // what was deleted since is taken away by the next look
    const stored = [...(await readDocuments(cluster, source.index, ids)).values()];
    const rows = stored.map(({ row }) => row);
    const embeddings = rows.length > 0 ? await embedder?.embedDocuments(rows) : undefined;
    const width = embedder?.width ?? 0;
    let [changes, count, bytes]: [BulkChange[], number, number] = [[], 0, 0];
    for (const [i, { row, version }] of stored.entries()) {
      const put = JSON.stringify(encode(row, embeddings?.slice(i * width, (i + 1) * width)));
      changes.push({
        ...{ id: row.id, put },
        if: { version: versionOf(version.if_seq_no, round), version_type: 'external' },
      });
      bytes += put.length;
      if (bytes < bulkBytes) continue;
      count += await written(cluster, filling, changes);
      [changes, bytes] = [[], 0];
    }
    return count + (changes.length > 0 ? await written(cluster, filling, changes) : 0);
  };
}

/** For which a busy cluster is offered the same again. */
const patienceMs = 600_000;

/** @returns how many were made: a copy of the same or of a later writing may be there by now */
async function written(cluster: Cluster, filling: string, changes: readonly BulkChange[]): Promise<number> {
  const results = await writeBulk(cluster, filling, changes, { visible: false, patienceMs });
  const failed = results.find(result => result instanceof TandemError);
  if (failed !== undefined) throw failed;
  return results.filter(result => result !== 'conflict').length;
}

async function* versions(cluster: Cluster, index: string): AsyncGenerator<HeldVersion> {
  const body = { size: lookedAtAtOnce, _source: false, version: true, seq_no_primary_term: true };
  for await (const hits of scanHits(cluster, index, body))
    for (const { _id: id, _version: version = 0, _seq_no: sequence = 0, _primary_term: term = 0 } of hits)
      yield { id, version, sequence, term };
}

/** What two lists hold of each id. @param first, second  ascending */
async function* pairsById(
  first: AsyncGenerator<HeldVersion>,
  second: AsyncGenerator<HeldVersion>,
): AsyncGenerator<readonly [HeldVersion | undefined, HeldVersion | undefined]> {
  try {
    let [a, b] = [await first.next(), await second.next()];
    while (!a.done || !b.done) {
      const order = a.done ? 1 : b.done ? -1 : compareByCodePoints(a.value.id, b.value.id);
      yield [order <= 0 && !a.done ? a.value : undefined, order >= 0 && !b.done ? b.value : undefined];
      const [takesFirst, takesSecond] = [order <= 0, order >= 0];
      if (takesFirst) a = await first.next();
      if (takesSecond) b = await second.next();
    }
  } finally {
    await first.return(undefined);
    await second.return(undefined);
  }
}

interface ShardStats {
  readonly routing: { readonly primary: boolean };
  readonly seq_no: { readonly max_seq_no: number };
}

/** Writes that an index has taken so far. */
export async function writesOf(cluster: Cluster, index: string): Promise<number> {
  const { indices } = await cluster.ask<{
    readonly indices: Readonly<Record<string, { readonly shards: Readonly<Record<string, readonly ShardStats[]>> }>>;
  }>('GET', `/${index}/_stats/docs`, undefined, { query: { level: 'shards' } });
  const shards = Object.values(indices[index]?.shards ?? {}).flat();
  return shards
    .filter(({ routing: { primary } }) => primary)
    .reduce((sum, { seq_no: { max_seq_no } }) => sum + max_seq_no + 1, 0);
}
