import { stepAt } from '../../math/isotonic.js';
import { popularityFeature, popularityOf } from '../features/popularity.js';
import type { FeatureTable, SecondRanker } from '../second-ranker.js';
import { compileEnsemble } from '../trees/compile.js';
import { contributions } from '../trees/contributions.js';
import type { RankerFile } from './ranker-file.js';

type Trees = Pick<RankerFile, 'trees' | 'popularity'>;

/** What the trees of a ranker see of some candidates, by feature: what it serves, what is logged and what it learns from is made here. */
export function columnsFor({ trees, popularity = new Map() }: Trees, table: FeatureTable): Float64Array[] {
  return trees.features.map(({ name }) =>
    name === popularityFeature ? popularityOf(popularity, table.ids).map(Math.fround) : table.column(name),
  );
}

/** What one feature added to the score of a hit. */
export interface FeatureShare {
  readonly feature: string;
  /** of the hit; null where it is not known */
  readonly value: number | null;
  /** may be below 0; with those of all features and the base it adds up to the score */
  readonly adds: number;
}

/** Why a ranker gave a hit its score. */
export interface RankerParts {
  /** score expected of a candidate of which nothing is known */
  readonly base: number;
  /** those that add most, to either side, first; those that add nothing are left out */
  readonly features: readonly FeatureShare[];
  /** that the hit is relevant, by what people judged; absent where the ranker was not calibrated */
  readonly chance?: number;
}

/** Explains rows of a table. @yields units of work: trees walked */
export function* explainRows(
  file: RankerFile,
  table: FeatureTable,
  rows: readonly number[],
): Generator<number, RankerParts[]> {
  const { trees, calibration } = file;
  const columns = columnsFor(file, table);
  const explained: RankerParts[] = [];
  for (const row of rows) {
    const shares = contributions(trees, columns, row);
    const features = trees.features
      .map(({ name }, feature): FeatureShare => {
        const value = columns[feature][row];
        return { feature: name, value: Number.isNaN(value) ? null : value, adds: shares[feature] };
      })
      .filter(({ adds }) => adds !== 0)
      .sort((a, b) => Math.abs(b.adds) - Math.abs(a.adds));
    const score = shares.reduce((sum, share) => sum + share, 0);
    const chance = calibration && stepAt({ positions: calibration.scores, values: calibration.chances }, score);
    explained.push({ base: shares[trees.features.length], features, ...(chance !== undefined && { chance }) });
    yield trees.trees.length;
  }
  return explained;
}

/** LambdaMART over the features of the candidates (Burges 2010), or whatever trees a file holds. */
export function treeRanker(file: Trees & Pick<RankerFile, 'depth'>): SecondRanker {
  const compiled = compileEnsemble(file.trees);
  return {
    depth: file.depth,
    features: file.trees.features.map(({ name }) => name),
    rank: table => compiled.scores(columnsFor(file, table)),
  };
}
