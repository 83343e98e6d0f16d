import type { Kernel } from '../../src/math/wasm.js';
import { featuresPerWord, perBin, type Workspace } from './workspace.js';

const bytesPerBin = 8 * perBin;

/**
 * Sums gradients and hessians of members from..to by bin, for the features of one word.
 * @param slot  histogram that is written
 * @param add  the kernel of that name
 */
export function buildHistogram(
  workspace: Workspace,
  add: Kernel,
  word: number,
  from: number,
  to: number,
  slot: number,
): void {
  const { bins, histograms, packed, members, pairs, rows } = workspace;
  const { start, end } = binsOf(workspace, word);
  const base = slot * bins;
  histograms.fill(0, (base + start) * perBin, (base + end) * perBin);
  if (from === to) return;
  const [a, b, c, d] = Array.from({ length: featuresPerWord }, (_, lane) => {
    // lanes beyond the last feature are all bin 0: they fill a bin that nobody reads
    const first = workspace.features[word * featuresPerWord + lane]?.firstBin ?? bins - 1;
    return histograms.byteOffset + (base + first) * bytesPerBin;
  });
  const column = packed.byteOffset + 4 * word * rows;
  add(column, members.byteOffset + 4 * from, pairs.byteOffset + 8 * from, to - from, a, b, c, d);
}

/** Histogram of one side of a split from that of the whole and of the other side, in the place of the whole. */
export function subtractHistogram(workspace: Workspace, word: number, whole: number, side: number): void {
  const { bins, histograms } = workspace;
  const { start, end } = binsOf(workspace, word);
  const shift = (side - whole) * bins * perBin;
  const base = whole * bins;
  for (let i = (base + start) * perBin; i < (base + end) * perBin; i++) histograms[i] -= histograms[i + shift];
}

/** Bins of the features of a word, among those of all. */
function binsOf({ features }: Workspace, word: number): { start: number; end: number } {
  const last = features[Math.min((word + 1) * featuresPerWord, features.length) - 1];
  return { start: features[word * featuresPerWord].firstBin, end: last.firstBin + last.count };
}
