import type { LambdaMartOptions } from '../../../src/config/ranking.js';
import { compileEnsemble } from '../../../src/ranking/trees/compile.js';
import { murmur3 } from '../../../src/text/murmur3.js';
import { trainLambdaMart } from '../lambda-mart.js';
import type { RankingRows } from '../rows.js';
import type { LoggedRows } from '../rows-file.js';

/**
 * What trees that did not learn from a query give its candidates. Those that did give scores that are better than they will ever be again, and what learns
 * from these trusts them too much: for each part of the queries trees are grown from all other parts.
 * @param trees   of each part; as many as the ranker has
 * @param onTree  told after each tree: how many of all
 * @returns by row
 * @throws TandemError 'ranker/nothing-to-learn' where a part leaves nothing to learn from
 */
export async function crossScores(
  rows: LoggedRows,
  parts: number,
  trees: number,
  options: LambdaMartOptions,
  onTree: (done: number, all: number) => void = () => undefined,
): Promise<Float64Array> {
  const scores = new Float64Array(rows.gains.length);
  const partOf = (query: number): number => murmur3(rows.queries[query], 2) % parts;
  for (let part = 0; part < parts; part++) {
    const own = pick(rows, query => partOf(query) === part);
    if (own.rows.gains.length === 0) continue;
    const others = pick(rows, query => partOf(query) !== part);
    const { ensemble } = await trainLambdaMart(
      others.rows,
      undefined,
      { ...options, trees, earlyStop: 0 },
      { onTree: ({ tree }) => onTree(part * trees + tree, parts * trees) },
    );
    const given = compileEnsemble(ensemble).scores(own.rows.columns.map(column => Float64Array.from(column)));
    own.from.forEach((row, i) => {
      scores[row] = given[i];
    });
  }
  return scores;
}

/** The rows of some queries, and where they stood. */
function pick(
  { features, columns, gains, groups }: LoggedRows,
  isWanted: (query: number) => boolean,
): { readonly rows: RankingRows; readonly from: Uint32Array } {
  const from: number[] = [];
  const picked = [0];
  for (let query = 0; query < groups.length - 1; query++) {
    if (!isWanted(query)) continue;
    for (let row = groups[query]; row < groups[query + 1]; row++) from.push(row);
    picked.push(from.length);
  }
  const rows = {
    features,
    columns: columns.map(column => Float32Array.from(from, row => column[row])),
    gains: Float64Array.from(from, row => gains[row]),
    groups: Uint32Array.from(picked),
  };
  return { rows, from: Uint32Array.from(from) };
}
