/**
 * Says of an id whether it may be among those that were added: no is always right, yes wrong about once in 2^32 / ids. Four bytes an id and as many
 * free: an open-addressing table of 32-bit hashes. An id that is not there costs one look in place of a search in every segment.
 */
export class IdFilter {
  private table = new Uint32Array(2 ** 10);
  private count = 0;

  /** @returns whether it may have been there */
  add(id: string): boolean {
    if (2 * this.count >= this.table.length) this.grow();
    const isNew = this.place(hashOf(id));
    if (isNew) this.count++;
    return !isNew;
  }

  mayHold(id: string): boolean {
    const { table } = this;
    const hash = hashOf(id);
    const mask = table.length - 1;
    for (let at = hash & mask; table[at] !== 0; at = (at + 1) & mask) if (table[at] === hash) return true;
    return false;
  }

  /** @returns whether it was not there */
  private place(hash: number): boolean {
    const { table } = this;
    const mask = table.length - 1;
    let at = hash & mask;
    for (; table[at] !== 0; at = (at + 1) & mask) if (table[at] === hash) return false;
    table[at] = hash;
    return true;
  }

  private grow(): void {
    const before = this.table;
    this.table = new Uint32Array(2 * before.length);
    for (const hash of before) if (hash !== 0) this.place(hash);
  }
}

/** FNV-1a over UTF-16 units with the last mixing steps of MurmurHash3, so that the low bits are good; never 0, which is a free place. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0 || 1;
}
