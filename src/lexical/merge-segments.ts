import { writeObjects } from '../columns/object-file.js';
import { materialisedOrder, type PlacedDocument } from '../columns/sort.js';
import { writeColumns } from '../columns/write-columns.js';
import type { SortKey } from '../query/query.js';
import { BlockPostings } from './block-postings.js';
import { mergeWords } from './merge-words.js';
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
  /** by term: its number in the merged segment, -1 where no document is left that holds it */
  readonly ordinals: Int32Array;
}

/** Writes the live documents of several segments as one: in the order that they are sorted by, else one segment after the other. */
export function mergeSegments(sources: readonly MergeSource[]): Uint8Array {
  const segments = sources.map(({ file, removed }) => new StoredSegment(file, removed));
  const [{ sortedBy }] = segments;
  const writer = new SegmentWriter(Math.max(...segments.map(({ fieldCount }) => fieldCount)));
  const readings = addDocuments(segments, sortedBy, writer);
  for (;;) {
    const least = leastTerm(readings);
    if (least === undefined) break;
    mergeTerm(writer, readings, least);
  }
  const documents = segments.reduce((sum, { liveCount }) => sum + liveCount, 0);
  const columns = readings.map(({ segment, numbers }) => ({ columns: segment.columns, numbers }));
  const objects = segments.every(({ keepsObjects }) => keepsObjects)
    ? writeObjects(readings.map(({ segment, numbers }) => ({ objects: segment.objects, numbers })))
    : null;
  const wordSources = readings.flatMap(({ segment: { words }, ordinals }) => (words ? [{ words, ordinals }] : []));
  const words = wordSources.length < segments.length ? null : mergeWords(wordSources);
  return writer.finish({ columns: writeColumns(columns, documents), objects, words }, sortedBy);
}

function addDocuments(segments: readonly StoredSegment[], sort: SortKey | null, writer: SegmentWriter): Reading[] {
  const numbers = segments.map(({ documentCount }) => new Int32Array(documentCount).fill(-1));
  for (const { place, doc } of inOrder(segments, sort)) {
    const segment = segments[place];
    numbers[place][doc] = writer.addDocument(segment.idOf(doc), field => segment.fieldLength(field, doc));
  }
  return segments.map((segment, place) => ({
    segment,
    postings: new BlockPostings(segment.arrays, segment.fieldCount),
    numbers: numbers[place],
    ordinal: 0,
    ordinals: new Int32Array(segment.dictionary.count).fill(-1),
  }));
}

/** The live documents of segments in the order of the merged one. */
function inOrder(segments: readonly StoredSegment[], sort: SortKey | null): Iterable<PlacedDocument> {
  if (sort === null) return living(segments);
  // segments that are sorted already are runs, which the sort puts together
  return [...living(segments)].sort(materialisedOrder(segments, sort));
}

function* living(segments: readonly StoredSegment[]): Generator<PlacedDocument> {
  for (const [place, segment] of segments.entries())
    for (let doc = 0; doc < segment.documentCount; doc++) if (segment.isLive(doc)) yield { place, doc };
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
  const holding: Reading[] = [];
  for (const reading of readings) {
    const { segment, postings } = reading;
    if (reading.ordinal === segment.dictionary.count) continue;
    if (Buffer.compare(segment.dictionary.termBytes(reading.ordinal), term) !== 0) continue;
    postings.open(reading.ordinal);
    if (nextLive(reading) < noMoreDocuments) {
      reading.ordinals[reading.ordinal] = writer.termCount;
      holding.push(reading);
    }
    reading.ordinal++;
  }
  if (holding.length === 0) return;
  writer.startTerm(term);
  while (holding.length > 0) {
    const { first, behind } = firstOf(holding);
    const { segment, postings, numbers } = holding[first];
    let number = numbers[postings.doc];
    while (number < behind) {
      copyPosting(writer, postings, number, segment.fieldCount);
      number = nextLive(holding[first]);
    }
    if (number === noMoreDocuments) holding.splice(first, 1);
  }
  writer.endTerm();
}

/** @returns the number that its next live document has in the merged segment */
function nextLive({ postings, numbers }: Reading): number {
  let doc = postings.next();
  while (doc !== noMoreDocuments && numbers[doc] < 0) doc = postings.next();
  return doc === noMoreDocuments ? noMoreDocuments : numbers[doc];
}

/** The reading whose document comes first, and the number at which another one's turn comes. */
function firstOf(readings: readonly Reading[]): { first: number; behind: number } {
  let first = 0;
  let least: number = noMoreDocuments;
  let behind: number = noMoreDocuments;
  readings.forEach(({ postings, numbers }, i) => {
    const number = numbers[postings.doc];
    if (number < least) [first, least, behind] = [i, number, least];
    else if (number < behind) behind = number;
  });
  return { first, behind };
}

function copyPosting(writer: SegmentWriter, postings: BlockPostings, doc: number, fieldCount: number): void {
  for (let field = 0; field < fieldCount; field++) {
    const frequency = postings.frequency(field);
    if (frequency > 0) writer.postings.add(doc, field, postings.positions(field), 0, frequency);
  }
}
