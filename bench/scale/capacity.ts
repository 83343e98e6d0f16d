/** What was measured, each figure published in docs/results.md or docs/scale.md; bytes and seconds of one document. */
export const measured = {
  /** D of the embeddings that all of it was measured with */
  width: 512,
  /** of an index that is a folder: rows, tokens, graph of 4-bit codes (10^6 titles), and the embedding */
  folderBytes: 204 + 54 + 392 + 4 * 512,
  /** in memory when it is open: tokens and rows, graph and codes */
  folderMemory: 571 * 1.048576 + 721 * 1.048576,
  /** of a copy in a cluster, before merges (54,667 titles) */
  clusterBytes: 10_600,
  /** of a core, seconds */
  clusterWriting: 1 / 50,
  embeddingBag: 0.000116,
  embeddingMiniLm: 0.00289,
  embeddingMiniLm8: 0.00134,
} as const;

/** What is assumed; prices are those of no one, near to what large clouds list on demand. */
export const assumed = {
  /** of a shard at most, as OpenSearch advises 10 to 50 GB */
  shardBytes: 30e9,
  /** each shard is there so many times */
  copies: 2,
  /** of a node */
  nodeCores: 8,
  nodeMemory: 64e9,
  nodeDisk: 2e12,
  /** of its memory what searches may have for vectors; the rest is heap, postings and the system */
  vectorShare: 0.5,
  /** $ a month: a core with its memory (8 GB), and a GB of SSD */
  coreMonth: 36,
  diskMonth: 0.08,
  /** $ an hour of a core that may be taken away */
  spotCoreHour: 0.015,
} as const;

/** How vectors lie in the memory of a cluster, bytes of each number. */
export const formats = { float32: 4, 'codes of 8 bits': 1, 'codes of 4 bits': 0.5 } as const;
export type Format = keyof typeof formats;

export interface ClusterSize {
  readonly shards: number;
  /** of all copies */
  readonly diskBytes: number;
  /** of the vectors of all copies */
  readonly vectorBytes: number;
  readonly nodes: number;
  /** what decides how many nodes there are */
  readonly bound: 'memory' | 'disk' | 'copies';
  /** $ */
  readonly month: number;
}

/** A cluster for so many documents, with embeddings of D numbers. */
export function clusterFor(documents: number, width: number, format: Format): ClusterSize {
  const copy = documents * (measured.clusterBytes + 4 * (width - measured.width));
  const diskBytes = copy * assumed.copies;
  const vectorBytes = documents * width * formats[format] * assumed.copies;
  const wants = {
    memory: Math.ceil(vectorBytes / (assumed.nodeMemory * assumed.vectorShare)),
    disk: Math.ceil(diskBytes / assumed.nodeDisk),
    copies: assumed.copies,
  };
  const nodes = Math.max(...Object.values(wants));
  const bound = (['copies', 'disk', 'memory'] as const).find(what => wants[what] === nodes) ?? 'memory';
  const month = nodes * assumed.nodeCores * assumed.coreMonth + (diskBytes / 1e9) * assumed.diskMonth;
  return { shards: Math.ceil(copy / assumed.shardBytes), diskBytes, vectorBytes, nodes, bound, month };
}

export interface FleetSize {
  readonly coreHours: number;
  /** that finish in a day */
  readonly coresForADay: number;
  /** $, once */
  readonly cost: number;
}

/** Cores that embed so many documents. @param seconds  of a core, for each */
export function fleetFor(documents: number, seconds: number): FleetSize {
  const coreHours = (documents * seconds) / 3600;
  return { coreHours, coresForADay: Math.ceil(coreHours / 24), cost: coreHours * assumed.spotCoreHour };
}
