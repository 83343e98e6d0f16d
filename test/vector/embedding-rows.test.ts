import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BlockChecker, blockRows } from '../../src/vector/block-checksums.js';
import { EmbeddingRows } from '../../src/vector/embedding-rows.js';

const width = 3;
const count = 1024 + 2 * blockRows + 5; // a chunk, two blocks more and a part of one
const rowOf = (node: number): Float32Array => Float32Array.of(node, node / 2, -node);

describe('embeddings of nodes', () => {
  let folder: string;
  let path: string;
  let sums: Uint8Array;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tandem-rows-'));
    path = join(folder, 'rows.f32');
    const rows = new EmbeddingRows(width);
    for (let node = 0; node < count; node++) rows.write(node, rowOf(node));
    const file = await open(path, 'w');
    sums = (await rows.writeTo(file)).encoded();
    await file.close();
  });
  afterEach(() => rm(folder, { recursive: true }));

  const read = (rows: EmbeddingRows, node: number): Float32Array => {
    const row = new Float32Array(width);
    rows.read(node, row);
    return row;
  };
  /** Few of them in memory: others are read from the file one by one. */
  const reopened = (mostBytes = 0): EmbeddingRows =>
    EmbeddingRows.open(path, width, new BlockChecker(path, sums), mostBytes);
  async function alter(node: number): Promise<void> {
    const bytes = await readFile(path);
    bytes[node * width * 4] ^= 1;
    await writeFile(path, bytes);
  }
  const damaged = expect.objectContaining({
    code: 'index/damaged',
    message: expect.stringMatching(/rows\.f32: altered since it was written$/),
  });

  it('are read back from a file, and may be changed and added to beside it', () => {
    const rows = reopened();
    for (const node of [0, 17, 1023, 1024, count - 1]) expect(read(rows, node)).toEqual(rowOf(node));
    rows.write(1, rowOf(7));
    rows.write(count, rowOf(8));
    expect([0, 1, 2, count - 1, count].map(node => read(rows, node))).toEqual(
      [0, 7, 2, count - 1, 8].map(value => rowOf(value)),
    );
    expect(read(EmbeddingRows.open(path, width), 1)).toEqual(rowOf(1));
  });

  it('have a CRC-32 of every 16 rows', async () => {
    const bytes = await readFile(path);
    const expected = Array.from({ length: Math.ceil(count / 16) }, (_, block) =>
      crc32(bytes.subarray(block * 16 * width * 4, (block + 1) * 16 * width * 4)),
    );
    expect(Array.from(new Uint32Array(Uint8Array.from(sums).buffer))).toEqual(expected);
  });

  it.each([40, 1024, count - 1])(
    'say that they were altered when the altered one, row %i, or one near to it is read',
    async node => {
      await alter(node);
      const rows = reopened();
      const first = Math.floor(node / blockRows) * blockRows;
      for (const near of [first, node]) expect(() => read(rows, near)).toThrow(damaged);
      for (const other of [first - 1, 0]) expect(read(rows, other)).toEqual(rowOf(other));
      expect(() => read(rows, node)).toThrow(damaged); // and again
      expect(() => reopened(2 ** 20)).toThrow(damaged); // all are read into memory
      const file = await open(join(folder, 'copy'), 'w');
      await expect(rows.writeTo(file)).rejects.toThrow(damaged);
      await file.close();
    },
  );
});
