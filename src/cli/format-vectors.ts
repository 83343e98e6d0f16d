import { wantsGraph } from '../search/derive.js';
import type { Manifest } from '../search/manifest.js';
import { checkedDepth, lowRecall } from '../search/measure-graph.js';

/** What a new index says of its vectors; nothing without a model. */
export function vectorLines({ modelId, documents, nothingToEmbed, graph, indexing }: Manifest): string[] {
  if (modelId === null) return [];
  const vectors = documents - nothingToEmbed;
  const lines: string[] = [];
  if (nothingToEmbed > 0)
    lines.push(
      `${nothingToEmbed} documents have nothing to embed: the model can read nothing in them, and words alone find them`,
    );
  if (graph === undefined) {
    if (!wantsGraph(vectors, indexing)) lines.push(`vectors: ${vectors}, searched exactly`);
    return lines;
  }
  const { recall, ef, queries } = graph;
  lines.push(
    `vectors: ${vectors} in a graph, recall@${checkedDepth} ${recall.toFixed(3)} at ef ${ef}, checked on ${queries} titles as queries`,
  );
  return lines;
}

/** What to do about a graph that finds too little; undefined where it does well. */
export function graphWarning({ documents, graph, indexing }: Manifest): string | undefined {
  if (graph === undefined || graph.recall >= lowRecall) return undefined;
  const { recall, ef } = graph;
  const settings = [
    `indexing.hnsw.ef=${Math.min(10_000, 2 * ef)} (broader searches)`,
    `indexing.hnsw.m=${Math.min(128, 2 * indexing.hnsw.m)} (a denser graph)`,
    `indexing.exactBelow=${documents + 1} (no graph)`,
  ];
  const found = `the graph finds ${(100 * recall).toFixed(1)} of 100 nearest documents`;
  return `${found}; index again with --set ${settings.join(', or ')}`;
}
