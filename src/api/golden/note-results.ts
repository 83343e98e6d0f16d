import { type GoldenQuery, goldenText, readGolden } from '../../evaluation/golden/golden-file.js';
import { firstHits } from '../../evaluation/golden/measure-points.js';
import { writeWhole } from '../../files/atomic.js';
import { withSearch } from '../indexes/open-search.js';
import type { Watch } from '../watch.js';

/** The same queries with the first hits that an index has for them now. */
export const noteResults = (
  folder: string,
  queries: readonly GoldenQuery[],
  watch: Pick<Watch, 'progress'>,
): Promise<GoldenQuery[]> =>
  withSearch(folder, async ({ index }) => {
    const progress = watch.progress('noting results', 'queries', queries.length);
    const noted: GoldenQuery[] = [];
    try {
      for (const query of queries) {
        noted.push({ ...query, results: [...(await firstHits(index, query)).hits] });
        progress.update(noted.length);
      }
    } finally {
      progress.finish();
    }
    return noted;
  });

/** Writes a golden set again with the results of an index. @returns how many queries @throws TandemError 'data/*' | 'index/*' | 'files/*' */
export async function noteGolden(
  { golden, index, out }: { readonly golden: string; readonly index: string; readonly out: string },
  watch: Watch,
): Promise<number> {
  const noted = await noteResults(index, await readGolden(golden), watch);
  await writeWhole(out, goldenText(noted));
  return noted.length;
}
