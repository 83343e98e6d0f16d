import { rm } from 'node:fs/promises';
import { readValidationQueries } from '../../../models/runtime/read-validation.js';
import { type CutFigures, calibrate, measureCut } from '../../../training/ranking/calibrate.js';
import { type LambdaMartHooks, trainLambdaMart } from '../../../training/ranking/lambda-mart.js';
import { countPopularity, withPopularity } from '../../../training/ranking/popularity.js';
import { joinRows, type LoggedRows, readRows } from '../../../training/ranking/rows-file.js';
import type { DeepOptions, LambdaMartOptions } from '../../config/ranking.js';
import { tandemVersion } from '../../config/version.js';
import { TandemError } from '../../errors/tandem-error.js';
import { meanOf } from '../../evaluation/tune-fusion.js';
import { answerable, type JudgedQueries, tellingQueries } from '../../evaluation/tune-index.js';
import type { DeepPart } from '../../ranking/learned/deep-part.js';
import { type Learnt, type RankerFile, writeRanker } from '../../ranking/learned/ranker-file.js';
import { compileEnsemble } from '../../ranking/trees/compile.js';
import { murmur3 } from '../../text/murmur3.js';
import type { BackendChoice } from '../indexes/cluster-place.js';
import type { Watch } from '../watch.js';
import { collectRows } from './collect-rows.js';
import { foldRows } from './fold-rows.js';
import { gainNote } from './gain-note.js';
import { meansOf, measureOrder } from './measure-order.js';
import { judgementsOfPairs } from './pair-judgements.js';
import { type RankedIndex, withRankedIndex } from './ranked-index.js';
import { rankerFeatures } from './ranker-features.js';
import { checkEmbeddings, trainDeep } from './train-deep.js';

export interface TrainRankerOptions {
  /** the index that the ranker is for: its folder, or its name in a cluster */
  readonly index: string;
  /** where it lies */
  readonly place?: BackendChoice;
  /** what it learns from; the training pairs of the data of `folds` when absent */
  readonly judged?: JudgedQueries;
  /** what decides when to stop; without it those that the model of the index carries, or a fifth of `judged` */
  readonly validation?: JudgedQueries;
  /** files of rows to learn from in place of asking the index `judged`: of other indexes, whose towers did not learn from these queries */
  readonly rows?: readonly string[];
  /** prepared data that the towers of the index learnt from, and parts of it: the queries of each part are asked of towers that learn anew without them */
  readonly folds?: { readonly data: string; readonly count: number };
  readonly labels: Learnt['labels'];
  /** candidates of the first ranking that it orders */
  readonly depth: number;
  /** whether it remembers which documents were found to be good */
  readonly popularity: boolean;
  /** gain from which a document counts as relevant: what the cut goes by */
  readonly relevanceLevel: number;
  /** names of features in place of those that the index offers */
  readonly features?: readonly string[];
  readonly options: LambdaMartOptions;
  /** trains a network that orders the first hits of the trees anew; none when absent */
  readonly deep?: DeepOptions;
  /** file that is written */
  readonly out: string;
}

export interface TrainedRankerReport {
  readonly out: string;
  readonly trees: number;
  readonly queries: number;
  readonly rows: number;
  readonly validationQueries: number;
  /** on the validation queries: the first ranking, and this one */
  readonly before: Readonly<Record<string, number>>;
  readonly after: Readonly<Record<string, number>>;
  /** what `minScore: auto` does to the judged validation queries */
  readonly cut?: { readonly score: number; readonly without: CutFigures; readonly with: CutFigures };
  /** the network behind the trees: what it learnt, and on the validation queries of the trees and of it; absent where there is none */
  readonly deep?: DeepPart['learnt'] & { readonly embeddings: boolean };
  readonly seconds: number;
}

/** Fewer judged queries than this say nothing about a sum of trees. */
const leastQueries = 50;
/** Queries that the towers did not learn from, of which the vectors find so much less, tell that they did learn from the others. */
const learntShare = 0.8;

