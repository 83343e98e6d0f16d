import { checkOptions, documentRows, maybe, type OptionSchemas, object, path, watch } from '../check-options.js';
import type { BuildIndexOptions, BuiltIndex } from '../options.js';
import { layConfig } from '../project/read-config.js';
import { judged, readJudged } from '../project/read-rows.js';
import { writeWatched } from '../write-watched.js';
import { makeIndex } from './make-index.js';

const schemas: OptionSchemas<BuildIndexOptions> = {
  documents: documentRows,
  out: path,
  model: path.optional(),
  indexing: object.optional(),
  tuneOn: judged.optional(),
  pictures: path.optional(),
  imageCache: path.optional(),
  replace: maybe,
  watch,
};

/** What `buildIndex` of the library does. */
export async function buildIndexFolder(options: BuildIndexOptions): Promise<BuiltIndex> {
  checkOptions('buildIndex', options, schemas);
  const { replace = false, indexing, tuneOn, watch: wanted, ...rest } = options;
  const config = layConfig({}, indexing === undefined ? {} : { indexing });
  const { manifest } = await writeWatched([{ path: rest.out, kind: 'index', force: replace }], wanted, async watch => {
    const judged = tuneOn && (await readJudged(tuneOn, watch));
    return makeIndex({ ...rest, indexing: config.indexing, tuneOn: judged }, watch);
  });
  return {
    folder: rest.out,
    documents: manifest.documents,
    duplicates: manifest.duplicates,
    nothingToEmbed: manifest.nothingToEmbed,
    modelId: manifest.modelId,
    fusionWeight: manifest.indexing.fusionWeight,
  };
}
