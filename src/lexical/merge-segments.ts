import { BlockPostings } from './block-postings.js';
import { noMoreDocuments } from './segment-reader.js';
import { SegmentWriter } from './segment-writer.js';
import { StoredSegment } from './stored-segment.js';

/** A segment as it goes into a merge: its file and which of its documents were removed when the merge began. */
export interface MergeSource {
  readonly file: Uint8Array;
  readonly removed: Uint32Array;
}

/** One source while it is read. */
interface Reading {
  readonly segment: StoredSegment;
  readonly postings: BlockPostings;
  /** by document: its number in the merged segment, -1 where it was removed */
  readonly numbers: Int32Array;
  /** number of the term that it stands at */
  ordinal: number;
}

/** Writes the live documents of several segments as one; they keep their order. @returns the bytes of its file */
export function mergeSegments(sources: readonly MergeSource[]): Uint8Array {
  const segments = sources.map(({ file, removed }) => new StoredSegment(file, removed));
  const writer = new SegmentWriter(segments[0].fieldCount);
  const readings = segments.map(segment => readingOf(segment, writer));
  for (;;) {
    const least = leastTerm(readings);
    if (least === undefined) return writer.finish();
    mergeTerm(writer, readings, least);
  }
}

function readingOf(segment: StoredSegment, writer: SegmentWriter): Reading {
  const numbers = new Int32Array(segment.documentCount).fill(-1);
  for (let doc = 0; doc < numbers.length; doc++) {
    if (segment.isLive(doc))
      numbers[doc] = writer.addDocument(segment.idOf(doc), field => segment.fieldLength(field, doc));
  }
  return { segment, postings: new BlockPostings(segment.arrays, segment.fieldCount), numbers, ordinal: 0 };
}

function leastTerm(readings: readonly Reading[]): Uint8Array | undefined {
  let least: Uint8Array | undefined;
  for (const { segment, ordinal } of readings) {
    if (ordinal === segment.dictionary.count) continue;
    const term = segment.dictionary.termBytes(ordinal);
    if (least === undefined || Buffer.compare(term, least) < 0) least = term;
  }
  return least;
}

/** Copies the postings of one term, where any document that holds it is alive. */
function mergeTerm(writer: SegmentWriter, readings: readonly Reading[], term: Uint8Array): void {
  let started = false;
  for (const reading of readings) {
    const { segment, postings, numbers } = reading;
    if (reading.ordinal === segment.dictionary.count) continue;
    if (Buffer.compare(segment.dictionary.termBytes(reading.ordinal), term) !== 0) continue;
    postings.open(reading.ordinal++);
    for (let doc = postings.next(); doc !== noMoreDocuments; doc = postings.next()) {
      if (numbers[doc] < 0) continue;
      if (!started) writer.startTerm(term);
      started = true;
      copyPosting(writer, postings, numbers[doc], segment.fieldCount);
    }
  }
  if (started) writer.endTerm();
}

function copyPosting(writer: SegmentWriter, postings: BlockPostings, doc: number, fieldCount: number): void {
  for (let field = 0; field < fieldCount; field++) {
    const frequency = postings.frequency(field);
    if (frequency > 0) writer.postings.add(doc, field, postings.positions(field), 0, frequency);
  }
}
