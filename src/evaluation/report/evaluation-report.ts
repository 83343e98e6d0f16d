import type { Evaluation } from '../evaluate.js';
import type { SliceLabels } from '../slices.js';

/** One system of a report: a mode such as `hybrid`, or the tag of a run. */
export interface EvaluatedRun {
  readonly name: string;
  readonly evaluation: Evaluation;
}

export interface EvaluationReport {
  /** at least one; judged by the same queries; the first is compared with each of the others */
  readonly runs: readonly EvaluatedRun[];
  /** the figure that differences and slices are shown by, such as `nDCG@10` */
  readonly figure: string;
  /** seed of intervals and significance */
  readonly seed: number;
  readonly slices?: SliceLabels;
  /** query id -> text, for the tables that name queries */
  readonly queryTexts?: ReadonlyMap<string, string>;
}
