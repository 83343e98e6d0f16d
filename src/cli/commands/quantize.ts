import { defineCommand } from '../command.js';
import { path } from '../flags.js';

export const quantizeCommand = defineCommand({
  name: 'quantize',
  summary: 'Write a model with its matrices in 8 bits: a quarter of the size, and faster, for a little of its quality.',
  example: 'tandem quantize --model out/minilm --out out/minilm-int8',
  flags: {
    model: { value: 'MODEL', help: 'folder of a model that reads text', schema: path },
    out: { value: 'MODEL', help: 'folder that is written', writes: 'model', schema: path },
  },
  run: async ({ model, out }) => {
    const { quantizeFolder } = await import('../../api/training/quantize-model.js');
    const made = await quantizeFolder(model, out);
    const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
    return {
      json: { out, ...made },
      text: `${out}: ${made.matrices} matrices in 8 bits, graphs of ${mebibytes(made.bytes)} MiB in place of ${mebibytes(made.bytesBefore)}`,
    };
  },
});
