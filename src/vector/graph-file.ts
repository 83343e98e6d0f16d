import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { writeFileAtomically } from '../files/atomic.js';
import { BlockChecker, blockRows } from './block-checksums.js';
import { decodeKeys } from './embedding-key.js';
import { EmbeddingRows } from './embedding-rows.js';
import { chunkNodes, type GraphKernel } from './graph-kernel.js';
import { GraphNodes } from './graph-nodes.js';
import { damagedVectors, type HeaderOf, readFully, withVectorFile } from './persist.js';

/** The nodes, chunk by chunk. */
export const graphFileName = 'vectors.graph';
/** float32 by node, row-major */
export const embeddingsFileName = 'vectors.f32';
/** of these: CRC-32 of each block of rows, see block-checksums.ts */
export const checksumsFileName = 'vectors.f32.crc32';

/** The parts of the memory that hold the nodes, in the order of the file: of each chunk the lists and codes, the scales, the lists of the upper levels. */
function partsOf({ memory, nodesAt, chunkBytes, exports }: GraphKernel, nodes: number): Uint8Array[] {
  const blockBytes = exports.bytesOfBlock();
  const scalesAt = blockBytes * chunkNodes;
  const upperAt = scalesAt + 4 * chunkNodes;
  const parts: Uint8Array[] = [];
  for (let first = 0, at = nodesAt; first < nodes; first += chunkNodes, at += chunkBytes) {
    const used = Math.min(chunkNodes, nodes - first);
    parts.push(new Uint8Array(memory.buffer, at, used * blockBytes));
    parts.push(new Uint8Array(memory.buffer, at + scalesAt, used * 4));
    parts.push(new Uint8Array(memory.buffer, at + upperAt, chunkBytes - upperAt));
  }
  return parts;
}

/** @returns CRC-32 of what was written */
export async function writeGraphFile(path: string, kernel: GraphKernel, nodes: number): Promise<number> {
  let checksum = 0;
  await writeFileAtomically(path, async file => {
    for (const part of partsOf(kernel, nodes)) {
      const content = part.slice(); // not shared any more
      checksum = crc32(content, checksum);
      await file.writeFile(content);
    }
  });
  return checksum;
}

async function readGraphFile(path: string, kernel: GraphKernel, nodes: number): Promise<number> {
  return withVectorFile(path, async file => {
    kernel.reserve(nodes);
    const parts = partsOf(kernel, nodes);
    const { size } = await file.stat();
    const expected = parts.reduce((sum, part) => sum + part.length, 0);
    if (size !== expected) throw damagedVectors(path, `${size} bytes where ${expected} belong`);
    let checksum = 0;
    let at = 0;
    for (const part of parts) {
      const content = new Uint8Array(part.length);
      await readFully(file, content, at);
      checksum = crc32(content, checksum);
      part.set(content);
      at += part.length;
    }
    return checksum;
  });
}

/** Of the files of saved vectors those that are checked when they are read, by checksums of their own: nobody need read them whole before. */
export const selfChecked = (names: readonly string[]): readonly string[] =>
  names.includes(checksumsFileName) ? [graphFileName, embeddingsFileName] : [];

async function readChecksums(folder: string, rows: number): Promise<BlockChecker> {
  const path = join(folder, checksumsFileName);
  const content = await withVectorFile(path, file => file.readFile());
  if (content.length !== 4 * Math.ceil(rows / blockRows))
    throw damagedVectors(path, `it has not one checksum for each ${blockRows} embeddings`);
  return new BlockChecker(join(folder, embeddingsFileName), content);
}

/** The graph that a folder holds, checked before it is walked. @throws TandemError 'index/damaged' */
export async function readGraph(
  folder: string,
  header: HeaderOf<'int4-hnsw'>,
): Promise<{ readonly nodes: GraphNodes; readonly keys: number[] }> {
  const path = join(folder, graphFileName);
  const { width, ids, parameters } = header;
  const keys = decodeKeys(header.keys);
  if (keys.length !== ids.length)
    throw damagedVectors(join(folder, 'vectors.json'), 'it has not one key for each node');
  const embeddingsPath = join(folder, embeddingsFileName);
  const expected = ids.length * width * 4;
  const { size } = await withVectorFile(embeddingsPath, file => file.stat());
  if (size !== expected) throw damagedVectors(embeddingsPath, `${size} bytes where ${expected} belong`);
  const blocks = header.format < 4 ? undefined : await readChecksums(folder, ids.length);
  const nodes = new GraphNodes(width, parameters, EmbeddingRows.open(embeddingsPath, width, blocks));
  const checksum = await readGraphFile(path, nodes.kernel, ids.length);
  if (checksum !== header.checksum || nodes.kernel.exports.areLinksWithin(ids.length) === 0)
    throw damagedVectors(path, 'altered since it was written');
  nodes.arrive(ids.length);
  return { nodes, keys };
}
