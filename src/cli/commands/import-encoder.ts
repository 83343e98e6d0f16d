import { z } from 'zod';
import { readConfig } from '../../api/project/read-config.js';
import { defineCommand } from '../command.js';
import { configFlags, path, switched, wholeNumber } from '../flags.js';

export const importEncoderCommand = defineCommand({
  name: 'import-encoder',
  summary: 'Import a text encoder from a Hugging Face folder (bert, xlm-roberta), to train on or to use as it is.',
  example: 'tandem import-encoder all-MiniLM-L6-v2 --out out/encoder',
  packages: ['@tensorflow/tfjs'],
  operands: ['<folder>'],
  flags: {
    out: {
      value: 'ENCODER',
      help: 'folder that is written',
      writes: ({ asModel }) => (asModel === true ? 'model' : 'encoder'),
      schema: path,
    },
    layers: { value: 'N', help: 'keep the first N layers (default: all)', schema: wholeNumber(1, 24).optional() },
    queryPrefix: { value: 'TEXT', help: 'written before every query, e.g. "query: "', schema: z.string().optional() },
    documentPrefix: {
      value: 'TEXT',
      help: 'written before every document field, e.g. "passage: "',
      schema: z.string().optional(),
    },
    asModel: {
      help: 'write a model artefact that embeds with the encoder as it is (preset importedAsIs): title and description of a document in one text, not an encoder to train on',
      schema: switched,
    },
    ...configFlags,
  },
  run: async ({ out, asModel, layers, queryPrefix, documentPrefix, ...flags }, _context, [folder]) => {
    const [{ importEncoder, importModel }, { formatImport }] = await Promise.all([
      import('../../api/training/import-encoder.js'),
      import('../format-import.js'),
    ]);
    const options = { layers, queryPrefix, documentPrefix };
    const imported = asModel
      ? await importModel(folder, options, await readConfig({ ...flags, preset: flags.preset ?? 'importedAsIs' }), out)
      : await importEncoder(folder, options, out);
    const { shape, tokens, positions, taken, check, reads } = imported;
    const kind = asModel ? 'model' : 'encoder';
    return {
      json: { [kind]: out, ...shape, tokens, positions, taken, ...(reads && { reads }), check },
      text: [
        `${out}: ${kind} of ${shape.layers} layers, ${shape.width} wide, ${tokens} tokens, ${positions} positions`,
        ...formatImport(imported),
      ].join('\n'),
    };
  },
});
