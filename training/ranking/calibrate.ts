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
  const queries = judgedQueries(rows, scores, level);
  const whole = cutFigures(queries, Number.NEGATIVE_INFINITY).recall;
  let cut = positions[0];
  for (const i of kept) {
    if (whole - cutFigures(queries, positions[i]).recall > tolerated) break;
    cut = positions[i];
  }
  return { scores: kept.map(i => positions[i]), chances: kept.map(i => values[i]), cut, relevanceLevel: level };
}

/** What a least score leaves of the judged documents. @param least  lower scores are left out */
export const measureCut = (rows: LoggedRows, scores: Float64Array, level: number, least: number): CutFigures =>
  cutFigures(judgedQueries(rows, scores, level), least);

/** The judged candidates of a query that has relevant ones. */
interface JudgedQuery {
  /** how many are relevant */
  readonly relevant: number;
  /** the first of them by score, and whether each is relevant */
  readonly first: readonly { readonly score: number; readonly good: boolean }[];
}

function judgedQueries(
  { groups, queries, judged }: LoggedRows,
  scores: Float64Array,
  level: number,
): readonly JudgedQuery[] {
  return queries.flatMap((_, query) => {
    const known: number[] = [];
    for (let row = groups[query]; row < groups[query + 1]; row++) if (!Number.isNaN(judged[row])) known.push(row);
    const relevant = known.filter(row => judged[row] >= level).length;
    if (relevant === 0) return [];
    const first = known.sort((a, b) => scores[b] - scores[a] || a - b).slice(0, depth);
    return [{ relevant, first: first.map(row => ({ score: scores[row], good: judged[row] >= level })) }];
  });
}

function cutFigures(queries: readonly JudgedQuery[], least: number): CutFigures {
  let [precision, recall, answered] = [0, 0, 0];
  for (const { relevant, first } of queries) {
    const shown = first.filter(({ score }) => score >= least);
    const good = shown.filter(hit => hit.good).length;
    recall += good / relevant;
    if (shown.length === 0) continue;
    precision += good / shown.length;
    answered++;
  }
  const share = (sum: number, of: number): number => (of === 0 ? 0 : sum / of);
  return {
    precision: share(precision, answered),
    recall: share(recall, queries.length),
    empty: share(queries.length - answered, queries.length),
  };
}
