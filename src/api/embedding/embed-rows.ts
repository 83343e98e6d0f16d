import type { EmbedKind } from '../../../serving/jobs/embed-batch.js';
import { checkOptions, maybe, type OptionSchemas, path, rows, watch, whole } from '../check-options.js';
import type { EmbedDocumentsOptions, Embedded, EmbedQueriesOptions } from '../options.js';
import { writeWatched } from '../write-watched.js';
import { embedFile } from './embed-file.js';

const embedSchemas: OptionSchemas<EmbedDocumentsOptions> = {
  model: path,
  in: rows,
  out: path.regex(/\.(jsonl|parquet)$/i, 'expected a name that ends in .jsonl or .parquet'),
  pictures: path.optional(),
  imageCache: path.optional(),
  workers: whole(1, 256).optional(),
  batch: whole(1, 2048).optional(),
  replace: maybe,
  watch,
};

/** What `embedDocuments` and `embedQueries` of the library do. */
export async function embedRowsOf(
  kind: EmbedKind,
  options: EmbedDocumentsOptions | EmbedQueriesOptions,
): Promise<Embedded> {
  checkOptions(kind === 'documents' ? 'embedDocuments' : 'embedQueries', options, embedSchemas);
  const { batch = 256, replace = false, watch: wanted, ...rest } = options;
  const destination = { path: rest.out, kind: 'file', force: replace } as const;
  const summary = await writeWatched([destination], wanted, watch => embedFile({ ...rest, kind, batch }, watch));
  const { resumed: _resumed, workers: _workers, seconds: _seconds, cutTexts: _cutTexts, ...embedded } = summary;
  return embedded;
}
