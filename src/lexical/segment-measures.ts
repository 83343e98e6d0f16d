import type { StoredSegment } from './stored-segment.js';

/** How often segments were made, since the index was opened. */
export interface SegmentsMade {
  /** of the segment in memory */
  readonly flushes: number;
  /** of other segments */
  readonly merges: number;
  /** of these those that were made in place, since the thread that merges had failed */
  readonly inPlace: number;
}

/** Sizes of immutable segments, all added up. */
export interface SegmentMeasures {
  readonly made: SegmentsMade;
  readonly segments: number;
  readonly documents: number;
  /** (document, term) pairs */
  readonly postings: number;
  readonly terms: number;
  /** of the files, by what they are for */
  readonly bytes: {
    readonly total: number;
    readonly dictionary: number;
    readonly postings: number;
    readonly positions: number;
    readonly skips: number;
    readonly ids: number;
    readonly lengths: number;
    /** attributes */
    readonly columns: number;
    /** words as documents write them */
    readonly words: number;
  };
  /** documents and frequencies with their skip data, without positions and dictionary; 0 where there is none */
  readonly bytesPerPosting: number;
}

export function measureSegments(stored: readonly StoredSegment[], made: SegmentsMade): SegmentMeasures {
  const sum = (measure: (segment: StoredSegment) => number): number =>
    stored.reduce((all, segment) => all + measure(segment), 0);
  const bytes = {
    total: sum(({ file }) => file.byteLength),
    dictionary: sum(({ arrays: a }) => a.terms.byteLength + a.termEnds.byteLength + a.entryEnds.byteLength),
    postings: sum(({ arrays: a }) => a.entries.byteLength + a.blocks.byteLength),
    positions: sum(({ arrays: a }) => a.packedPositions.byteLength + a.positions.byteLength),
    skips: sum(
      ({ arrays: a }) => 4 * a.blockLast.byteLength + a.impacts.byteLength + a.listImpacts.byteLength, // four numbers a block
    ),
    ids: sum(
      ({ arrays: a }) =>
        a.frontIds.byteLength +
        a.idBlocks.byteLength +
        a.idRanks.byteLength +
        a.ids.byteLength +
        a.idEnds.byteLength +
        a.byId.byteLength,
    ),
    lengths: sum(({ arrays: a }) => a.lengths.byteLength),
    columns: sum(
      ({ arrays: a }) =>
        a.columnPaths.byteLength +
        a.columnPathEnds.byteLength +
        a.columnStarts.byteLength +
        a.columnData.byteLength +
        a.objectPaths.byteLength +
        a.objectPathEnds.byteLength +
        a.objectStarts.byteLength +
        a.objectData.byteLength +
        3 * a.objectOwners.byteLength, // three numbers an object
    ),
    words: sum(({ arrays: a }) => a.words.byteLength + a.wordBlocks.byteLength),
  };
  const postings = sum(({ header }) => header.postings);
  return {
    made: { ...made },
    segments: stored.length,
    documents: sum(({ documentCount }) => documentCount),
    postings,
    terms: sum(({ header }) => header.terms),
    bytes,
    bytesPerPosting: postings === 0 ? 0 : (bytes.postings + bytes.skips) / postings,
  };
}
