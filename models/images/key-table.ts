/** Bytes of a key: a SHA-256. */
export const keyBytes = 32;

const emptySlot = -1;
const leastSlots = 1024;

/** Where the vector of a key lies: number of a file and of a record in it. */
export interface RecordPlace {
  readonly file: number;
  readonly record: number;
}

/**
 * A table from keys to places, 50 to 80 bytes each however many there are: keys lie in one buffer, slots in an open-addressing array.
 * SHA-256 is as good as random, so the first four bytes of a key are its hash.
 */
export class KeyTable {
  private slots = new Int32Array(leastSlots).fill(emptySlot);
  private keys = Buffer.alloc(leastSlots * keyBytes);
  private files = new Int32Array(leastSlots);
  private records = new Int32Array(leastSlots);
  private count = 0;

  get size(): number {
    return this.count;
  }

  get(key: Uint8Array): RecordPlace | undefined {
    const entry = this.slots[this.slotOf(key)];
    return entry === emptySlot ? undefined : { file: this.files[entry], record: this.records[entry] };
  }

  /** A later place takes the place of an earlier one. */
  set(key: Uint8Array, { file, record }: RecordPlace): void {
    if ((this.count + 1) * 2 > this.slots.length) this.grow();
    const slot = this.slotOf(key);
    if (this.slots[slot] === emptySlot) {
      this.keys.set(key.subarray(0, keyBytes), this.count * keyBytes);
      this.slots[slot] = this.count++;
    }
    this.files[this.slots[slot]] = file;
    this.records[this.slots[slot]] = record;
  }

  /** The slot of a key, or the empty one where it would stand. */
  private slotOf(key: Uint8Array): number {
    const mask = this.slots.length - 1;
    const hash = (key[0] | (key[1] << 8) | (key[2] << 16) | (key[3] << 24)) >>> 0;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = this.slots[slot];
      if (entry === emptySlot || this.isKey(entry, key)) return slot;
    }
  }

  private isKey(entry: number, key: Uint8Array): boolean {
    const at = entry * keyBytes;
    return this.keys.compare(key, 0, keyBytes, at, at + keyBytes) === 0;
  }

  private grow(): void {
    const { keys, files, records } = this;
    const slots = this.slots.length * 2;
    this.keys = Buffer.alloc(slots * (keyBytes / 2) + keyBytes);
    this.keys.set(keys.subarray(0, this.count * keyBytes));
    this.files = new Int32Array(slots / 2 + 1);
    this.files.set(files.subarray(0, this.count));
    this.records = new Int32Array(slots / 2 + 1);
    this.records.set(records.subarray(0, this.count));
    this.slots = new Int32Array(slots).fill(emptySlot);
    for (let entry = 0; entry < this.count; entry++) {
      this.slots[this.slotOf(this.keys.subarray(entry * keyBytes, (entry + 1) * keyBytes))] = entry;
    }
  }
}
