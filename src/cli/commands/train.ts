import { readConfig } from '../../api/project/read-config.js';
import { defineCommand } from '../command.js';
import { configFlags, path, switched, trainingImageFlags, trainingImagesOf } from '../flags.js';

export const trainCommand = defineCommand({
  name: 'train',
  summary: 'Train the query tower and the document tower on prepared data.',
  example: 'tandem train --data out/data --out out/model --preset default --set training.batchSize=512',
  packages: ['@tensorflow/tfjs'],
  flags: {
    data: { value: 'DIR', help: 'folder that `tandem prepare` wrote', schema: path },
    out: { value: 'MODEL', help: 'folder of the model artefact that is written', writes: 'model', schema: path },
    ...trainingImageFlags,
    ...configFlags,
    resume: { help: 'go on from the checkpoint of an interrupted run', schema: switched },
  },
  project: {
    lacks: ({ data, out }) => data === undefined || out === undefined,
    fills: ({ data, model }) => ({ data, out: model }),
  },
  run: async ({ data, out, resume, pictures, imageEncoder, imageCache, ...flags }, context) => {
    const images = trainingImagesOf({ pictures, imageEncoder, imageCache });
    const config = await readConfig(flags, context.project?.project);
    const [{ trainModel }, { describeTraining, trainingOutcome }] = await Promise.all([
      import('../../api/training/train-model.js'),
      import('../format-training.js'),
    ]);
    const summary = await trainModel({ data, config, out, resume, images }, context);
    return { json: trainingOutcome(summary), text: describeTraining(summary) };
  },
});
