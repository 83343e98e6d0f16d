import { checkedDepth, type Manifest, wantsGraph } from '../api/indexes/make-index.js';

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
