/** Highest frequency that an entry holds; what is above counts as this. */
export const maxFrequency = 2 ** 24 - 1;

/**
 * The postings of one term: entries of two uint32, `slot` and `field << 24 | tf`, ordered by slot, then field.
 * Entries of dead slots stay until they outweigh the living ones.
 */
export class PostingList {
  /** documents alive that hold the term */
  df = 0;
  private dead = 0;

  constructor(
    private entries: Uint32Array = new Uint32Array(4),
    /** uint32s in use */
    public length = 0,
  ) {}

  get data(): Uint32Array {
    return this.entries;
  }

  /** Counts one occurrence; slots and fields come in rising order. @returns true when the document is new to the list */
  append(slot: number, field: number): boolean {
    const at = this.length - 2;
    const known = at >= 0 && this.entries[at] === slot;
    if (known && this.entries[at + 1] >>> 24 === field) {
      if ((this.entries[at + 1] & maxFrequency) < maxFrequency) this.entries[at + 1]++;
      return false;
    }
    if (this.length === this.entries.length) this.grow();
    this.entries[this.length++] = slot;
    this.entries[this.length++] = ((field << 24) | 1) >>> 0;
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
    let to = 0;
    for (let from = 0; from < this.length; from += 2) {
      const slot = newSlot(this.entries[from]);
      if (slot < 0) continue;
      this.entries[to++] = slot;
      this.entries[to++] = this.entries[from + 1];
    }
    this.length = to;
    this.dead = 0;
    if (to < this.entries.length / 4) this.entries = this.entries.slice(0, Math.max(4, to));
  }

  /** Index of the first entry of a slot; `length` when it has none. */
  find(slot: number): number {
    let low = 0;
    let high = this.length / 2;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.entries[2 * middle] < slot) low = middle + 1;
      else high = middle;
    }
    return 2 * low < this.length && this.entries[2 * low] === slot ? 2 * low : this.length;
  }

  private grow(): void {
    const larger = new Uint32Array(this.entries.length * 2);
    larger.set(this.entries);
    this.entries = larger;
  }
}
