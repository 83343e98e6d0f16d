import { checkOptions, maybe, type OptionSchemas, object, path, rows, watch, whole } from '../check-options.js';
import type { Gains } from '../options.js';
import { jsonLines, type WriteRows, withRowFiles } from '../project/given-rows.js';
import type { Prepared, PrepareOptions } from '../training-options.js';
import { writeWatched } from '../write-watched.js';
import { prepareData } from './prepare-data.js';

const prepareDataSchemas: OptionSchemas<PrepareOptions> = {
  documents: rows,
  out: path,
  pairs: rows.optional(),
  events: rows.optional(),
  queries: rows.optional(),
  qrels: rows.optional(),
  eventRules: object.optional(),
  shares: object.optional(),
  seed: whole(0, 2 ** 32 - 1).optional(),
  replace: maybe,
  watch,
};

/** What `prepareData` of the library does. */
export async function prepareRows(given: PrepareOptions): Promise<Prepared> {
  checkOptions('prepareData', given, prepareDataSchemas);
  const { replace = false, watch: wanted, ...options } = given;
  const { folder, manifest } = await writeWatched(
    [{ path: options.out, kind: 'data', force: replace }],
    wanted,
    watch =>
      withRowFiles(async write => {
        const { documents, pairs, events, queries, qrels, ...rest } = options;
        const files = {
          documents: await asFile('documents', documents, write),
          ...(pairs && { pairs: await asFile('pairs', pairs, write) }),
          ...(events && { events: await asFile('events', events, write) }),
          ...(queries && { queries: await asFile('queries', queries, write) }),
          ...(qrels && { qrels: typeof qrels === 'string' ? qrels : await write('qrels.trec', trecLines(qrels)) }),
        };
        return prepareData({ ...rest, ...files }, watch);
      }),
  );
  return { folder, counts: manifest.counts, ...(manifest.events && { events: manifest.events }) };
}

/** Files stay as they are. */
async function asFile<Source extends { readonly files: readonly string[] }>(
  name: string,
  given: string | Source | readonly object[],
  write: WriteRows,
): Promise<string | Source> {
  if (typeof given === 'string' || 'files' in given) return given;
  return write(`${name}.jsonl`, jsonLines(name, given));
}

function* trecLines(qrels: Gains): Generator<string> {
  for (const [query, gains] of Object.entries(qrels)) {
    for (const [document, gain] of Object.entries(gains)) yield `${query} 0 ${document} ${gain}\n`;
  }
}
