import { addCounts, noTexts } from '../../models/runtime/text-counts.js';
import type { DocumentRow, QueryRow } from '../../src/config/rows.js';
import { isZero } from '../../src/vector/cosine.js';
import type { EmbedBatch } from './embed-batch.js';
import type { BatchEmbedder } from './embed-rows.js';
import type { KeptShards } from './kept-shards.js';
import type { EmbeddableRow, Shard, ShardCounts } from './shards.js';

/** Through which tower rows go. */
export interface RowKind<Row> {
  batch(rows: readonly Row[]): EmbedBatch;
  /** what of a row makes it long, and tells it from others */
  text(row: Row): string;
}

export const queryRows: RowKind<QueryRow> = { batch: rows => ({ kind: 'queries', rows }), text: ({ text }) => text };
export const documentRows: RowKind<DocumentRow> = {
  batch: rows => ({ kind: 'documents', rows }),
  text: ({ title, description = '' }) => `${title} ${description}`,
};

export interface EmbedShardsOptions<Row> {
  readonly kind: RowKind<Row>;
  /** D */
  readonly width: number;
  /** rows that are embedded together */
  readonly batch: number;
  /** told of rows as they are embedded */
  readonly onRows: (rows: number) => void;
}

/**
 * Embeds the shards that are not kept yet and keeps them, in their order. Of a shard, rows of about one length are embedded
 * together, equal ones beside each other. The next shard is begun while the last batches of one are in work, where there are several threads.
 * The embedder stays open.
 * @throws whatever the rows, the model or the disk throw; shards that were kept stay
 */
export async function embedShards<Row extends EmbeddableRow>(
  shards: AsyncIterable<Shard<Row>> | Iterable<Shard<Row>>,
  embedder: BatchEmbedder,
  kept: Pick<KeptShards, 'done' | 'keep'>,
  options: EmbedShardsOptions<Row>,
): Promise<void> {
  const running: (() => Promise<void>)[] = [];
  const atOnce = embedder.workers === 1 ? 1 : 2;
  for await (const shard of shards) {
    if (kept.done.has(shard.number)) continue;
    const embedding = embedShard(shard, embedder, options);
    // it is awaited in its turn; a failure before that is no unhandled one
    embedding.catch(() => undefined);
    running.push(async () => {
      const { embeddings, counts } = await embedding;
      await kept.keep(shard.number, { ids: shard.rows.map(({ id }) => id), embeddings }, shard.deadLetters, counts);
    });
    if (running.length >= atOnce) await running.shift()?.();
  }
  for (const finish of running) await finish();
}

async function embedShard<Row extends EmbeddableRow>(
  { rows, deadLetters }: Shard<Row>,
  embedder: BatchEmbedder,
  { kind, width, batch, onRows }: EmbedShardsOptions<Row>,
): Promise<{ embeddings: Float32Array; counts: ShardCounts }> {
  const order = orderByLength(rows.map(kind.text));
  const embeddings = new Float32Array(rows.length * width);
  let texts = noTexts;
  const embedPart = async (places: Int32Array): Promise<void> => {
    const part = Array.from(places, place => rows[place]);
    const result = await embedder.embed(kind.batch(part));
    places.forEach((place, i) => {
      embeddings.set(result.embeddings.subarray(i * width, (i + 1) * width), place * width);
    });
    texts = addCounts(texts, result.texts);
    onRows(places.length);
  };
  const parts: Promise<void>[] = [];
  for (let from = 0; from < rows.length; from += batch) parts.push(embedPart(order.subarray(from, from + batch)));
  await Promise.all(parts);
  const nothingToEmbed = rows.filter((_, i) => isZero(embeddings.subarray(i * width, (i + 1) * width))).length;
  return { embeddings, counts: { rows: rows.length, nothingToEmbed, deadLetters: deadLetters.length, texts } };
}

/** Places of texts, short ones first; equal texts are neighbours. */
const orderByLength = (texts: readonly string[]): Int32Array =>
  Int32Array.from(texts.keys()).sort(
    (a, b) => texts[a].length - texts[b].length || (texts[a] < texts[b] ? -1 : texts[a] > texts[b] ? 1 : a - b),
  );
