import { join } from 'node:path';
import type { ErrorCode } from '../errors/table.js';
import { TandemError } from '../errors/tandem-error.js';
import { openRecord, type RecordKind } from './records.js';

/**
 * Reads the records of a store: each throws TandemError 'index/documents-damaged' where one is altered, naming it as `what` says.
 * @param isSealed  asks whether the store was made with checksums
 */
export function recordReader(folder: string, isSealed: () => boolean) {
  const damaged = (what: string, code: ErrorCode = 'index/documents-damaged'): TandemError => {
    const path = join(folder, 'data.mdb');
    return new TandemError(code, `${path}: ${what} is altered`, { file: path });
  };
  const content = (
    at: Buffer,
    record: Uint8Array,
    kind: RecordKind,
    what: () => string,
    sealed = isSealed,
  ): Uint8Array => {
    const found = openRecord(at, record, kind, sealed);
    if (found === undefined) throw damaged(what());
    return found;
  };
  const textOf = (at: Buffer, record: Buffer, what: () => string, sealed = isSealed): string => {
    const bytes = content(at, record, 'json', what, sealed);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  };
  const parsedText = <T>(text: string, what: () => string): T => {
    try {
      return JSON.parse(text);
    } catch {
      throw damaged(what()); // of a record that has no checksum
    }
  };
  const parsed = <T>(at: Buffer, record: Buffer, what: () => string, sealed = isSealed): T =>
    parsedText(textOf(at, record, what, sealed), what);
  return { damaged, content, textOf, parsedText, parsed };
}
