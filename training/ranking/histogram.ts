import { type FeatureLayout, featuresPerWord, perBin, type Workspace } from './workspace.js';

/**
 * Sums gradients, hessians and rows of members from..to by bin, for the features of one word.
 * @param slot  histogram that is written
 */
export function buildHistogram(workspace: Workspace, word: number, from: number, to: number, slot: number): void {
  const { features, bins, histograms, packed, members, pairs, rows } = workspace;
  const base = slot * bins * perBin;
  const of = (lane: number): FeatureLayout => features[Math.min(word * featuresPerWord + lane, features.length - 1)];
  const last = of(featuresPerWord - 1);
  const [start, end] = [of(0).firstBin, last.firstBin + last.count];
  histograms.fill(0, base + start * perBin, base + end * perBin);
  const lanes = Math.min(featuresPerWord, features.length - word * featuresPerWord);
  const column = word * rows;
  if (lanes === featuresPerWord) {
    const [first, second, third, fourth] = [0, 1, 2, 3].map(lane => base + of(lane).firstBin * perBin);
    for (let i = from; i < to; i++) {
      const four = packed[column + members[i]];
      const gradient = pairs[2 * i];
      const hessian = pairs[2 * i + 1];
      const a = first + (four & 255) * perBin;
      const b = second + ((four >>> 8) & 255) * perBin;
      const c = third + ((four >>> 16) & 255) * perBin;
      const d = fourth + (four >>> 24) * perBin;
      histograms[a] += gradient;
      histograms[a + 1] += hessian;
      histograms[a + 2]++;
      histograms[b] += gradient;
      histograms[b + 1] += hessian;
      histograms[b + 2]++;
      histograms[c] += gradient;
      histograms[c + 1] += hessian;
      histograms[c + 2]++;
      histograms[d] += gradient;
      histograms[d + 1] += hessian;
      histograms[d + 2]++;
    }
    return;
  }
  for (let lane = 0; lane < lanes; lane++) {
    const first = base + of(lane).firstBin * perBin;
    for (let i = from; i < to; i++) {
      const place = first + ((packed[column + members[i]] >>> (8 * lane)) & 255) * perBin;
      histograms[place] += pairs[2 * i];
      histograms[place + 1] += pairs[2 * i + 1];
      histograms[place + 2]++;
    }
  }
}

/** Histogram of one side of a split from that of the whole and of the other side, in the place of the whole. */
export function subtractHistogram(
  { features, bins, histograms }: Workspace,
  word: number,
  whole: number,
  side: number,
): void {
  const first = features[word * featuresPerWord];
  const last = features[Math.min((word + 1) * featuresPerWord, features.length) - 1];
  const shift = (side - whole) * bins * perBin;
  const base = whole * bins * perBin;
  const end = base + (last.firstBin + last.count) * perBin;
  for (let i = base + first.firstBin * perBin; i < end; i++) histograms[i] -= histograms[i + shift];
}
