import { exportRankingNetwork } from '../../../models/ranking-network.js';
import { calibrate } from '../../../training/ranking/calibrate.js';
import { crossScores } from '../../../training/ranking/deep/cross-scores.js';
import { firstRows, pairRows, pairScales, wholeScores } from '../../../training/ranking/deep/pair-rows.js';
import { type TrainedNetwork, trainNetwork } from '../../../training/ranking/deep/train-network.js';
import type { LoggedRows } from '../../../training/ranking/rows-file.js';
import type { DeepOptions, LambdaMartOptions } from '../../config/ranking.js';
import { TandemError } from '../../errors/tandem-error.js';
import { meanOf } from '../../evaluation/tune-fusion.js';
import { popularityFeature } from '../../ranking/features/popularity.js';
import { type DeepPart, digestOf } from '../../ranking/learned/deep-part.js';
import type { TreeEnsemble } from '../../ranking/trees/ensemble.js';
import type { Watch } from '../watch.js';
import { meansOf, measureOrder, type OrderFigures } from './measure-order.js';

export interface TrainDeepOptions {
  /** what the trees learnt from, and what decides when to stop; with embeddings where the network may look at them */
  readonly rows: LoggedRows;
  readonly validation: LoggedRows;
  readonly trees: TreeEnsemble;
  /** how the trees were grown */
  readonly growing: LambdaMartOptions;
  /** by row of `validation`, of the trees */
  readonly scores: Float64Array;
  readonly relevanceLevel: number;
  readonly options: DeepOptions;
}

export interface TrainedDeep {
  readonly part: DeepPart;
  /** on the validation queries: of the trees, and of the network behind them */
  readonly before: OrderFigures;
  readonly after: OrderFigures;
}

/** @throws TandemError 'ranker/bad-rows' where a network is to look at embeddings that rows do not have */
export function checkEmbeddings(rows: LoggedRows, { embeddings }: DeepOptions): void {
  if (embeddings !== 'no' && rows.embeddings === undefined)
    throw new TandemError(
      'ranker/bad-rows',
      'rows without the embeddings that a network is to look at: write them by `tandem rank rows --embeddings`, or give --deep-set embeddings=no',
    );
}

/**
 * What tells a document whatever is asked for. A catalogue that was made of judged documents shows by it which of them no query that was learnt from had judged,
 * and a network would learn to look for these; the trees, which may not hold popularity against a document, know it already.
 */
const isOfDocument = (name: string): boolean => name === popularityFeature || name.startsWith('length:');

/**
 * Trains a network that orders the first hits of a sum of trees anew, from what trees that did not know the queries gave them.
 * @returns undefined where it orders the validation queries no better than the trees do by more than the standard error of that
 * @throws TandemError 'ranker/nothing-to-learn' | 'ranker/bad-rows'
 */
export async function trainDeep(
  { rows, validation, trees, growing, scores, relevanceLevel, options }: TrainDeepOptions,
  watch: Pick<Watch, 'progress' | 'note'>,
): Promise<TrainedDeep | undefined> {
  const names = rows.features.map(({ name }) => name).filter(name => !isOfDocument(name));
  const given = await scoresOfOthers(rows, trees.trees.length, growing, options, watch);
  const learning = firstRows(rows, given, options.depth);
  const held = firstRows(validation, scores, options.depth);
  const scales = pairScales(learning, names);
  const [pairs, heldPairs] = [pairRows(learning, scales), pairRows(held, scales)];
  const measure = (deep: Float64Array): number =>
    meanOf(measureOrder(validation, wholeScores(held, scores, deep)).ndcg);
  const widths = options.embeddings === 'no' ? [0] : [rows.embeddings?.width ?? 0];
  if (options.embeddings === 'auto') widths.push(0);
  let best: TrainedNetwork | undefined;
  for (const width of widths) {
    const progress = watch.progress(
      width === 0 ? 'training a network over features' : 'training a network over features and embeddings',
      'epochs',
      options.epochs,
    );
    try {
      const trained = await trainNetwork(pairs, heldPairs, { width, each: options.depth }, options, measure, epoch => {
        progress.note(`nDCG@10 on validation queries ${epoch.validation.toFixed(4)}`);
        progress.update(epoch.epoch);
      });
      if (best === undefined || trained.best.validation > best.best.validation) best = trained;
    } finally {
      progress.finish();
    }
  }
  if (best === undefined) return undefined;
  const before = measureOrder(validation, scores);
  const whole = wholeScores(held, scores, best.scores);
  const after = measureOrder(validation, whole);
  const gains = after.ndcg.map((value, query) => value - before.ndcg[query]);
  const gain = meanOf(gains);
  const error = Math.sqrt(meanOf(gains.map(value => (value - gain) ** 2)) / gains.length);
  if (gain <= error) {
    watch.note(
      `a network behind the trees changes nDCG@10 of the validation queries by ${gain.toFixed(4)}, and chance alone by ${error.toFixed(4)}: it is left out`,
    );
    return undefined;
  }
  const network = exportRankingNetwork(best.shape, best.parameters);
  const calibration = calibrate(validation, whole, relevanceLevel);
  const part: DeepPart = {
    depth: options.depth,
    deadlineMs: options.deadlineMs,
    width: best.shape.width,
    ...scales,
    features: [...scales.features],
    network: Buffer.from(network).toString('base64'),
    sha256: digestOf(network),
    ...(calibration && { calibration }),
    learnt: {
      queries: rows.queries.length,
      validationQueries: validation.queries.length,
      loss: options.loss,
      epochs: best.best.epoch,
      seed: options.seed,
      before: meansOf(before),
      after: meansOf(after),
    },
  };
  return { part, before, after };
}

async function scoresOfOthers(
  rows: LoggedRows,
  trees: number,
  growing: LambdaMartOptions,
  { parts }: DeepOptions,
  watch: Pick<Watch, 'progress'>,
): Promise<Float64Array> {
  const progress = watch.progress('growing trees that do not know a part of the queries', 'trees', parts * trees);
  try {
    return await crossScores(rows, parts, trees, growing, (done, all) => progress.update(done, all));
  } finally {
    progress.finish();
  }
}
