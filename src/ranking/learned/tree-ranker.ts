import type { SecondRanker } from '../second-ranker.js';
import { compileEnsemble } from '../trees/compile.js';
import type { RankerFile } from './ranker-file.js';

/** LambdaMART over the features of the candidates (Burges 2010), or whatever trees a file holds. */
export function treeRanker({ trees, depth }: Pick<RankerFile, 'trees' | 'depth'>): SecondRanker {
  const compiled = compileEnsemble(trees);
  const features = trees.features.map(({ name }) => name);
  return {
    depth,
    features,
    rank: table => compiled.scores(features.map(name => table.column(name))),
  };
}
