import type { BlendingMeasures } from '../api/training/measure-blending.js';
import { terminalTable } from './terminal-table.js';

type MeasuredGroup = BlendingMeasures['groups'][number];

/** What each group of channels comes to by itself, and its weight. */
export function formatBlending({ groups, leastOverfitting, droppedChannels }: BlendingMeasures): string {
  const dropped = droppedChannels.length === 0 ? '' : `\nleft out, no row has a value: ${droppedChannels.join(', ')}`;
  return `${formatGroups(groups)}\nG/O^2 with O of ${leastOverfitting.toFixed(4)} at least${dropped}`;
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
