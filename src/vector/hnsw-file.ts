import { join } from 'node:path';
import { damagedVectors, readFully, readVectorHeader, type VectorHeader, withVectorFile } from './persist.js';

export const graphFileName = 'vectors.hnsw';

/** What an hnswlib file says about itself. */
export interface HnswShape {
  readonly elements: number;
  /** D */
  readonly width: number;
  /** bytes of an element on the lowest layer: its links, its vector from `vectorAt` on, its label, which is its node, from `labelAt` on */
  readonly elementBytes: number;
  readonly vectorAt: number;
  readonly labelAt: number;
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
    const [capacity, elements, elementBytes, labelAt, vectorAt] = [size(8), size(16), size(24), size(32), size(40)];
    const width = (labelAt - vectorAt) / 4;
    if (capacity < elements || elementBytes !== labelAt + 8 || !Number.isInteger(width) || width < 1) {
      throw damagedVectors(path, 'its header is altered');
    }
    const upper = headerLength + elements * elementBytes;
    if (upper > length) throw damagedVectors(path, 'cut short');
    const links = Buffer.alloc(length - upper);
    await readFully(file, links, upper);
    if (walkUpperLinks(links, elements) !== links.length)
      throw damagedVectors(path, 'its upper links are cut short or altered');
    return { elements, width, elementBytes, vectorAt, labelAt };
  });
}

type GraphHeader = Extract<VectorHeader, { kind: 'hnsw' }>;

/** The graph of a folder, checked: the file, what vectors.json says of it, and its shape, which fit together. @throws TandemError 'index/damaged' */
export async function readGraphHeader(
  folder: string,
): Promise<{ readonly path: string; readonly header: GraphHeader; readonly shape: HnswShape }> {
  const header = await readVectorHeader(folder);
  const path = join(folder, graphFileName);
  if (header.kind !== 'hnsw') throw damagedVectors(path, `vectors.json is of kind ${header.kind}`);
  const shape = await checkHnswFile(path);
  if (shape.elements !== header.ids.length || shape.width !== header.width) {
    throw damagedVectors(path, 'it does not fit vectors.json');
  }
  return { path, header, shape };
}

/** Elements read at a time: some megabytes. */
const stretch = 1024;

/**
 * The embeddings of a graph, read without hnswlib.
 * @returns float32 [nodes * D], row-major, by node
 * @throws TandemError 'index/damaged'
 */
export function readGraphRows(path: string, shape: HnswShape): Promise<Float32Array> {
  const { elements, width, elementBytes, vectorAt, labelAt } = shape;
  const rows = new Float32Array(elements * width);
  const bytes = new Uint8Array(rows.buffer);
  return withVectorFile(path, async file => {
    for (let from = 0; from < elements; from += stretch) {
      const part = Buffer.alloc(Math.min(stretch, elements - from) * elementBytes);
      await readFully(file, part, headerLength + from * elementBytes);
      for (let at = 0; at < part.length; at += elementBytes) {
        const node = Number(part.readBigUInt64LE(at + labelAt));
        if (node >= elements) throw damagedVectors(path, `it has a node ${node} where there are ${elements}`);
        bytes.set(part.subarray(at + vectorAt, at + labelAt), node * width * 4);
      }
    }
    return rows;
  });
}
