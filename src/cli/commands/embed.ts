import { z } from 'zod';
import type { EmbedSummary } from '../../api/embedding/embed-file.js';
import type { EmbedImagesFileOptions } from '../../api/embedding/embed-images.js';
import { documentsOf, queriesOf } from '../../api/project/project-sources.js';
import { redisUrlSchema } from '../../config/redis.js';
import { storageSchema } from '../../config/storage.js';
import { TandemError } from '../../errors/tandem-error.js';
import { type CommandContext, defineCommand, type Outcome } from '../command.js';
import { imageFlags, mapFlags, path, tableFlags, needed as wanted, wholeNumber } from '../flags.js';

const kinds = z.enum(['queries', 'documents', 'images']);

export const embedCommand = defineCommand({
  name: 'embed',
  summary: 'Embed the queries, documents or images of a file: one embedding a row, in the same order.',
  example: 'tandem embed documents --model out/model --in out/data/documents.jsonl --out out/documents.parquet',
  operands: ['<queries|documents|images>'],
  flags: {
    model: { value: 'MODEL', help: 'folder of the model, for queries and documents', schema: path.optional() },
    encoder: { value: 'ENCODER', help: 'folder of the image encoder, for images', schema: path.optional() },
    in: {
      value: 'FILE',
      help: 'rows as JSON Lines, JSON, CSV, XML or Parquet; of documents, for images',
      schema: path.optional(),
    },
    ...mapFlags,
    ...tableFlags,
    out: {
      value: 'FILE',
      help: 'file that is written: .jsonl {id, embedding} or .parquet (id VARCHAR, embedding FLOAT[])',
      writes: 'file',
      schema: path.regex(/\.(jsonl|parquet)$/i, 'expected a name that ends in .jsonl or .parquet'),
    },
    ...imageFlags,
    workers: {
      value: 'N',
      help: 'threads, each with a copy of the model (default: 1 for less than 2,000 rows, else the number of cores)',
      schema: wholeNumber(1, 256).optional(),
    },
    redis: {
      value: 'URL',
      help: 'hand the shards out to `tandem worker` on any machine that sees the same folders (docs/jobs.md)',
      schema: redisUrlSchema.optional(),
    },
    storage: {
      value: 's3://BUCKET/PREFIX',
      help: 'keep shards in an S3-compatible store until all are done, in place of a folder beside --out (docs/jobs.md)',
      schema: storageSchema.optional(),
    },
    maxRows: {
      value: 'N',
      help: 'refuse a file with more rows, before anything is embedded',
      schema: wholeNumber(1, 1_000_000_000).optional(),
    },
    batch: {
      value: 'N',
      help: 'rows that are embedded together (default 256)',
      schema: wholeNumber(1, 2048).prefault('256'),
    },
  },
  project: {
    lacks: (typed, [kind]) => typed.in === undefined || (kind !== 'images' && typed.model === undefined),
    fills: async (opened, typed, [kind], warn) => {
      const { heldOut, preparedDocuments } = await import('../../api/project/prepared-places.js');
      const find = async (): Promise<string | undefined> =>
        kind === 'queries' ? (await heldOut(opened, 'test')).queries : preparedDocuments(opened, warn);
      const from = typed.in === undefined ? await find() : undefined;
      return kind === 'images' ? { in: from } : { in: from, model: opened.model };
    },
  },
  run: async ({ model, encoder, in: file, map, types, redis, storage, ...rest }, context, [operand]) => {
    const kind = kinds.safeParse(operand);
    if (!kind.success) throw new TandemError('usage/bad-value', `"${operand}": expected queries, documents or images`);
    const { project } = context;
    const source = kind.data === 'queries' ? queriesOf(file, map, project) : documentsOf(file, { map, types }, project);
    const options = { ...rest, in: wanted(source, 'in') };
    const shared = redis === undefined ? storage && '--storage' : '--redis';
    if (kind.data === 'images' && shared !== undefined)
      throw new TandemError('usage/bad-value', `${shared}: pictures are embedded by one machine`, { flag: shared });
    if (kind.data === 'images') return embedImages({ ...options, encoder: needed(encoder, '--encoder') }, context);
    const [{ embedFile }, { formatCutTexts }] = await Promise.all([
      import('../../api/embedding/embed-file.js'),
      import('../format-texts.js'),
    ]);
    const summary = await embedFile(
      { ...options, redis, storage, model: needed(model, '--model'), kind: kind.data },
      context,
    );
    const { out, rows, resumed, nothingToEmbed, width, workers, seconds } = summary;
    const none = nothingToEmbed === 0 ? '' : `, ${nothingToEmbed} null because the model can read nothing in them`;
    const rate = Math.round((rows - resumed) / seconds);
    return {
      json: { ...summary, seconds: Number(seconds.toFixed(3)), rowsPerSecond: rate },
      text: `${out}: ${rows} embeddings of width ${width}${none}, ${rate}/s with ${workers} ${workers === 1 ? 'worker' : 'workers'}${formatCutTexts(summary.cutTexts)}${formatDeadLetters(summary)}`,
    };
  },
});

function formatDeadLetters({ deadLetters, deadLetterFile }: EmbedSummary): string {
  if (deadLetterFile === undefined) return '';
  return `; ${deadLetters} ${deadLetters === 1 ? 'row was' : 'rows were'} left out: ${deadLetterFile} says which, and why`;
}

function needed(folder: string | undefined, flag: string): string {
  if (folder === undefined) throw new TandemError('usage/missing-option', `${flag} is missing`, { flag });
  return folder;
}

async function embedImages(options: EmbedImagesFileOptions, context: CommandContext): Promise<Outcome> {
  const { embedImagesFile } = await import('../../api/embedding/embed-images.js');
  const { out, rows, width, counts } = await embedImagesFile(options, context);
  return { json: { out, rows, width, ...counts }, text: `${out}: ${rows} image vectors of width ${width}` };
}
