import { damagedVectors, readFully, withVectorFile } from './persist.js';

/** What an hnswlib file says about itself. */
export interface HnswShape {
  readonly elements: number;
  /** D */
  readonly width: number;
}

/** Bytes of the fixed part: seven 8-byte sizes, two 4-byte ones, three sizes, one double and one size (hnswalg.h, saveIndex). */
const headerLength = 96;

/** Walks the upper links: for each element their length in bytes, then the links. @returns bytes walked, undefined when cut short */
function walkUpperLinks(links: Buffer, elements: number): number | undefined {
  let at = 0;
  for (let i = 0; i < elements; i++) {
    if (at + 4 > links.length) return undefined;
    at += 4 + links.readUInt32LE(at);
  }
  return at;
}

/**
 * Checks that a file has the structure that hnswlib writes, before hnswlib, which trusts its content, reads it:
 * the header, the lowest layer with the vectors (skipped), the upper links.
 * @throws TandemError 'index/damaged' when it is missing, cut short, too long or its sizes do not fit together
 */
export function checkHnswFile(path: string): Promise<HnswShape> {
  return withVectorFile(path, async file => {
    const header = Buffer.alloc(headerLength);
    const { size: length } = await file.stat();
    if ((await readFully(file, header, 0)) < headerLength) throw damagedVectors(path, 'cut short');
    const size = (offset: number): number => Number(header.readBigUInt64LE(offset));
    const [capacity, elements, perElement, labelOffset] = [size(8), size(16), size(24), size(32)];
    const width = (labelOffset - size(40)) / 4;
    if (capacity < elements || perElement !== labelOffset + 8 || !Number.isInteger(width) || width < 1) {
      throw damagedVectors(path, 'its header is altered');
    }
    const upper = headerLength + elements * perElement;
    if (upper > length) throw damagedVectors(path, 'cut short');
    const links = Buffer.alloc(length - upper);
    await readFully(file, links, upper);
    if (walkUpperLinks(links, elements) !== links.length)
      throw damagedVectors(path, 'its upper links are cut short or altered');
    return { elements, width };
  });
}
