import type { ColumnArrays } from '../columns/column-file.js';
import type { ObjectArrays } from '../columns/object-file.js';
import type { SortKey } from '../query/query.js';
import type { PlainIds } from './document-ids.js';
import type { PackedIds } from './packed-ids.js';
import { layOutSections, sectionsOf } from './section-file.js';
import type { WordArrays } from './word-arrays.js';

/** What the head of a segment file says. */
export interface SegmentHeader {
  readonly documents: number;
  readonly fields: number;
  readonly terms: number;
  /** (document, term) pairs */
  readonly postings: number;
  /** by field: terms in all documents, and documents whose field is not empty */
  readonly totalLength: readonly number[];
  readonly withField: readonly number[];
  /** of what is packed: ids and positions; absent up to format 3 */
  readonly packed?: number;
  /** bytes of a unit of an id: 1 where all are Latin-1 */
  readonly idUnit: 1 | 2;
  /** bytes of a field length */
  readonly lengthUnit: 1 | 2 | 4;
  /** see SegmentReader */
  readonly sortedBy: SortKey | null;
  /** see objectsVersion; absent where it was written before that, or put together with such a one */
  readonly objects?: number;
  /** see wordsVersion */
  readonly words?: number;
}

/**
 * The arrays of a segment. A posting list of df documents is df >> 7 whole blocks of 128 and a tail of df & 127.
 *
 * An entry (numbers in LEB128): df; where there are whole blocks the number of the first, offset and count (in pairs) of its impacts in
 * `listImpacts`; offset in `positions` where the tail's begin; then the tail: the usual field, and for each document
 * `(distance - 1) << 1 | 1` where it holds the term once and in the usual field, else `(distance - 1) << 1`, fields, and (field, frequency) of each.
 *
 * A block in `blocks`: `bits of the distances | fields << 8`, for each field `field | bits << 8` and the least frequency, the packed distances,
 * the packed frequencies of each field less the least one; 0 where the document lacks the term in that field.
 *
 * Positions: for each document and field of a posting list in order, the first position, then the distances. Those of a block, or of the tail, are a stretch
 * (see writeStretch) in `packedPositions`; up to format 3 all stand in `positions` as LEB128.
 *
 * The attributes of the documents: see ColumnArrays; of the objects in their lists: see ObjectArrays, whose sections are left out where there are none. The
 * words of the texts as they are written: see WordArrays.
 */
export interface SegmentArrays extends ColumnArrays, ObjectArrays, WordArrays, PackedIds, PlainIds {
  /** by field, then document */
  readonly lengths: Uint8Array | Uint16Array | Uint32Array;
  readonly terms: Uint8Array;
  readonly termEnds: Uint32Array;
  readonly entries: Uint8Array;
  /** by term: end of its entry */
  readonly entryEnds: Uint32Array;
  readonly blocks: Uint32Array;
  /** by block: its last document, where it begins in `blocks`, where its positions begin, where its impacts end (in pairs) */
  readonly blockLast: Uint32Array;
  readonly blockStarts: Uint32Array;
  readonly blockPositions: Uint32Array;
  readonly blockImpacts: Uint32Array;
  /** of the blocks, and of the lists that have blocks; pairs of words, see ImpactSet */
  readonly impacts: Uint32Array;
  readonly listImpacts: Uint32Array;
  readonly packedPositions: Uint8Array;
  /** of before */
  readonly positions: Uint8Array;
}

/** What the head of a segment says whose ids and positions are packed. */
export const packedVersion = 1;

const bytesOf = (array: Uint8Array | Uint16Array | Uint32Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** What a segment that is written now has no section for. */
type OfBefore = PlainIds & Pick<SegmentArrays, 'positions'>;

/** @param arrays  with the objects of lists and the written words, or without where there are none */
export function layOutSegment(
  header: SegmentHeader,
  arrays: Omit<SegmentArrays, keyof (ObjectArrays & WordArrays & OfBefore)> & Partial<ObjectArrays & WordArrays>,
): Uint8Array {
  const named = Object.entries(arrays).map(([name, array]): [string, Uint8Array] => [name, bytesOf(array)]);
  return layOutSections(header, new Map(named));
}

/** Views on the bytes of a whole segment file; nothing is copied. */
export function openSegmentFile(file: Uint8Array): { header: SegmentHeader; arrays: SegmentArrays } {
  const found = sectionsOf(file);
  const header = found.header as SegmentHeader;
  const bytes = (name: keyof SegmentArrays): Uint8Array => found.sections.get(name) ?? new Uint8Array(0);
  const words = (name: keyof SegmentArrays): Uint32Array => wordsOf(bytes(name));
  const arrays: SegmentArrays = {
    ids: header.idUnit === 1 ? bytes('ids') : halvesOf(bytes('ids')),
    idEnds: words('idEnds'),
    byId: words('byId'),
    frontIds: bytes('frontIds'),
    idBlocks: words('idBlocks'),
    idRanks: words('idRanks'),
    lengths: lengthsOf(bytes('lengths'), header.lengthUnit),
    terms: bytes('terms'),
    termEnds: words('termEnds'),
    entries: bytes('entries'),
    entryEnds: words('entryEnds'),
    blocks: words('blocks'),
    blockLast: words('blockLast'),
    blockStarts: words('blockStarts'),
    blockPositions: words('blockPositions'),
    blockImpacts: words('blockImpacts'),
    impacts: words('impacts'),
    listImpacts: words('listImpacts'),
    packedPositions: bytes('packedPositions'),
    positions: bytes('positions'),
    columnPaths: bytes('columnPaths'),
    columnPathEnds: words('columnPathEnds'),
    columnStarts: words('columnStarts'),
    columnData: bytes('columnData'),
    objectPaths: bytes('objectPaths'),
    objectPathEnds: words('objectPathEnds'),
    objectStarts: words('objectStarts'),
    objectData: bytes('objectData'),
    objectOwners: words('objectOwners'),
    objectParents: words('objectParents'),
    objectKinds: words('objectKinds'),
    words: bytes('words'),
    wordBlocks: words('wordBlocks'),
  };
  return { header, arrays };
}

const wordsOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Uint32Array =>
  new Uint32Array(buffer, byteOffset, byteLength / 4);

const halvesOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Uint16Array =>
  new Uint16Array(buffer, byteOffset, byteLength / 2);

const lengthsOf = (bytes: Uint8Array, unit: 1 | 2 | 4): Uint8Array | Uint16Array | Uint32Array =>
  unit === 1 ? bytes : unit === 2 ? halvesOf(bytes) : wordsOf(bytes);
