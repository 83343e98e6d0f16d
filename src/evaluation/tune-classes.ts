import { type ClassFact, classFacts, type QueryClasses, type QueryFacts, weightOf } from '../ranking/query-classes.js';
import { chooseWeight, meanOf } from './tune-fusion.js';

/** Figures of some queries at each weight. */
export interface ClassedFigures {
  /** ascending by weight; figures in the order of `facts` */
  readonly points: readonly { readonly weight: number; readonly figures: readonly number[] }[];
  readonly facts: readonly QueryFacts[];
}

/** What classes gain over one weight on queries that they were not chosen by. */
export interface ClassGain {
  readonly mean: number;
  /** standard error of the mean */
  readonly error: number;
}

export interface TunedClasses extends ClassGain {
  /** absent where the gain is not told from chance */
  readonly chosen?: QueryClasses;
}

/** Parts that the queries are cut into: classes are chosen by all but one and measured by that one. */
const folds = 5;
/** A class of fewer queries than this has no weight to speak of. */
const leastQueries = 50;
/** A gain of so many standard errors is told. */
const toldErrors = 2;
/** Thresholds tried for each fact: these shares of the queries are below. */
const shares = [0.25, 0.5, 0.75];

/**
 * Parts the queries into two classes with a weight each, by the fact and the threshold that give the highest mean; and looks whether that is better than one
 * weight for all on queries that had no say, by five-fold cross-validation of the whole choice.
 * @param usual  weight that those of both classes are drawn to, see chooseWeight
 * @returns undefined where there are too few queries for two classes
 */
export function tuneClasses(figures: ClassedFigures, usual: number): TunedClasses | undefined {
  const all = [...figures.facts.keys()];
  if (all.length < 2 * leastQueries) return undefined;
  const differences = all.map(() => 0);
  for (let fold = 0; fold < folds; fold++) {
    const learning = all.filter(query => query % folds !== fold);
    const classes = choose(figures, learning, usual);
    const single = weightFor(figures, learning, usual);
    for (const query of all)
      if (query % folds === fold)
        differences[query] =
          figureAt(figures, query, classes === undefined ? single : weightOf(classes, figures.facts[query])) -
          figureAt(figures, query, single);
  }
  const mean = meanOf(differences);
  const error = Math.sqrt(meanOf(differences.map(value => (value - mean) ** 2)) / differences.length);
  const chosen = mean > toldErrors * error ? choose(figures, all, usual) : undefined;
  return { mean, error, ...(chosen && { chosen }) };
}

function choose(figures: ClassedFigures, queries: readonly number[], usual: number): QueryClasses | undefined {
  let [best, chosen]: [number, QueryClasses | undefined] = [Number.NEGATIVE_INFINITY, undefined];
  for (const fact of Object.keys(classFacts) as ClassFact[])
    for (const threshold of thresholdsOf(figures, queries, fact)) {
      const below = queries.filter(query => figures.facts[query][fact] <= threshold);
      const above = queries.filter(query => figures.facts[query][fact] > threshold);
      if (Math.min(below.length, above.length) < leastQueries) continue;
      const classes = {
        fact,
        threshold,
        below: weightFor(figures, below, usual),
        above: weightFor(figures, above, usual),
      };
      const mean = meanOf(queries.map(query => figureAt(figures, query, weightOf(classes, figures.facts[query]))));
      if (mean > best) [best, chosen] = [mean, classes];
    }
  return chosen;
}

function thresholdsOf({ facts }: ClassedFigures, queries: readonly number[], fact: ClassFact): number[] {
  const values = queries.map(query => facts[query][fact]).sort((a, b) => a - b);
  return [...new Set(shares.map(share => values[Math.floor(share * (values.length - 1))]))];
}

const weightFor = ({ points }: ClassedFigures, queries: readonly number[], usual: number): number =>
  chooseWeight(
    points.map(({ weight, figures }) => ({ weight, figures: queries.map(query => figures[query]) })),
    usual,
  ).weight;

const figureAt = ({ points }: ClassedFigures, query: number, weight: number): number =>
  points[Math.round(weight * (points.length - 1))].figures[query];
