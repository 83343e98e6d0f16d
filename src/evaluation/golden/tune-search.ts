import { TandemError } from '../../errors/tandem-error.js';
import type { QueryEmbedder } from '../../search/backend.js';
import { mostHits } from '../../search/request.js';
import type { SearchSettings, TunedSettings } from '../../search/search-settings.js';
import type { Qrels } from '../trec.js';
import { type Breadth, cheapest, isAsGood, isDeepEnough, isWhole } from './choose-settings.js';
import { exactNeighbours, type Probe } from './exact-neighbours.js';
import type { GoldenQuery } from './golden-file.js';
import type { GoldenIndex } from './golden-index.js';
import { measurePoints, type Point } from './measure-points.js';
import { type DeeperWalk, deeperRank, measureDeeper, measureWalks } from './walks.js';

/** Breadths that recall is measured against, where none are given. */
const usualBreadths = [10, 25, 50, 100, 200, 400, 800];
const usualCandidates = [25, 50, 100, 200];
/** Parts of a ranker's depth that are tried. */
const depthParts = [1 / 8, 1 / 4, 1 / 2];
/** Multiples of the rank that deeper pages are measured at. */
const deeperParts = [1, 1.5, 2, 3, 4];
const usualRounds = 3;

export interface TuneSearchOptions {
  readonly queries: readonly GoldenQuery[];
  readonly qrels?: Qrels;
  /** recall and agreement that are wanted, (0, 1] */
  readonly recall: number;
  /** values to try; the present ones are tried too */
  readonly ef?: readonly number[];
  readonly candidates?: readonly number[];
  readonly rankingDepth?: readonly number[];
  /** times that each query is asked at each setting; 3 when absent */
  readonly rounds?: number;
  /** a piece of the work begins: `count` steps */
  readonly begin: (title: string, count: number) => { update(done: number): void; finish(): void };
}

/** What was measured, setting by setting, and what was chosen. */
export interface TunedSearch {
  readonly before: SearchSettings;
  readonly settings: SearchSettings;
  readonly golden: TunedSettings;
  /** queries with judgements */
  readonly judged: number;
  /** whether the chosen breadth and the chosen depth of deeper pages reach the recall that was wanted */
  readonly reached: boolean;
  readonly candidates: readonly Point[];
  /** empty where vectors are searched exactly */
  readonly breadths: readonly Breadth[];
  /** empty there too, and where deeper pages go as deep as they can anyway */
  readonly deeper: readonly DeeperWalk[];
  /** empty without a ranker */
  readonly depths: readonly Point[];
  /** first pages as they were and as they are now, measured side by side */
  readonly compared: { readonly before: Point; readonly after: Point };
}

const ascending = (values: readonly number[]): number[] => [...new Set(values)].sort((a, b) => a - b);

/**
 * Finds the cheapest settings of searching that are as good as the broadest ones, on golden queries, one after the other, since each has a measure of its own: candidates and ranking depth
 * by the ranking (see isAsGood), the breadth of the walk by its recall@10 against an exact scan, deeper pages by their recall further down.
 * @param index  opened with its model
 * @throws TandemError 'index/no-vectors' | 'evaluation/no-queries' where the model can read none of them
 */
