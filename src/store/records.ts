import { crc32 } from 'node:zlib';

/**
 * A record of the store: a byte 1, the CRC-32 of its key and its content (little-endian), the content. Stores made before have the content
 * alone, which is JSON, or the float32 values of an embedding.
 */
const mark = 1;
const headBytes = 5;

const checksum = (key: Uint8Array, content: Uint8Array): number => crc32(content, crc32(key));

export function sealRecord(key: Uint8Array, content: Uint8Array): Buffer {
  const record = Buffer.allocUnsafe(headBytes + content.length);
  record[0] = mark;
  record.writeUInt32LE(checksum(key, content), 1);
  record.set(content, headBytes);
  return record;
}

/** What may be in a record. */
export type RecordKind = 'json' | 'embedding';

/** JSON never begins with the mark; the length of an embedding without a head is a multiple of 4. */
const isSealed = (record: Uint8Array, kind: RecordKind): boolean =>
  kind === 'json' ? record[0] === mark : record.length % 4 === headBytes % 4 && record[0] === mark;

/**
 * @param sealedOnly  asks whether the store was made with checksums, so that a record without one is altered
 * @returns the content, not copied; undefined where the record is altered
 */
export function openRecord(
  key: Uint8Array,
  record: Uint8Array,
  kind: RecordKind,
  sealedOnly: () => boolean,
): Uint8Array | undefined {
  if (!isSealed(record, kind)) return sealedOnly() ? undefined : record;
  const content = record.subarray(headBytes);
  const expected = new DataView(record.buffer, record.byteOffset).getUint32(1, true);
  return checksum(key, content) === expected ? content : undefined;
}
