import { readPrepared } from '../../data/prepared.js';
import { writeTrainingFiles } from '../../training/report/training-files.js';
import { type TrainSummary, train } from '../../training/trainer.js';
import type { Config } from '../config/schema.js';
import { tandemVersion } from '../config/version.js';
import type { CommandContext } from './command.js';
import { tellStart } from './tell-start.js';
import { type TrainingImages, trainingImages } from './training-images.js';

export interface TrainModelOptions {
  /** folder that `prepare` wrote */
  readonly data: string;
  readonly config: Config;
  readonly out: string;
  readonly resume: boolean;
  /** what the pictures of the documents are encoded with; without it no document has any */
  readonly images?: TrainingImages;
}

/** Trains on prepared data with a live line, and writes the log and the report of the run into the model's folder. */
export async function trainModel(options: TrainModelOptions, context: CommandContext): Promise<TrainSummary> {
  const data = await readPrepared(options.data);
  const { images, imageEncoder } = await trainingImages(data, options, context);
  const progress = context.progress('training', 'steps');
  try {
    const summary = await train({
      ...options,
      data,
      images,
      imageEncoder,
      tandem: tandemVersion(),
      onStart: start => tellStart(`${options.out}.training`, options.resume, start, context),
      onTeaching: (done, total) => {
        progress.note('the teacher embeds what it will be asked');
        progress.update(done, total);
      },
      onProgress: ({ done, total, stage, loss, examplesPerSecond, validation }) => {
        const figures =
          validation === undefined
            ? ''
            : `, ROC AUC ${validation['ROC AUC'].toFixed(4)}, nDCG@10 ${validation['nDCG@10'].toFixed(4)}`;
        progress.note(`${stage}: loss ${loss.toFixed(4)}, ${Math.round(examplesPerSecond)} examples/s${figures}`);
        progress.update(done, total);
      },
    });
    for (const warning of summary.warnings) context.warn(warning);
    await writeTrainingFiles(options.out, summary.log);
    return summary;
  } finally {
    progress.finish();
  }
}

/** What a training run leaves behind for machines. */
export const trainingOutcome = (summary: TrainSummary): Record<string, unknown> => ({
  model: summary.out,
  steps: summary.steps,
  seconds: Number(summary.seconds.toFixed(1)),
  resumedAt: summary.resumedAt,
  examplesPerSecond: Math.round(summary.examplesPerSecond),
  droppedChannels: summary.droppedChannels,
  metrics: { validation: summary.metrics, ...(summary.knownItems && { knownItems: summary.knownItems }) },
});

/** The same for people. */
export function describeTraining(summary: TrainSummary): string {
  const { out, steps, seconds, examplesPerSecond, droppedChannels, metrics, knownItems } = summary;
  const figures = (of: Readonly<Record<string, number>>): string =>
    Object.entries(of)
      .map(([name, value]) => `${name} ${value.toFixed(4)}`)
      .join(', ');
  return [
    `${out}: ${steps} steps in ${seconds.toFixed(0)} s, ${Math.round(examplesPerSecond)} examples/s`,
    ...(droppedChannels.length === 0 ? [] : [`left out, no row has a value: ${droppedChannels.join(', ')}`]),
    `validation: ${figures(metrics) || 'no queries'}`,
    ...(knownItems === undefined ? [] : [`queries drawn from the documents: ${figures(knownItems)}`]),
  ].join('\n');
}
