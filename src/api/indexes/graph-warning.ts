import type { Manifest } from '../../search/manifest.js';
import { lowRecall } from '../../search/measure-graph.js';

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
