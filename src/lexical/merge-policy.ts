/** What the policy looks at. */
export interface SegmentSize {
  /** postings */
  readonly postings: number;
  readonly documents: number;
  readonly removed: number;
}

/** Segments smaller than this count as this large, so that many small ones go together at once. */
export const floorPostings = 2 ** 17;
const segmentsPerTier = 8;
const mostAtOnce = 8;
/** A segment with a larger share of removed documents is written anew. */
const mostRemoved = 0.5;

const share = ({ documents, removed }: SegmentSize): number => (documents === 0 ? 0 : 1 - removed / documents);
const liveSize = (segment: SegmentSize): number => Math.max(floorPostings, segment.postings * share(segment));

/**
 * Which segments to merge next, after Lucene's TieredMergePolicy: as many as fit the tiers may stay, each tier eight times as large as the one
 * below; where there are more, those neighbours in size whose sizes differ least are merged, rather small ones, rather ones with many removals.
 * @returns places in `segments`, rising; none when all may stay
 */
export function chooseMerge(segments: readonly SegmentSize[]): number[] {
  const rewrite = segments.findIndex(segment => share(segment) < 1 - mostRemoved);
  if (rewrite >= 0) return [rewrite];
  if (segments.length <= allowedSegments(segments)) return [];
  const bySize = segments.map((segment, place) => ({ place, size: liveSize(segment), segment }));
  bySize.sort((a, b) => b.size - a.size || a.place - b.place);
  let best: number[] = [];
  let bestScore = Number.POSITIVE_INFINITY;
  for (let start = 0; start + 1 < bySize.length; start++) {
    const group = bySize.slice(start, start + mostAtOnce);
    const score = costOf(group);
    if (score >= bestScore) continue;
    bestScore = score;
    best = group.map(({ place }) => place);
  }
  return best.sort((a, b) => a - b);
}

function allowedSegments(segments: readonly SegmentSize[]): number {
  let left = segments.reduce((sum, segment) => sum + liveSize(segment), 0);
  let tier = floorPostings;
  let allowed = 0;
  for (;;) {
    const fit = left / tier;
    if (fit < segmentsPerTier) return allowed + Math.ceil(fit);
    allowed += segmentsPerTier;
    left -= segmentsPerTier * tier;
    tier *= mostAtOnce;
  }
}

/** Lower is better: skew of the sizes, times a little for the size, times the square of what removals leave. */
function costOf(group: readonly { size: number; segment: SegmentSize }[]): number {
  const after = group.reduce((sum, { size }) => sum + size, 0);
  const before = group.reduce((sum, { segment }) => sum + Math.max(floorPostings, segment.postings), 0);
  return (group[0].size / after) * after ** 0.05 * (after / before) ** 2;
}
