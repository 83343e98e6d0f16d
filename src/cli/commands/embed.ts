import { z } from 'zod';
import { TandemError } from '../../errors/tandem-error.js';
import { defineCommand } from '../command.js';
import { imageFlags, path, wholeNumber } from '../flags.js';

const kinds = z.enum(['queries', 'documents']);

export const embedCommand = defineCommand({
  name: 'embed',
  summary: 'Embed the queries or documents of a file: one embedding a row, in the same order.',
  example: 'tandem embed documents --model out/model --in out/data/documents.jsonl --out out/documents.parquet',
  operands: ['<queries|documents>'],
  flags: {
    model: { value: 'MODEL', help: 'folder of the model', schema: path },
    in: { value: 'FILE', help: '.jsonl, .csv or .parquet file of rows', schema: path },
    out: {
      value: 'FILE',
      help: 'file that is written: .jsonl {id, embedding} or .parquet (id VARCHAR, embedding FLOAT[])',
      schema: path.regex(/\.(jsonl|parquet)$/i, 'expected a name that ends in .jsonl or .parquet'),
    },
    ...imageFlags,
    workers: {
      value: 'N',
      help: 'threads, each with a copy of the model (default: 1 for less than 2,000 rows, else the number of cores)',
      schema: wholeNumber(1, 256).optional(),
    },
    batch: {
      value: 'N',
      help: 'rows that are embedded together (default 256)',
      schema: wholeNumber(1, 2048).prefault('256'),
    },
  },
  run: async (options, context, [operand]) => {
    const kind = kinds.safeParse(operand);
    if (!kind.success) throw new TandemError('usage/bad-value', `"${operand}": expected queries or documents`);
    const { embedFile } = await import('../embed-file.js');
    const summary = await embedFile({ ...options, kind: kind.data }, context);
    const { out, rows, width, workers, seconds } = summary;
    const rate = Math.round(rows / seconds);
    return {
      json: { ...summary, seconds: Number(seconds.toFixed(3)), rowsPerSecond: rate },
      text: `${out}: ${rows} embeddings of width ${width}, ${rate}/s with ${workers} ${workers === 1 ? 'worker' : 'workers'}`,
    };
  },
});
