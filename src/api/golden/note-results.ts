import { type GoldenQuery, goldenText, readGolden } from '../../evaluation/golden/golden-file.js';
import { firstHits } from '../../evaluation/golden/measure-points.js';
import { writeWhole } from '../../files/atomic.js';
import type { BackendChoice } from '../indexes/cluster-place.js';
import { withBackend } from '../indexes/open-backend.js';
import type { Watch } from '../watch.js';

/** The same queries with the first hits that an index has for them now. */
export const noteResults = (
  name: string,
  choice: BackendChoice,
  queries: readonly GoldenQuery[],
  watch: Pick<Watch, 'progress'>,
): Promise<GoldenQuery[]> =>
  withBackend(name, choice, async ({ index }) => {
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

export interface NoteOptions {
  readonly golden: string;
  readonly index: string;
  /** where it lies */
  readonly place?: BackendChoice;
  readonly out: string;
}

/** Writes a golden set again with the results of an index. @returns how many queries @throws TandemError 'data/*' | 'index/*' | 'files/*' | 'cluster/*' */
export async function noteGolden({ golden, index, place = {}, out }: NoteOptions, watch: Watch): Promise<number> {
  const noted = await noteResults(index, place, await readGolden(golden), watch);
  await writeWhole(out, goldenText(noted));
  return noted.length;
}