export async function tuneSearch(
  index: GoldenIndex,
  embedder: Pick<QueryEmbedder, 'embedQuery'>,
  options: TuneSearchOptions,
): Promise<TunedSearch> {
  const { queries, qrels, recall: wanted } = options;
  const { settings: before, graph, rankerDepth } = index;
  const tried = {
    ef: graph ? ascending([...(options.ef ?? usualBreadths), before.ef]) : [before.ef],
    candidates: ascending([
      ...(options.candidates ?? usualCandidates.filter(candidates => candidates < before.candidates)),
      before.candidates,
    ]),
  };
  const widest = graph ? Math.max(mostHits, ...tried.ef) : before.ef;
  const points = (title: string, settings: readonly SearchSettings[]): Promise<Point[]> =>
    inSteps(options, title, settings.length * queries.length * (options.rounds ?? usualRounds), onProgress =>
      measurePoints(index, queries, settings, { qrels, rounds: options.rounds ?? usualRounds, onProgress }),
    );

  // as broad as the index is searched now, and the same for all
  const wide = { ...before, ef: Math.max(before.ef, ...tried.candidates), rankingDepth: null };
  const candidates = await points(
    'trying candidates',
    tried.candidates.map(value => ({ ...wide, candidates: value })),
  );
  const most = candidates[candidates.length - 1];
  const chosen = (cheapest(candidates, point => isAsGood(point, most, wanted)).point ?? most).settings;

  const probes = await inSteps(options, 'searching exactly', queries.length, onProgress =>
    exactNeighbours(index, embedder, queries, deeperRank(chosen.candidates), onProgress),
  );
  if (probes.length === 0)
    throw new TandemError('evaluation/no-queries', 'the model can read nothing in any of the golden queries');
  const efs = ascending([...tried.ef, chosen.candidates]);
  const breadths = graph ? await measureBreadths(index, probes, chosen, efs, widest, options, points) : [];
  // a hybrid walks no less broadly than it needs candidates, so that less would hold for mode vector alone
  const choices = breadths.filter(({ walk }) => walk.ef >= chosen.candidates && walk.ef <= efs[efs.length - 1]);
  const breadth = cheapest(choices, found => isWhole(found, wanted));
  const ef = breadth.point?.walk.ef ?? before.ef;

  const depths =
    rankerDepth === null
      ? []
      : await points('trying ranking depths', depthsOf(rankerDepth, options, { ...chosen, ef }));
  const depth =
    cheapest(depths, point => isAsGood(point, depths[depths.length - 1], wanted)).point?.settings.rankingDepth ?? null;
  const first = { ...chosen, ef, rankingDepth: depth === rankerDepth ? null : depth };

  const deeper = graph && index.setsDepth ? await measureDepths(index, probes, first, options) : [];
  const deep = cheapest(deeper, found => isDeepEnough(found, wanted));
  const settings = { ...first, deeperCandidates: deep.point?.deeperCandidates ?? before.deeperCandidates };
  const [as, now] = await points('comparing', [before, settings]);
  return {
    before,
    settings,
    judged: now.ndcg.length,
    reached: !graph || (breadth.reached && (deep.reached || !index.setsDepth)),
    candidates,
    breadths,
    deeper,
    depths,
    compared: { before: as, after: now },
    golden: {
      wanted,
      queries: queries.length,
      recall: breadth.point?.walk.recall10 ?? 1,
      agreement: breadth.point?.hybrid.overlap ?? 1,
      deeper: { rank: deeperRank(settings.candidates), recall: deep.point?.recall ?? 1 },
    },
  };
}

async function inSteps<T>(
  { begin }: Pick<TuneSearchOptions, 'begin'>,
  title: string,
  count: number,
  work: (onProgress: (done: number) => void) => Promise<T> | T,
): Promise<T> {
  const progress = begin(title, count);
  try {
    return await work(done => progress.update(done));
  } finally {
    progress.finish();
  }
}

/** Every breadth by itself and in the hybrid, which walks no less broadly than it needs candidates; the broadest last. */
async function measureBreadths(
  index: GoldenIndex,
  probes: readonly Probe[],
  chosen: SearchSettings,
  tried: readonly number[],
  widest: number,
  options: TuneSearchOptions,
  points: (title: string, settings: readonly SearchSettings[]) => Promise<Point[]>,
): Promise<Breadth[]> {
  const all = ascending([...tried, widest]);
  const rounds = options.rounds ?? usualRounds;
  const walks = await inSteps(options, 'walking the graph', all.length * probes.length * rounds, onProgress =>
    measureWalks(index, probes, all, rounds, onProgress),
  );
  const inHybrid = (ef: number): number => Math.max(ef, chosen.candidates);
  const hybrids = await points(
    'trying breadths',
    ascending(all.map(inHybrid)).map(ef => ({ ...chosen, ef })),
  );
  const byBreadth = new Map(hybrids.map(point => [point.settings.ef, point]));
  return walks.flatMap(walk => {
    const hybrid = byBreadth.get(inHybrid(walk.ef));
    return hybrid === undefined ? [] : [{ walk, hybrid }];
  });
}

const depthsOf = (depth: number, { rankingDepth }: TuneSearchOptions, settings: SearchSettings): SearchSettings[] =>
  ascending([
    ...(rankingDepth ?? depthParts.map(part => Math.ceil(part * depth))).filter(tried => tried < depth),
    depth,
  ]).map(tried => ({ ...settings, rankingDepth: tried }));

async function measureDepths(
  index: GoldenIndex,
  probes: readonly Probe[],
  settings: SearchSettings,
  options: TuneSearchOptions,
): Promise<DeeperWalk[]> {
  const rank = deeperRank(settings.candidates);
  const tried = ascending([...deeperParts.map(part => Math.min(mostHits, Math.ceil(part * rank))), mostHits]);
  const rounds = options.rounds ?? usualRounds;
  return inSteps(options, 'searching deeper', tried.length * probes.length * rounds, onProgress =>
    measureDeeper(
      index,
      probes,
      tried.map(deeperCandidates => ({ ...settings, deeperCandidates })),
      rounds,
      onProgress,
    ),
  );
}
