import { z } from 'zod';
import { checkOptions, type OptionSchemas, path, watch } from '../check-options.js';
import type { TunedWeight, TuneIndexOptions } from '../options.js';
import { judged, readJudged } from '../project/read-rows.js';
import { writeWatched } from '../write-watched.js';
import { tuneIndexFolder } from './tune-weight.js';

const error = 'expected a number from 0 to 1';
const schemas: OptionSchemas<TuneIndexOptions & { folder: string }> = {
  folder: path,
  judged: judged.optional(),
  weight: z.number({ error }).min(0, { error }).max(1, { error }).optional(),
  watch,
};

/** What `tuneIndex` of the library does. The index guards itself: it is claimed while it is changed. */
export async function tuneIndexAt(folder: string, options: TuneIndexOptions): Promise<TunedWeight> {
  checkOptions('tuneIndex', { folder, ...options }, schemas);
  return writeWatched([], options.watch, async watch => {
    const given = options.judged && (await readJudged(options.judged, watch));
    const { manifest, before } = await tuneIndexFolder(folder, { given, weight: options.weight }, watch);
    return { fusionWeight: manifest.indexing.fusionWeight, before };
  });
}
