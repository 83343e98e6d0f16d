import type { EmbeddedIndex } from '../../search/embedded-backend.js';
import type { SearchSettings } from '../../search/search-settings.js';
import { meanOf } from '../tune-fusion.js';
import { type Probe, recallOf } from './exact-neighbours.js';

/** One walk of the graph, of a breadth, meaned over the queries. */
export interface Walk {
  readonly ef: number;
  /** documents that it took up as it went: what it costs, counted */
  readonly walked: number;
  /** part of the exact 10 and 100 nearest that it found; it gives `ef` documents and no more */
  readonly recall10: number;
  readonly recall100: number;
}

/** @returns by ef, as given */
export function measureWalks(
  index: Pick<EmbeddedIndex, 'nearest'>,
  probes: readonly Probe[],
  efs: readonly number[],
  onProgress?: (done: number) => void,
): Walk[] {
  let done = 0;
  return efs.map(ef => {
    const walks = probes.map(({ embedding, exact }) => {
      const taken = new Set<string>();
      const accept = (id: string): boolean => {
        taken.add(id);
        return true;
      };
      const found = index.nearest(embedding, ef, { ef, accept });
      onProgress?.(++done);
      return { walked: taken.size, recall10: recallOf(found, exact, 10), recall100: recallOf(found, exact, 100) };
    });
    return {
      ef,
      walked: meanOf(walks.map(({ walked }) => walked)),
      recall10: meanOf(walks.map(({ recall10 }) => recall10)),
      recall100: meanOf(walks.map(({ recall100 }) => recall100)),
    };
  });
}

/** Deeper pages at settings, meaned over the queries. */
export interface DeeperWalk {
  readonly deeperCandidates: number;
  /** part of the exact `rank` nearest that the vector side finds: what stands first, and behind it what the deeper walk adds */
  readonly recall: number;
  readonly rank: number;
  /** milliseconds of the vector side, median over the queries */
  readonly p50: number;
}

/** The rank that deeper pages are measured at: 100, or what lies as far behind the candidates as these are many. */
export const deeperRank = (candidates: number): number => Math.min(1_000, Math.max(100, 2 * candidates));

/** The vector side of a hybrid search as deep as deeper pages ask it. @param probes  with `deeperRank` neighbours each */
export async function measureDeeper(
  index: Pick<EmbeddedIndex, 'retuned'>,
  probes: readonly Probe[],
  settings: SearchSettings,
  onProgress?: (done: number) => void,
): Promise<DeeperWalk> {
  const rank = deeperRank(settings.candidates);
  const ef = Math.max(settings.ef, settings.candidates);
  const searched = index.retuned({ ...settings, ef });
  const recalls: number[] = [];
  const times: number[] = [];
  for (const { query, exact } of probes) {
    const { text, country, language } = query;
    const { vector, took } = await searched.retrieve({ text, country, language, k: rank, mode: 'vector' });
    recalls.push(recallOf(vector, exact, rank));
    times.push(took.vector ?? 0);
    onProgress?.(recalls.length);
  }
  const { deeperCandidates } = settings;
  return { deeperCandidates, rank, recall: meanOf(recalls), p50: percentile(times, 0.5) };
}

/** The value that a part of all does not exceed (nearest rank); 0 of none. @param part  in [0, 1] */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
}
