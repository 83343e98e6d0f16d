import type { Manifest } from '../search/manifest.js';
import { checkedDepth, lowRecall } from '../search/measure-graph.js';

/** What an index with vectors says of them when it was made. */
export function vectorLines({ documents, nothingToEmbed, graph, indexing }: Manifest): string[] {
  const vectors = documents - nothingToEmbed;
  const lines: string[] = [];
  if (nothingToEmbed > 0)
    lines.push(
      `${nothingToEmbed} documents have nothing to embed: the model can read nothing in them, and words alone find them`,
    );
  if (graph === undefined) {
    if (vectors < indexing.exactBelow) lines.push(`vectors: ${vectors}, searched exactly`);
    return lines;
  }
  const { recall, ef, queries } = graph;
  const figure = recall.toFixed(3);
  lines.push(
    `vectors: ${vectors} in a graph, recall@${checkedDepth} ${figure} at ef ${ef}, checked on ${queries} titles as queries`,
  );
  if (recall < lowRecall)
    lines.push(
      `warning: the graph misses 1 in ${Math.max(2, Math.round(1 / (1 - recall)))} of the nearest; --set indexing.hnsw.ef=${Math.min(10_000, 2 * ef)} searches it more broadly, --set indexing.hnsw.m=${Math.min(128, 2 * indexing.hnsw.m)} makes it denser, --set indexing.exactBelow=${vectors + 1} searches without it`,
    );
  return lines;
}
