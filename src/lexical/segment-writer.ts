import type { ColumnArrays } from '../columns/column-file.js';
import { type ObjectArrays, objectsVersion } from '../columns/object-file.js';
import type { SortKey } from '../query/query.js';
import { GrowingArray } from './growing-array.js';
import { GrowingBytes } from './growing-bytes.js';
import { packIds } from './packed-ids.js';
import { PostingWriter } from './posting-writer.js';
import { layOutSegment, packedVersion } from './segment-file.js';
import { type SortedBytes, sortByBytes } from './sort-bytes.js';
import { type WordArrays, wordsVersion } from './word-arrays.js';

/** What a segment keeps beside its terms. */
export interface BesideTerms {
  readonly columns: ColumnArrays;
  /** of lists; null where they were not kept apart in all that it is made of */
  readonly objects: ObjectArrays | undefined | null;
  /** null where they were not kept in all that it is made of */
  readonly words: WordArrays | null;
}

/** Writes an immutable segment: all documents first, then the terms in the order of their bytes, each with its postings. */
export class SegmentWriter {
  private readonly ids: string[] = [];
  private readonly lengths: GrowingArray[];
  private readonly terms = new GrowingBytes();
  private readonly termEnds = new GrowingArray();
  private readonly entryEnds = new GrowingArray();
  readonly postings: PostingWriter;

  constructor(private readonly fieldCount: number) {
    this.lengths = Array.from({ length: fieldCount }, () => new GrowingArray());
    this.postings = new PostingWriter(fieldCount, (field, doc) => this.lengths[field].data[doc]);
  }

  /** @param lengths  by field. @returns the number of the document */
  addDocument(id: string, lengths: (field: number) => number): number {
    for (let field = 0; field < this.fieldCount; field++) this.lengths[field].push(lengths(field));
    return this.ids.push(id) - 1;
  }

  get termCount(): number {
    return this.termEnds.length;
  }

  /** @param bytes  of the term, and of others before and behind it */
  startTerm(bytes: Uint8Array, start = 0, end = bytes.length): void {
    this.terms.pushFrom(bytes, start, end);
    this.termEnds.push(this.terms.length);
    this.postings.startList();
  }

  endTerm(): void {
    this.entryEnds.push(this.postings.endList());
  }

  /**
   * The bytes of the segment's file.
   * @param sortedBy  the key in whose order the documents were added
   */
  finish({ columns, objects, words }: BesideTerms, sortedBy: SortKey | null): Uint8Array {
    const { ids, postings } = this;
    const fields = this.lengths.map(lengths => lengths.used);
    const lengthUnit = smallestUnit(fields);
    const idUnit = ids.every(isLatin1) ? 1 : 2;
    const header = {
      documents: ids.length,
      fields: this.fieldCount,
      terms: this.termEnds.length,
      postings: postings.postings,
      totalLength: fields.map(lengths => summed(lengths, length => length)),
      withField: fields.map(lengths => summed(lengths, length => (length > 0 ? 1 : 0))),
      packed: packedVersion,
      idUnit,
      lengthUnit,
      sortedBy,
      ...(objects !== null && { objects: objectsVersion }),
      ...(words !== null && { words: wordsVersion }),
    } as const;
    return layOutSegment(header, {
      ...packIds(ids, orderById(ids, idUnit), idUnit),
      lengths: joined(fields, lengthUnit, ids.length),
      terms: this.terms.used,
      termEnds: this.termEnds.used,
      entries: postings.entries.used,
      entryEnds: this.entryEnds.used,
      blocks: postings.blocks.used,
      blockLast: postings.blockLast.used,
      blockStarts: postings.blockStarts.used,
      blockPositions: postings.blockPositions.used,
      blockImpacts: postings.blockImpacts.used,
      impacts: postings.impacts.used,
      listImpacts: postings.listImpacts.used,
      packedPositions: postings.endPositions(),
      ...columns,
      ...objects,
      ...words,
    });
  }
}

function summed(lengths: Uint32Array, value: (length: number) => number): number {
  let sum = 0;
  for (let doc = 0; doc < lengths.length; doc++) sum += value(lengths[doc]);
  return sum;
}

const isLatin1 = (id: string): boolean => {
  for (let i = 0; i < id.length; i++) if (id.charCodeAt(i) > 0xff) return false;
  return true;
};

/** Documents in the code-unit order of their ids. @param unit  bytes of a unit */
function orderById(ids: readonly string[], unit: 1 | 2): ArrayLike<number> {
  const documents = new Uint32Array(ids.length);
  for (let doc = 0; doc < ids.length; doc++) documents[doc] = doc;
  if (unit === 2) return documents.sort((a, b) => (ids[a] < ids[b] ? -1 : ids[a] > ids[b] ? 1 : 0));
  const bytes = Buffer.alloc(ids.reduce((sum, id) => sum + id.length, 0));
  const ends = new Uint32Array(ids.length);
  for (let doc = 0, end = 0; doc < ids.length; doc++) {
    end += bytes.write(ids[doc], end, 'latin1');
    ends[doc] = end;
  }
  const shared = sharedBeginning(ids);
  const behind: SortedBytes = {
    count: ids.length,
    bytes,
    start: doc => (doc === 0 ? 0 : ends[doc - 1]) + shared,
    end: doc => ends[doc],
  };
  return sortByBytes(behind, documents);
}

/** Units that all ids begin with. */
function sharedBeginning(ids: readonly string[]): number {
  const [first = ''] = ids;
  let shared = first.length;
  for (const id of ids) {
    let same = 0;
    while (same < shared && id.charCodeAt(same) === first.charCodeAt(same)) same++;
    shared = same;
  }
  return shared;
}

function smallestUnit(fields: readonly Uint32Array[]): 1 | 2 | 4 {
  const longest = fields.reduce((all, lengths) => lengths.reduce((most, length) => Math.max(most, length), all), 0);
  return longest < 2 ** 8 ? 1 : longest < 2 ** 16 ? 2 : 4;
}

function joined(
  fields: readonly Uint32Array[],
  unit: 1 | 2 | 4,
  documents: number,
): Uint8Array | Uint16Array | Uint32Array {
  const size = fields.length * documents;
  const all = unit === 1 ? new Uint8Array(size) : unit === 2 ? new Uint16Array(size) : new Uint32Array(size);
  fields.forEach((lengths, field) => {
    all.set(lengths, field * documents);
  });
  return all;
}
