import { readConfig } from '../../api/project/read-config.js';
import { TandemError } from '../../errors/tandem-error.js';
import { defineCommand } from '../command.js';
import { configFlags, path, paths, switched } from '../flags.js';

export const pretrainCommand = defineCommand({
  name: 'pretrain',
  summary: 'Pretrain a text encoder on unlabelled text, for languages that nobody has an encoder of.',
  example: 'tandem pretrain --data out/data --out out/encoder --set pretraining.epochs=20',
  packages: ['@tensorflow/tfjs'],
  flags: {
    texts: {
      value: 'FILE',
      repeat: true,
      help: '.jsonl, .csv or .parquet file of rows with `text`, or of documents; may be repeated',
      schema: paths,
    },
    data: {
      value: 'DIR',
      help: 'folder that `tandem prepare` wrote: titles, descriptions and training queries are read',
      schema: path.optional(),
    },
    translations: {
      value: 'FILE',
      help: 'rows {source, target}: texts with their translations, to read one side by the other',
      schema: path.optional(),
    },
    out: {
      value: 'ENCODER',
      help: 'folder of the encoder that is written, for textEncoder.import',
      writes: 'encoder',
      schema: path,
    },
    ...configFlags,
    resume: { help: 'go on from the checkpoint of an interrupted run', schema: switched },
  },
  run: async ({ texts, data, translations, out, resume, ...flags }, context) => {
    if (texts.length === 0 && data === undefined && translations === undefined) {
      throw new TandemError('usage/missing-option', 'give --texts, --data or --translations: what to learn from');
    }
    const config = await readConfig(flags);
    const [{ pretrainEncoder }, { describePretraining, pretrainingOutcome }] = await Promise.all([
      import('../../api/training/pretrain-encoder.js'),
      import('../format-pretraining.js'),
    ]);
    const summary = await pretrainEncoder({ texts, data, translations, config, out, resume }, context);
    return { json: pretrainingOutcome(summary), text: describePretraining(summary) };
  },
});
