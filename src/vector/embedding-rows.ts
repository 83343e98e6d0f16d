import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BlockChecker, BlockSums, blockRows } from './block-checksums.js';

/** Rows that are held or written out together. */
const chunkRows = 1024;
/** Embeddings in memory, bytes; beyond it the oldest lie in a file. */
const memoryBytes = 128 * 2 ** 20;

const closer = new FinalizationRegistry<number>(closeSync);

/** A file that is open as long as somebody reads from it. */
class RowFile {
  /** @param checked  of the rows that it was opened with; absent where it has no checksums */
  constructor(
    readonly descriptor: number,
    readonly checked?: { readonly rows: number; readonly blocks: BlockChecker },
  ) {
    closer.register(this, descriptor);
  }
}

/** A file without a name, where the system allows it: it is gone with the process. */
function nameless(): RowFile {
  const path = join(tmpdir(), `tandem-embeddings-${process.pid}-${randomBytes(4).toString('hex')}`);
  const file = new RowFile(openSync(path, 'wx+'));
  try {
    rmSync(path);
  } catch {
    process.once('exit', () => rmSync(path, { force: true }));
  }
  return file;
}

function fill(descriptor: number, target: Uint8Array, position: number): void {
  for (let done = 0; done < target.length; ) {
    const read = readSync(descriptor, target, done, target.length - done, position + done);
    if (read === 0) return;
    done += read;
  }
}

const bytesOf = (values: Float32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** Embeddings by node: in memory while they are few, else in files and read row by row. */
export class EmbeddingRows {
  /** in memory; by chunk */
  private readonly held = new Map<number, Float32Array>();
  /** of chunks that are not in memory */
  private readonly files = new Map<number, RowFile>();
  private spilled: RowFile | undefined;
  private rows = 0;

  constructor(
    readonly width: number,
    private readonly mostBytes = memoryBytes,
  ) {}

  /**
   * Rows of a file that stays as it is, float32 little-endian, row-major. Few are read into memory.
   * @param blocks  checks them when they are read: then 'index/damaged' comes of reading
   */
  static open(path: string, width: number, blocks?: BlockChecker, mostBytes = memoryBytes): EmbeddingRows {
    const made = new EmbeddingRows(width, mostBytes);
    const descriptor = openSync(path, 'r');
    const { size } = fstatSync(descriptor);
    made.rows = size / (width * 4);
    const file = new RowFile(descriptor, blocks && { rows: made.rows, blocks });
    const chunks = Math.ceil(made.rows / chunkRows);
    for (let chunk = 0; chunk < chunks; chunk++) made.files.set(chunk, file);
    if (size <= mostBytes) for (let chunk = 0; chunk < chunks; chunk++) made.hold(chunk);
    return made;
  }

  get count(): number {
    return this.rows;
  }

  /** Writes a row, or a further one. */
  write(node: number, vector: Float32Array): void {
    const chunk = Math.floor(node / chunkRows);
    this.hold(chunk).set(vector, (node % chunkRows) * this.width);
    this.rows = Math.max(this.rows, node + 1);
  }

  /** Copies a row. @param at  first of D values */
  read(node: number, target: Float32Array, at = 0): void {
    const chunk = Math.floor(node / chunkRows);
    const held = this.held.get(chunk);
    const row = node % chunkRows;
    if (held !== undefined) {
      target.set(held.subarray(row * this.width, (row + 1) * this.width), at);
      return;
    }
    const file = this.files.get(chunk);
    if (file === undefined) throw new Error(`no embedding of node ${node}`);
    this.checkBlock(file, Math.floor(node / blockRows));
    fill(file.descriptor, bytesOf(target.subarray(at, at + this.width)), node * this.width * 4);
  }

  /** Writes all rows at the end of a file. @returns their checksums */
  async writeTo(file: FileHandle): Promise<BlockSums> {
    const sums = new BlockSums();
    for (let first = 0; first < this.rows; first += chunkRows) {
      const rows = this.chunk(first / chunkRows);
      const part = bytesOf(rows.subarray(0, Math.min(chunkRows, this.rows - first) * this.width));
      for (let done = 0; done < part.length; ) done += (await file.write(part, done)).bytesWritten;
      sums.add(part, this.width);
    }
    return sums;
  }

  /** A chunk in memory, to be changed. */
  private hold(chunk: number): Float32Array {
    const known = this.held.get(chunk);
    if (known !== undefined) return known;
    const rows = this.chunk(chunk);
    this.held.set(chunk, rows);
    this.files.delete(chunk);
    if (this.held.size > 1 && this.held.size * rows.byteLength > this.mostBytes) this.spill();
    return rows;
  }

  private chunk(chunk: number): Float32Array {
    const known = this.held.get(chunk);
    if (known !== undefined) return known;
    const rows = new Float32Array(chunkRows * this.width);
    const file = this.files.get(chunk);
    if (file === undefined) return rows;
    fill(file.descriptor, bytesOf(rows), chunk * rows.byteLength);
    const first = (chunk * chunkRows) / blockRows;
    for (let block = first; block < first + chunkRows / blockRows; block++)
      this.checkBlock(file, block, bytesOf(rows.subarray((block - first) * blockRows * this.width)));
    return rows;
  }

  /** @param content  begins with the block; read when absent */
  private checkBlock({ descriptor, checked }: RowFile, block: number, content?: Uint8Array): void {
    if (checked === undefined) return;
    const { rows, blocks } = checked;
    const bytes = Math.min(blockRows, rows - block * blockRows) * this.width * 4;
    if (bytes <= 0 || blocks.knows(block)) return;
    const own = content ?? new Uint8Array(bytes);
    if (content === undefined) fill(descriptor, own, block * blockRows * this.width * 4);
    blocks.check(block, own.subarray(0, bytes));
  }

  /** Writes out the chunk that has been in memory for longest. */
  private spill(): void {
    const [[chunk, rows]] = this.held;
    this.spilled ??= nameless();
    const bytes = bytesOf(rows);
    for (let done = 0; done < bytes.length; )
      done += writeSync(this.spilled.descriptor, bytes, done, bytes.length - done, chunk * bytes.length + done);
    this.held.delete(chunk);
    this.files.set(chunk, this.spilled);
  }
}
