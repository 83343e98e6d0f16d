import { readPrepared } from '../../data/prepared.js';
import { type BlendingMeasures, blendedConfig, measureBlending } from '../../training/measure-blending.js';
import type { MeasuredGroup } from '../../training/weigh-groups.js';
import type { Config } from '../config/schema.js';
import { terminalTable } from '../evaluation/terminal-table.js';
import { writeWhole } from '../files/atomic.js';
import type { CommandContext, Outcome } from './command.js';
import { type TrainingImages, trainingImages } from './training-images.js';

export interface BlendOptions {
  /** folder of prepared data */
  readonly data: string;
  readonly config: Config;
  readonly epochs: number;
  /** the configuration that is written */
  readonly out: string;
  /** what the pictures of the documents are encoded with */
  readonly images?: TrainingImages;
}

/**
 * Measures the weights of gradient blending and writes the configuration with them.
 * @throws TandemError see measureBlending, 'data/*', 'files/*'; then nothing is written
 */
export async function blendAndWrite(options: BlendOptions, context: CommandContext): Promise<Outcome> {
  const { config, epochs, out } = options;
  const { groups, batches, leastOverfitting, droppedChannels } = await measure(options, context);
  await writeWhole(out, `${JSON.stringify(blendedConfig(config, groups), null, 2)}\n`);
  const dropped = droppedChannels.length === 0 ? '' : `\nleft out, no row has a value: ${droppedChannels.join(', ')}`;
  return {
    json: { config: out, epochs, seed: config.seed, batches, droppedChannels, leastOverfitting, groups },
    text: `${formatGroups(groups)}\nG/O^2 with O of ${leastOverfitting.toFixed(4)} at least${dropped}\nconfiguration: ${out}`,
  };
}

async function measure(options: BlendOptions, context: CommandContext): Promise<BlendingMeasures> {
  const { config, epochs } = options;
  const prepared = await readPrepared(options.data);
  const { images } = await trainingImages(prepared, options, context);
  const progress = context.progress('measuring', 'steps');
  try {
    return await measureBlending({
      data: prepared,
      images,
      config,
      epochs,
      onProgress: ({ done, total, group, groups, loss }) => {
        progress.note(`group ${group} of ${groups}: loss ${loss.toFixed(4)}`);
        progress.update(done, total);
      },
    });
  } finally {
    progress.finish();
  }
}

const names = ['L train before', 'after', 'L val before', 'after', 'G', 'O', 'G/O^2', 'weight'];

const formatGroups = (groups: readonly MeasuredGroup[]): string =>
  terminalTable(
    [{ name: 'trained alone' }, ...names.map(name => ({ name, numeric: true }))],
    groups.map(group => [groupName(group), ...figuresOf(group)]),
  );

const groupName = ({ tower, channels }: MeasuredGroup): string =>
  tower === 'both' ? 'all channels' : `${tower}: ${channels.join(' ')}`;

const figuresOf = (group: MeasuredGroup): string[] => [
  group.trainingBefore.toFixed(4),
  group.trainingAfter.toFixed(4),
  group.validationBefore.toFixed(4),
  group.validationAfter.toFixed(4),
  group.gain.toFixed(4),
  group.overfitting.toFixed(4),
  group.share.toPrecision(4),
  group.weight.toFixed(4),
];
