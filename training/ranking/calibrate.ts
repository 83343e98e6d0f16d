import { isotonicRegression } from '../../src/math/isotonic.js';
import type { Calibration } from '../../src/ranking/learned/calibration.js';
import type { LoggedRows } from './rows-file.js';

/** Rank that recall looks down to. */
const depth = 10;
/** Recall that a cut may cost. */
const tolerated = 0.01;
/** Steps of the calibration that are kept. */
const mostSteps = 1_000;

/** What is shown of judged documents at some least score. */
export interface CutFigures {
  /** relevant documents / documents, of the first ten that are shown; means over the queries that show any */
  readonly precision: number;
  /** relevant documents among the first ten that are shown / all candidates that are relevant */
  readonly recall: number;
  /** share of the queries that show nothing */
  readonly empty: number;
}

/**
 * The chance that a judged candidate of a score is relevant (isotonic regression), and the score below which hits can be left out: the highest one at which
 * recall@10 of the judged documents falls by a hundredth at most. Documents that nobody judged have no say.
 * @param scores  by row, of a ranker that did not learn from these rows
 * @param level   gain from which a document is relevant
 * @returns undefined where nobody judged any
 */
export function calibrate(rows: LoggedRows, scores: Float64Array, level: number): Calibration | undefined {
  const judged = [...rows.judged.keys()].filter(row => !Number.isNaN(rows.judged[row]));
  if (judged.length === 0) return undefined;
  const { positions, values } = isotonicRegression(
    judged.map(row => scores[row]),
    judged.map(row => (rows.judged[row] >= level ? 1 : 0)),
  );
  const step = Math.max(1, Math.ceil(positions.length / mostSteps));
  const kept = [...positions.keys()].filter(i => i % step === 0);
  const whole = measureCut(rows, scores, level, Number.NEGATIVE_INFINITY).recall;
  let cut = positions[0];
  for (const i of kept) {
    if (whole - measureCut(rows, scores, level, positions[i]).recall > tolerated) break;
    cut = positions[i];
  }
  return { scores: kept.map(i => positions[i]), chances: kept.map(i => values[i]), cut, relevanceLevel: level };
}

/** What a least score leaves of the judged documents. @param least  lower scores are left out */
export function measureCut(
  { groups, queries, judged }: LoggedRows,
  scores: Float64Array,
  level: number,
  least: number,
): CutFigures {
  let [precision, recall, answered, telling, empty] = [0, 0, 0, 0, 0];
  for (let query = 0; query < queries.length; query++) {
    const known: number[] = [];
    for (let row = groups[query]; row < groups[query + 1]; row++) if (!Number.isNaN(judged[row])) known.push(row);
    const all = known.filter(row => judged[row] >= level).length;
    if (all === 0) continue;
    telling++;
    const shown = known
      .sort((a, b) => scores[b] - scores[a] || a - b)
      .slice(0, depth)
      .filter(row => scores[row] >= least);
    const good = shown.filter(row => judged[row] >= level).length;
    recall += good / all;
    if (shown.length === 0) empty++;
    else {
      precision += good / shown.length;
      answered++;
    }
  }
  return {
    precision: answered === 0 ? 0 : precision / answered,
    recall: telling === 0 ? 0 : recall / telling,
    empty: telling === 0 ? 0 : empty / telling,
  };
}
