import { crc32 } from 'node:zlib';
import { damagedVectors } from './persist.js';

/** Rows that have a checksum together: to check one of them is to read them all. */
export const blockRows = 16;

/** CRC-32 of each block of rows, written down as they come. */
export class BlockSums {
  private readonly sums: number[] = [];

  /** @param rows  float32, the next ones; whole blocks but for the last call */
  add(rows: Uint8Array, width: number): void {
    const bytes = blockRows * width * 4;
    for (let from = 0; from < rows.length; from += bytes) this.sums.push(crc32(rows.subarray(from, from + bytes)));
  }

  /** uint32 little-endian */
  encoded(): Uint8Array {
    return new Uint8Array(Uint32Array.from(this.sums).buffer);
  }
}

/** Says of the blocks of a file whether they are as they were written: each is looked at when it is first read. */
export class BlockChecker {
  private readonly sums: Uint32Array;
  private readonly isChecked: Uint8Array;

  /**
   * @param path     of the rows
   * @param encoded  as BlockSums wrote them
   */
  constructor(
    private readonly path: string,
    encoded: Uint8Array,
  ) {
    this.sums = new Uint32Array(Uint8Array.from(encoded).buffer);
    this.isChecked = new Uint8Array(this.sums.length);
  }

  knows(block: number): boolean {
    return this.isChecked[block] === 1;
  }

  /** @throws TandemError 'index/damaged' */
  check(block: number, content: Uint8Array): void {
    if (crc32(content) !== this.sums[block]) throw damagedVectors(this.path, 'altered since it was written');
    this.isChecked[block] = 1;
  }
}
