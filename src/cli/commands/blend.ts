import { readConfig } from '../../api/project/read-config.js';
import { defineCommand } from '../command.js';
import { configFlags, number, path, trainingImageFlags, trainingImagesOf } from '../flags.js';

export const blendCommand = defineCommand({
  name: 'blend',
  summary: 'Measure the weights of gradient blending: each group of channels is trained alone for a while.',
  example: 'tandem blend --data out/data --preset text --out out/blended.json',
  packages: ['@tensorflow/tfjs'],
  flags: {
    data: { value: 'DIR', help: 'folder that `tandem prepare` wrote', schema: path },
    ...trainingImageFlags,
    ...configFlags,
    epochs: {
      value: 'N',
      help: 'how long each group is trained (default 4)',
      schema: number(0.001, 1000).prefault('4'),
    },
    out: {
      value: 'FILE',
      help: 'configuration with the weights that is written, for `tandem train --config`',
      writes: 'file',
      schema: path.regex(/\.json$/, 'expected a name that ends in .json'),
    },
  },
  run: async ({ data, epochs, out, pictures, imageEncoder, imageCache, ...flags }, context) => {
    const images = trainingImagesOf({ pictures, imageEncoder, imageCache });
    const config = await readConfig(flags);
    const [{ blendAndWrite }, { formatBlending }] = await Promise.all([
      import('../../api/training/measure-blending.js'),
      import('../format-blending.js'),
    ]);
    const measures = await blendAndWrite({ data, config, epochs, out, images }, context);
    const { groups, batches, leastOverfitting, droppedChannels } = measures;
    return {
      json: { config: out, epochs, seed: config.seed, batches, droppedChannels, leastOverfitting, groups },
      text: `${formatBlending(measures)}\nconfiguration: ${out}`,
    };
  },
});