/** Trains a ranker for an index and writes it. @throws TandemError 'ranker/*' | 'evaluation/no-queries' | 'files/*', and as withRankedIndex */
export const trainRanker = (options: TrainRankerOptions, watch: Watch): Promise<TrainedRankerReport> =>
  withRankedIndex(options.index, options.place ?? {}, index => trainOver(index, options, watch));

async function trainOver(
  index: RankedIndex,
  {
    judged: asked,
    validation: given,
    rows: files,
    folds,
    labels,
    depth,
    popularity,
    features: names,
    relevanceLevel,
    options,
    deep,
    out,
  }: TrainRankerOptions,
  watch: Watch,
): Promise<TrainedRankerReport> {
  const started = performance.now();
  const judged = asked ?? (folds && (await judgementsOfPairs(folds.data, watch)));
  if (judged === undefined)
    throw new TandemError(
      'usage/missing-option',
      'trainRanker: a ranker learns from judged queries: give judged, or folds to learn from the pairs of their data',
    );
  const { learning, validation } = await partQueries(index, judged, given);
  if (learning.queries.length < leastQueries)
    throw new TandemError(
      'ranker/nothing-to-learn',
      `${learning.queries.length} queries are left to learn from, and a ranker needs ${leastQueries}: of ${judged.queries.length} given, ${validation.queries.length} are held out to stop by (others: --validation-queries), and those without a relevant document in the index say nothing`,
    );
  const features = rankerFeatures(await index.rankable(), names);
  const embeddings = deep !== undefined && deep.embeddings !== 'no';
  const collect = ({ queries, qrels }: JudgedQueries): Promise<LoggedRows> =>
    collectRows(index, { queries, qrels, features, depth, embeddings }, watch);
  const work = `${out}.folds`;
  const plainRows =
    files !== undefined
      ? joinRows(await Promise.all(files.map(readRows)))
      : folds === undefined
        ? await collect(learning)
        : await foldRows(
            {
              index,
              data: folds.data,
              folds: folds.count,
              judged: learning,
              features,
              depth,
              embeddings,
              work,
            },
            watch,
          );
  if (deep !== undefined) checkEmbeddings(plainRows, deep);
  const plainValidation = await collect(validation);
  warnOfLearntQueries(plainRows, plainValidation, watch);
  const counted = new Set(learning.queries.map(({ id }) => id));
  const remembered = popularity ? countPopularity(learning.qrels, [...counted]) : undefined;
  const complete = (rows: LoggedRows): LoggedRows =>
    remembered === undefined ? rows : withPopularity(rows, remembered, learning.qrels, counted);
  const [rows, judgedRows] = [complete(plainRows), complete(plainValidation)];
  const trained = await trainTrees(rows, judgedRows, options, watch);
  const scores = scoresOf(trained, judgedRows);
  const first = measureOrder(judgedRows, columnOf(judgedRows, 'fusion'));
  const again = measureOrder(judgedRows, scores);
  const calibration = calibrate(judgedRows, scores, relevanceLevel);
  const [before, after] = [meansOf(first), meansOf(again)];
  for (const note of gainNote(first, again)) watch.note(note);
  const network =
    deep &&
    (await trainDeep(
      {
        rows,
        validation: judgedRows,
        trees: trained,
        growing: options,
        scores,
        relevanceLevel,
        options: { ...deep, depth: Math.min(deep.depth, depth) },
      },
      watch,
    ));
  if (network !== undefined) for (const note of gainNote(network.before, network.after)) watch.note(note);
  const learnt: Learnt = {
    labels,
    queries: rows.queries.length,
    rows: rows.documents.length,
    validationQueries: judgedRows.queries.length,
    seed: options.seed,
    modelId: index.modelId,
    before,
    after,
  };
  const file: RankerFile = {
    tandem: tandemVersion(),
    created: new Date().toISOString(),
    depth,
    learnt,
    ...(calibration && { calibration }),
    ...(remembered && { popularity: remembered }),
    ...(network && { deep: network.part }),
    trees: trained,
  };
  await writeRanker(out, file);
  await rm(work, { recursive: true, force: true });
  return {
    out,
    trees: trained.trees.length,
    queries: rows.queries.length,
    rows: rows.documents.length,
    validationQueries: judgedRows.queries.length,
    before,
    after,
    ...(calibration && {
      cut: {
        score: calibration.cut,
        without: measureCut(judgedRows, scores, relevanceLevel, Number.NEGATIVE_INFINITY),
        with: measureCut(judgedRows, scores, relevanceLevel, calibration.cut),
      },
    }),
    ...(network?.part.learnt && { deep: { ...network.part.learnt, embeddings: network.part.width > 0 } }),
    seconds: (performance.now() - started) / 1000,
  };
}

