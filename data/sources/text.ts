import { TextDecoder } from 'node:util';
import { TandemError } from '../../src/errors/tandem-error.js';
import { packingOf, readBytes } from './bytes.js';
import { guessEncoding } from './other-encoding.js';

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

const lineFeed = 0x0a;

/**
 * The text of a file, in pieces that end anywhere; what is gzipped is decompressed on the way. UTF-8, or UTF-16 where a byte order mark or
 * every other byte says so, or an older encoding that its letters show; a byte order mark at the start is dropped.
 * @param onNote  told of an encoding that was guessed
 * @throws TandemError 'data/not-found' | 'files/damaged' (gzip) | 'data/bad-encoding' with the line and the byte
 */
export async function* readText(
  path: string,
  onNote?: (note: string) => void,
): AsyncGenerator<string, void, undefined> {
  let decoder: TextDecoder | undefined;
  let read = 0;
  let isAsciiSoFar = true;
  for await (const bytes of readBytes(path)) {
    decoder ??= new TextDecoder(encodingOf(bytes), { fatal: true });
    let text = decode(decoder, bytes);
    if (text === undefined && decoder.encoding === 'utf-8' && isAsciiSoFar && !isMostlyUtf8(bytes)) {
      const encoding = guessEncoding(bytes);
      if (encoding !== undefined) {
        decoder = new TextDecoder(encoding, { fatal: true });
        text = decode(decoder, bytes);
        onNote?.(`read as ${encoding}, by its letters; where these are wrong, convert the file to UTF-8`);
      }
    }
    if (text === undefined) throw await badEncoding(path, decoder.encoding, read);
    isAsciiSoFar &&= bytes.every(byte => byte < 0x80);
    read += bytes.length;
    if (text !== '') yield text;
  }
  if (decoder !== undefined && decode(decoder) === undefined) {
    throw new TandemError('data/bad-encoding', `${path}: ends within a character of ${nameOf(decoder.encoding)}`, {
      path,
    });
  }
}

/** @param head  the first bytes of a text: its first two characters are taken for ASCII where it has no byte order mark */
export function encodingOf(head: Buffer): Encoding {
  const [first, second, third, fourth] = head;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (isAscii(first) && second === 0 && isAscii(third) && fourth === 0) return 'utf-16le';
  if (first === 0 && isAscii(second) && third === 0 && isAscii(fourth)) return 'utf-16be';
  return 'utf-8';
}

/** Whether some characters are those of UTF-8, so that others are faults in it: texts of other encodings seldom look so. */
function isMostlyUtf8(bytes: Buffer): boolean {
  const foreign = new TextDecoder('utf-8').decode(bytes).match(/[^\0-\x7f]/gu) ?? [];
  const bad = foreign.filter(character => character === '\ufffd').length;
  return foreign.length > 2 * bad;
}

/** Printable, or white space. */
const isAscii = (byte: number | undefined): boolean =>
  byte !== undefined && ((byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d));

/** @returns undefined for bytes that are not of the encoding; without bytes: of what is left */
function decode(decoder: TextDecoder, bytes?: Buffer): string | undefined {
  try {
    return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}

const nameOf = (encoding: string): string => encoding.toUpperCase();

/** Where the first bad byte is: the file is read again, and from `before` on byte by byte. */
async function badEncoding(path: string, encoding: string, before: number): Promise<TandemError> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let [line, read, start] = [1, 0, before];
  for await (const bytes of readBytes(path)) {
    if (read < before) {
      line += countLineFeeds(bytes);
      decode(decoder, bytes);
      read += bytes.length;
      continue;
    }
    for (let at = 0; at < bytes.length; at++) {
      const text = decode(decoder, bytes.subarray(at, at + 1));
      if (text === undefined) break;
      if (text === '\n') line++;
      if (text !== '') start = before + at + 1;
    }
    break;
  }
  const remedy = `for text of Windows in Western Europe: ${await conversionOf(path)}`;
  const message = `${path} line ${line}: byte ${start + 1} of the file is not ${nameOf(encoding)}; ${remedy}`;
  return new TandemError('data/bad-encoding', message, { path, line, byte: start + 1 });
}

/** Bytes that stand for nothing in Windows-1252, at which iconv ends; Latin 1 knows them all. */
const undefinedBytes = [0x81, 0x8d, 0x8f, 0x90, 0x9d];

/** The command that makes UTF-8 of a file that is in the encoding of Western Europe. */
async function conversionOf(path: string): Promise<string> {
  let encoding = 'WINDOWS-1252';
  for await (const bytes of readBytes(path)) {
    if (undefinedBytes.some(byte => bytes.includes(byte))) encoding = 'ISO-8859-1';
  }
  const quoted = `'${path.replaceAll("'", "'\\''")}'`;
  const from = `iconv -f ${encoding} -t UTF-8`;
  const packed = await packingOf(path);
  if (packed === undefined) return `${from} ${quoted} > '${quoted.slice(1, -1)}.utf8'`;
  const unpack = packed === 'zip' ? 'unzip -p' : 'gunzip -c <';
  return `${unpack} ${quoted} | ${from} > '${quoted.slice(1, -1)}.utf8'`;
}

function countLineFeeds(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, at + 1)) count++;
  return count;
}
