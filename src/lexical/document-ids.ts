import { GrowingArray } from './growing-array.js';
import { NumberReader } from './growing-bytes.js';
import { idsPerBlock, inMore, type PackedIds, packIds, unpackRanks } from './packed-ids.js';

/** Ids that are made a string together: 32 blocks. */
const chunkBits = 9;

/** From this length on a slice keeps the string that it was cut from alive: such ids are copied. */
const longSlice = 13;

/** Ids as segments kept them up to format 3: those of neighbours one behind the other, where they end, and documents in the order of their ids. */
export interface PlainIds {
  readonly ids: Uint8Array | Uint16Array;
  readonly idEnds: Uint32Array;
  readonly byId: Uint32Array;
}

/** Neighbours in the order of ids, one behind the other: cutting one out is faster than making it of bytes. */
interface Chunk {
  readonly text: string;
  readonly ends: Uint32Array;
}

/** The ids of a segment's documents, which share what they begin with. */
export class DocumentIds {
  private ranks: Uint32Array | undefined;
  private inverse: Uint32Array | undefined;
  /** made when the first id of them is asked for */
  private readonly chunks: Chunk[] = [];
  private packed: PackedIds | undefined;

  /** @param unit  bytes of a unit of an id @param pack  gives the ids when they are first asked for */
  constructor(
    readonly count: number,
    private readonly unit: 1 | 2,
    private readonly pack: () => PackedIds,
  ) {}

  id(doc: number): string {
    return this.atRank(this.rankOf[doc]);
  }

  /** The id at a place in the code-unit order of the ids. */
  atRank(rank: number): string {
    const chunk = rank >>> chunkBits;
    this.chunks[chunk] ??= this.readChunk(chunk);
    const { text, ends } = this.chunks[chunk];
    const place = rank & (2 ** chunkBits - 1);
    const start = place === 0 ? 0 : ends[place - 1];
    const id = text.slice(start, ends[place]);
    return id.length < longSlice ? id : ` ${id}`.slice(1);
  }

  /** By document: its place in the code-unit order of the ids. */
  get rankOf(): Uint32Array {
    this.ranks ??= unpackRanks(this.arrays.idRanks, this.count);
    return this.ranks;
  }

  /** Documents of this id from the first one on: a removed and a living one may share it. */
  *find(id: string): IterableIterator<number> {
    for (let rank = this.blockBefore(id) * idsPerBlock; rank < this.count; rank++) {
      const found = this.atRank(rank);
      if (found > id) return;
      if (found === id) yield this.byRank[rank];
    }
  }

  private get arrays(): PackedIds {
    this.packed ??= this.pack();
    return this.packed;
  }

  private get byRank(): Uint32Array {
    if (this.inverse === undefined) {
      const documents = new Uint32Array(this.count);
      const { rankOf } = this;
      for (let doc = 0; doc < documents.length; doc++) documents[rankOf[doc]] = doc;
      this.inverse = documents;
    }
    return this.inverse;
  }

  /** The last block that begins with an id before this one, else the first. */
  private blockBefore(id: string): number {
    let low = 0;
    let high = this.arrays.idBlocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.compareFirst(id, middle) > 0) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  /** Compares an id with the first one of a block. */
  private compareFirst(id: string, block: number): number {
    const { frontIds, idBlocks } = this.arrays;
    const reader = new NumberReader(frontIds, idBlocks[block]);
    const sizes = frontIds[reader.at++];
    if (sizes === inMore) reader.skip(1);
    const length = sizes === inMore ? reader.read() : sizes & 15;
    for (let i = 0; i < length && i < id.length; i++) {
      const difference = id.charCodeAt(i) - this.unitAt(frontIds, reader.at, i);
      if (difference !== 0) return difference;
    }
    return id.length - length;
  }

  private unitAt(bytes: Uint8Array, from: number, place: number): number {
    return this.unit === 1 ? bytes[from + place] : bytes[from + 2 * place] | (bytes[from + 2 * place + 1] << 8);
  }

  private readChunk(chunk: number): Chunk {
    const { frontIds, idBlocks } = this.arrays;
    const first = chunk << chunkBits;
    const ends = new Uint32Array(Math.min(2 ** chunkBits, this.count - first));
    const units = new GrowingArray();
    const reader = new NumberReader(frontIds, idBlocks[first / idsPerBlock]);
    for (let place = 0, before = 0; place < ends.length; place++) {
      const sizes = frontIds[reader.at++];
      const shared = sizes === inMore ? reader.read() : sizes >>> 4;
      const more = sizes === inMore ? reader.read() : sizes & 15;
      const start = units.length;
      for (let i = 0; i < shared; i++) units.push(units.data[before + i]);
      for (let i = 0; i < more; i++) units.push(this.unitAt(frontIds, reader.at, i));
      reader.at += more * this.unit;
      ends[place] = units.length;
      before = start;
    }
    return { text: textOf(units.used, this.unit), ends };
  }
}

function textOf(units: Uint32Array, unit: 1 | 2): string {
  if (unit === 1) return Buffer.from(units).toString('latin1');
  return Buffer.from(Uint16Array.from(units).buffer).toString('utf16le');
}

/** The same from arrays of before: what is asked for is packed first. */
export function packPlainIds({ ids, idEnds, byId }: PlainIds): PackedIds {
  const { buffer, byteOffset, byteLength, BYTES_PER_ELEMENT: unit } = ids;
  const text = Buffer.from(buffer, byteOffset, byteLength).toString(unit === 1 ? 'latin1' : 'utf16le');
  const texts = Array.from(idEnds, (end, doc) => text.slice(doc === 0 ? 0 : idEnds[doc - 1], end));
  return packIds(texts, byId, unit === 1 ? 1 : 2);
}
