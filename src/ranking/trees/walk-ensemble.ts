import { goesLeft, type Tree, type TreeEnsemble } from './ensemble.js';

/** Scores by walking down each tree, a row after the other. @param columns  as in `compileEnsemble` */
export function walkEnsemble(
  { base, trees }: TreeEnsemble,
  columns: readonly Float64Array[],
): Float64Array<ArrayBuffer> {
  const scores = new Float64Array(columns[0]?.length ?? 0).fill(base);
  for (const tree of trees)
    for (let row = 0; row < scores.length; row++) scores[row] += tree.value[leafOf(tree, columns, row)];
  return scores;
}

function leafOf(tree: Tree, columns: readonly Float64Array[], row: number): number {
  let at = tree.feature.length === 0 ? -1 : 0;
  while (at >= 0) at = goesLeft(tree, at, columns[tree.feature[at]][row]) ? tree.left[at] : tree.right[at];
  return ~at;
}
