import { popularityFeature, popularityOf } from '../features/popularity.js';
import type { FeatureTable, SecondRanker } from '../second-ranker.js';
import { compileEnsemble } from '../trees/compile.js';
import type { RankerFile } from './ranker-file.js';

type Trees = Pick<RankerFile, 'trees' | 'popularity'>;

/** What the trees of a ranker see of some candidates, by feature: what it serves, what is logged and what it learns from is made here. */
export function columnsFor({ trees, popularity = new Map() }: Trees, table: FeatureTable): Float64Array[] {
  return trees.features.map(({ name }) =>
    name === popularityFeature ? popularityOf(popularity, table.ids).map(Math.fround) : table.column(name),
  );
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
