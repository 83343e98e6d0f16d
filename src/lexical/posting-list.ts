import { maxFrequency } from './posting-writer.js';

/**
 * The postings of one term in the memory segment: entries of two uint32, `slot` and `field << 24 | tf`, ordered by slot, then field, and the
 * positions of all entries one after the other. Entries of dead slots stay until they outweigh the living ones.
 */
export class PostingList {
  /** documents alive that hold the term */
  df = 0;
  /** uint32s in use */
  length = 0;
  readonly positions: number[] = [];
  private dead = 0;
  private entries = new Uint32Array(4);

  get data(): Uint32Array {
    return this.entries;
  }

  /** Adds one occurrence; slots, fields and positions come in rising order. @returns true when the document is new to the list */
  append(slot: number, field: number, position: number): boolean {
    const at = this.length - 2;
    const known = at >= 0 && this.entries[at] === slot;
    if (known && this.entries[at + 1] >>> 24 === field) {
      if ((this.entries[at + 1] & maxFrequency) === maxFrequency) return false;
      this.entries[at + 1]++;
      this.positions.push(position);
      return false;
    }
    if (this.length === this.entries.length) this.grow();
    this.entries[this.length++] = slot;
    this.entries[this.length++] = ((field << 24) | 1) >>> 0;
    this.positions.push(position);
    if (!known) this.df++;
    return !known;
  }

  /** One of its documents died. */
  lose(isAlive: (slot: number) => boolean): void {
    this.df--;
    this.dead++;
    if (this.dead > 16 && this.dead > this.df) this.keep(slot => (isAlive(slot) ? slot : -1));
  }

  /** Drops the entries whose slot maps to -1 and renumbers the rest; the mapping rises. */
  keep(newSlot: (slot: number) => number): void {
    let [to, read, written] = [0, 0, 0];
    for (let from = 0; from < this.length; from += 2) {
      const slot = newSlot(this.entries[from]);
      const tf = this.entries[from + 1] & maxFrequency;
      if (slot >= 0) {
        this.entries[to++] = slot;
        this.entries[to++] = this.entries[from + 1];
        for (let i = 0; i < tf; i++) this.positions[written++] = this.positions[read + i];
      }
      read += tf;
    }
    this.length = to;
    this.positions.length = written;
    this.dead = 0;
    if (to < this.entries.length / 4) this.entries = this.entries.slice(0, Math.max(4, to));
  }

  private grow(): void {
    const larger = new Uint32Array(this.entries.length * 2);
    larger.set(this.entries);
    this.entries = larger;
  }
}
