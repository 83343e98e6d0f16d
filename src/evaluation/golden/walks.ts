import { mostHits } from '../../search/request.js';
import type { SearchSettings } from '../../search/search-settings.js';
import { meanOf } from '../tune-fusion.js';
import { type Probe, recallOf } from './exact-neighbours.js';
import type { GoldenIndex } from './golden-index.js';
import { percentile, turns } from './timing.js';

/** One walk of the graph, of a breadth, meaned over the queries. */
export interface Walk {
  readonly ef: number;
  /** documents that it took up as it went: what it costs, counted; absent where the index does not tell */
  readonly walked?: number;
  /** part of the exact 10 and 100 nearest that it found; it gives `ef` documents and no more */
  readonly recall10: number;
  readonly recall100: number;
  /** milliseconds, median over the queries */
  readonly p50: number;
}

/**
 * @param rounds  times that each query is asked at each breadth, for the time
 * @returns by ef, as given
 */
export async function measureWalks(
  index: Pick<GoldenIndex, 'nearest' | 'walk'>,
  probes: readonly Probe[],
  efs: readonly number[],
  rounds = 1,
  onProgress?: (done: number) => void,
): Promise<Walk[]> {
  const times = efs.map(() => probes.map((): number[] => []));
  let done = 0;
  for (const at of turns(efs.length, rounds)) {
    const ef = efs[at];
    for (const [i, { embedding }] of probes.entries()) {
      const start = performance.now();
      await index.nearest(embedding, ef);
      times[at][i].push(performance.now() - start);
      onProgress?.(++done);
    }
  }
  const walks: Walk[] = [];
  for (const [at, ef] of efs.entries()) {
    const medians = times[at].map(of => percentile(of, 0.5));
    walks.push(await walkOf(index, probes, ef, percentile(medians, 0.5)));
  }
  return walks;
}

async function walkOf(
  index: Pick<GoldenIndex, 'walk'>,
  probes: readonly Probe[],
  ef: number,
  p50: number,
): Promise<Walk> {
  const walks: { readonly walked?: number; readonly recall10: number; readonly recall100: number }[] = [];
  for (const { embedding, exact } of probes) {
    const { found, walked } = await index.walk(embedding, ef);
    walks.push({ walked, recall10: recallOf(found, exact, 10), recall100: recallOf(found, exact, 100) });
  }
  const counts = walks.flatMap(({ walked }) => (walked === undefined ? [] : [walked]));
  return {
    ef,
    p50,
    ...(counts.length > 0 && { walked: meanOf(counts) }),
    recall10: meanOf(walks.map(({ recall10 }) => recall10)),
    recall100: meanOf(walks.map(({ recall100 }) => recall100)),
  };
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
export const deeperRank = (candidates: number): number => Math.min(mostHits, Math.max(100, 2 * candidates));

/**
 * The vector side of a hybrid search as deep as deeper pages ask it.
 * @param probes    with `deeperRank` neighbours each
 * @param settings  of the same candidates; they take turns
 * @returns by settings
 */
export async function measureDeeper(
  index: Pick<GoldenIndex, 'retuned'>,
  probes: readonly Probe[],
  settings: readonly SearchSettings[],
  rounds: number,
  onProgress?: (done: number) => void,
): Promise<DeeperWalk[]> {
  const searched = settings.map(one => ({
    index: index.retuned({ ...one, ef: Math.max(one.ef, one.candidates) }),
    rank: deeperRank(one.candidates),
  }));
  const asked = settings.map(() => probes.map(() => ({ recall: 0, times: [] as number[] })));
  let done = 0;
  for (const at of turns(settings.length, rounds)) {
    const { index: retuned, rank: k } = searched[at];
    for (const [i, { query, exact }] of probes.entries()) {
      const { text, country, language } = query;
      const { vector, took } = await retuned.retrieve({ text, country, language, k, mode: 'vector' });
      asked[at][i].recall = recallOf(vector, exact, k);
      asked[at][i].times.push(took.vector ?? 0);
      onProgress?.(++done);
    }
  }
  return settings.map(({ deeperCandidates }, at) => ({
    deeperCandidates,
    rank: searched[at].rank,
    recall: meanOf(asked[at].map(({ recall }) => recall)),
    p50: percentile(
      asked[at].map(({ times }) => percentile(times, 0.5)),
      0.5,
    ),
  }));
}
