import { createReadStream } from 'node:fs';
import { writeFileAtomically } from '../../src/files/atomic.js';
import { isZero } from '../../src/vector/cosine.js';
import type { EmbeddedBatch } from './embed-batch.js';
import { joinParquet, writeParquet } from './write-parquet.js';

type Batches = AsyncIterable<EmbeddedBatch> | Iterable<EmbeddedBatch>;

/**
 * Writes embeddings whole or not at all, in the order in which they come, never more than a batch of them held:
 * `.parquet` (id VARCHAR, embedding FLOAT[]) or else JSON Lines, `{"id", "embedding": [D numbers]}` a line, exact to the last bit. Where there
 * was nothing to embed, the embedding is null.
 * @returns rows written
 * @throws TandemError 'files/disk-full' | 'files/write-failed', and whatever the batches throw
 */
export async function writeEmbeddings(path: string, batches: Batches): Promise<number> {
  return /\.parquet$/i.test(path) ? writeParquet(path, batches) : writeJsonl(path, batches);
}

/**
 * Puts files that `writeEmbeddings` wrote one behind another, a few rows of them in memory at a time.
 * @throws TandemError 'files/disk-full' | 'files/write-failed'
 */
export const joinEmbeddings = (parts: readonly string[], path: string): Promise<void> =>
  /\.parquet$/i.test(path) ? joinParquet(parts, path) : joinLines(parts, path);

const joinLines = (parts: readonly string[], path: string): Promise<void> =>
  writeFileAtomically(path, async handle => {
    for (const part of parts) for await (const piece of createReadStream(part)) await handle.writeFile(piece);
  });

async function writeJsonl(path: string, batches: Batches): Promise<number> {
  let rows = 0;
  await writeFileAtomically(path, async handle => {
    for await (const batch of batches) {
      rows += batch.ids.length;
      await handle.writeFile(linesOf(batch));
    }
  });
  return rows;
}

function linesOf({ ids, embeddings }: EmbeddedBatch): string {
  const width = embeddings.length / ids.length;
  const line = (id: string, i: number): string => {
    const row = embeddings.subarray(i * width, (i + 1) * width);
    return JSON.stringify({ id, embedding: isZero(row) ? null : Array.from(row) });
  };
  return ids.map((id, i) => `${line(id, i)}\n`).join('');
}