async function trainTrees(
  rows: LoggedRows,
  validation: LoggedRows,
  options: LambdaMartOptions,
  watch: Watch,
): Promise<RankerFile['trees']> {
  const progress = watch.progress('growing trees', 'trees', options.trees);
  const onTree: LambdaMartHooks['onTree'] = ({ tree, trees, train, validation: figure }) => {
    progress.note(`nDCG@${options.k} ${train.toFixed(4)}, on validation queries ${(figure ?? 0).toFixed(4)}`);
    progress.update(tree, trees);
  };
  try {
    return (await trainLambdaMart(rows, validation, options, { onTree })).ensemble;
  } finally {
    progress.finish();
  }
}

/** Queries to learn from, and others that tell how well. */
async function partQueries(
  { model, having }: Pick<RankedIndex, 'model' | 'having'>,
  judged: JudgedQueries,
  given: JudgedQueries | undefined,
): Promise<{ readonly learning: JudgedQueries; readonly validation: JudgedQueries }> {
  const carried = given === undefined ? await readValidationQueries(model) : undefined;
  const held = await having(judgedDocuments([judged, given, carried]));
  const has = (id: string): boolean => held.has(id);
  const all = answerable(judged, has);
  if (given !== undefined) return { learning: all, validation: answerable(given, has) };
  if (carried !== undefined && tellingQueries(carried, has) >= leastQueries) {
    const validation = answerable(carried, has);
    const texts = new Set(validation.queries.map(({ text }) => text));
    return { learning: { ...all, queries: all.queries.filter(({ text }) => !texts.has(text)) }, validation };
  }
  const isHeld = ({ text }: { readonly text: string }): boolean => murmur3(text, 0) % 5 === 0;
  return {
    learning: { ...all, queries: all.queries.filter(query => !isHeld(query)) },
    validation: { ...all, queries: all.queries.filter(isHeld) },
  };
}

/** Ids of the documents that are judged. */
const judgedDocuments = (parts: readonly (JudgedQueries | undefined)[]): ReadonlySet<string> =>
  new Set(parts.flatMap(part => [...(part?.qrels.values() ?? [])].flatMap(gains => [...gains.keys()])));

function columnOf({ features, columns }: LoggedRows, name: string): Float64Array {
  const at = features.findIndex(feature => feature.name === name);
  return Float64Array.from(columns[at] ?? []);
}

const scoresOf = (trees: RankerFile['trees'], { columns }: LoggedRows): Float64Array =>
  compileEnsemble(trees).scores(columns.map(column => Float64Array.from(column)));

/** Cosines of queries that the towers learnt from are better than those that they will serve with; trees that trust them are wrong afterwards. */
function warnOfLearntQueries(rows: LoggedRows, validation: LoggedRows, watch: Pick<Watch, 'warn'>): void {
  const vectors = (of: LoggedRows): number =>
    meanOf(
      measureOrder(
        of,
        columnOf(of, 'cosine').map(value => (Number.isNaN(value) ? -2 : value)),
      ).condensed,
    );
  const tokens = (of: LoggedRows): number => meanOf(measureOrder(of, columnOf(of, 'bm25')).ndcg);
  const [learning, held] = [vectors(rows) / tokens(rows), vectors(validation) / tokens(validation)];
  if (!(held < learntShare * learning)) return;
  watch.warn(
    `the towers of this index seem to have learnt from these queries: beside tokens their cosines are ${(learning / held).toFixed(2)} times as good there as on the validation queries; give --folds 3 --data DATA, which asks towers that did not (docs/ranking.md)`,
  );
}
