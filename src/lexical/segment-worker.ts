import { parentPort, workerData } from 'node:worker_threads';
import { createSegmentMaker, type MakerOptions, type SegmentPart } from './segment-maker.js';

/** Documents for the segment that is being made, or the end of it; each end is answered with the file of the segment, in shared memory. */
export type SegmentWork = SegmentPart | 'take';

const maker = createSegmentMaker(workerData as MakerOptions);

parentPort?.on('message', (work: SegmentWork) => {
  if (work === 'take') parentPort?.postMessage(maker.take());
  else maker.add(work);
});
