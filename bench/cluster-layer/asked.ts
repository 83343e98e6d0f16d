import type { Cluster, Json } from '../../serving/backends/opensearch/cluster.js';

/** One request to a cluster, which can be made again. */
export interface AskedOnce {
  readonly path: string;
  /** of a request of several searches */
  readonly lines?: readonly (Json | string)[];
  again(): Promise<unknown>;
}

/** A cluster that keeps what is asked of it. */
export interface NotedCluster {
  readonly cluster: Cluster;
  /** What was asked since this was called before. */
  take(): readonly AskedOnce[];
}

export function noteAsked(cluster: Cluster): NotedCluster {
  let asked: AskedOnce[] = [];
  return {
    cluster: {
      ...cluster,
      ask: (...given) => {
        asked.push({ path: given[1], again: () => cluster.ask(...given) });
        return cluster.ask(...given);
      },
      askLines: (...given) => {
        asked.push({ path: given[0], lines: given[1], again: () => cluster.askLines(...given) });
        return cluster.askLines(...given);
      },
    },
    take: () => {
      const taken = asked;
      asked = [];
      return taken;
    },
  };
}

/** What is asked for in a raw query, in place of what a search asks for: some documents of each side, and nothing else. */
export function rawLines(lines: readonly (Json | string)[], size: number): readonly Json[] {
  const raw: Json[] = [];
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const [header, body] = [lines[i] as Json, lines[i + 1] as Json];
    if (body.query === undefined || body.size === 0) continue;
    raw.push(header, { query: body.query, size, track_total_hits: false, _source: ['row'] });
  }
  return raw;
}
