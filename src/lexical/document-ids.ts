/** Documents whose ids are made a string together. */
const chunkBits = 9;

/** From this length on a slice keeps the string that it was cut from alive: such ids are made one by one. */
const longSlice = 13;

/** The ids of a segment's documents, kept as units of one or two bytes. */
export class DocumentIds {
  private ranks: Uint32Array | undefined;
  /** ids of neighbours as one string, made when the first of them is asked for: cutting one out is faster than making it of bytes */
  private readonly chunks: string[] = [];

  constructor(
    private readonly units: Uint8Array | Uint16Array,
    private readonly ends: Uint32Array,
    private readonly byId: Uint32Array,
  ) {}

  id(doc: number): string {
    const start = this.start(doc);
    const end = this.ends[doc];
    if (end - start >= longSlice) return this.decode(start, end);
    const chunk = doc >>> chunkBits;
    const from = this.start(chunk << chunkBits);
    this.chunks[chunk] ??= this.decode(from, this.ends[Math.min(((chunk + 1) << chunkBits) - 1, this.ends.length - 1)]);
    return this.chunks[chunk].slice(start - from, end - from);
  }

  /** The id at a place in the code-unit order of the ids. */
  atRank(rank: number): string {
    return this.id(this.byId[rank]);
  }

  /** By document: its place in the code-unit order of the ids. */
  get rankOf(): Uint32Array {
    if (this.ranks === undefined) {
      const ranks = new Uint32Array(this.byId.length);
      for (let rank = 0; rank < ranks.length; rank++) ranks[this.byId[rank]] = rank;
      this.ranks = ranks;
    }
    return this.ranks;
  }

  /** Documents of this id from the first one on: a removed and a living one may share it. */
  *find(id: string): IterableIterator<number> {
    let low = 0;
    let high = this.byId.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.compare(id, this.byId[middle]) > 0) low = middle + 1;
      else high = middle;
    }
    for (; low < this.byId.length && this.compare(id, this.byId[low]) === 0; low++) yield this.byId[low];
  }

  private decode(start: number, end: number): string {
    const { buffer, byteOffset, BYTES_PER_ELEMENT: unit } = this.units;
    const bytes = Buffer.from(buffer, byteOffset + start * unit, (end - start) * unit);
    return bytes.toString(unit === 1 ? 'latin1' : 'utf16le');
  }

  private start(doc: number): number {
    return doc === 0 ? 0 : this.ends[doc - 1];
  }

  private compare(id: string, doc: number): number {
    const { units } = this;
    const start = this.start(doc);
    const length = Math.min(id.length, this.ends[doc] - start);
    for (let i = 0; i < length; i++) {
      const difference = id.charCodeAt(i) - units[start + i];
      if (difference !== 0) return difference;
    }
    return id.length - (this.ends[doc] - start);
  }
}
