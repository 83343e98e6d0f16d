import { TandemError } from '../../src/errors/tandem-error.js';
import { packingOf, readBytes } from './bytes.js';
import { detectDialect } from './csv-dialect.js';
import { encodingOf } from './text.js';

export type TableFormat = 'JSON Lines' | 'JSON array' | 'JSON' | 'CSV' | 'XML' | 'Parquet';

/** Bytes of the beginning that are looked at. */
const headBytes = 1 << 16;

/** What people may take for a table, by its first bytes, and what to do about it. */
const others: readonly (readonly [string, string])[] = [
  ['504b0304', 'is a zip archive within another: unpack it'],
  ['d0cf11e0', 'is a spreadsheet or document of Microsoft Office: save the sheet as CSV'],
  ['28b52ffd', 'is compressed with zstd: run `zstd -d` first'],
  ['fd377a585a00', 'is compressed with xz: run `xz -d` first'],
  ['425a68', 'is compressed with bzip2: run `bzip2 -d` first'],
  ['53514c69746520666f726d6174', 'is an SQLite database: export the table as CSV'],
  ['25504446', 'is a PDF'],
];

/**
 * The format of a table: by its content, and by its name where content leaves it open.
 * @returns undefined for a file without any text
 * @throws TandemError 'data/unknown-format' saying what the file is, and as `readBytes`
 */
export async function detectFormat(path: string): Promise<TableFormat | undefined> {
  const { bytes, whole } = await readHead(path);
  if (bytes.subarray(0, 4).toString('latin1') === 'PAR1') {
    if ((await packingOf(path)) !== undefined)
      throw unknown(path, 'is a Parquet file inside of gzip or zip: unpack it first (gunzip, unzip)');
    return 'Parquet';
  }
  const other = others.find(([magic]) => bytes.subarray(0, magic.length / 2).toString('hex') === magic);
  if (other !== undefined) throw unknown(path, other[1]);
  const encoding = encodingOf(bytes);
  const name = nameOf(path);
  if (encoding === 'utf-8' && bytes.includes(0)) {
    if (name === 'parquet') throw new TandemError('files/damaged', `${path}: is no Parquet file`, { path });
    throw unknown(path, 'holds bytes that are no text');
  }
  // a character that was cut at the end of the head has no say
  const text = new TextDecoder(encoding).decode(bytes).trimStart();
  return text === '' ? undefined : formatOfText(path, text, whole, name);
}

/** Whether a name ends as those of a format do. */
export function namesFormat(path: string, format: TableFormat): boolean {
  const name = nameOf(path);
  if (name === undefined) return false;
  if (format === 'CSV') return name === 'csv' || name === 'tsv';
  if (format === 'XML') return name === 'xml';
  return format === 'Parquet' ? name === 'parquet' : /json/.test(name);
}

const nameOf = (path: string): string | undefined =>
  /\.(jsonl|ndjson|json|csv|tsv|xml|parquet)(?:\.(?:gz|zip))?$/i.exec(path)?.[1].toLowerCase();

function formatOfText(path: string, text: string, whole: boolean, name: string | undefined): TableFormat {
  const lines = name === 'jsonl' || name === 'ndjson';
  if (/^\[\s*(?:[{\]]|$)/.test(text)) return 'JSON array';
  if (text.startsWith('{')) return formatOfObject(text, whole, lines);
  if (text.startsWith('[') && name === 'json') return 'JSON array';
  if (/^<(?:!doctype\s+html|html)\b/i.test(text)) throw unknown(path, 'is an HTML page');
  if (/^<[!?a-z]/i.test(text)) return 'XML';
  if (name === 'csv' || name === 'tsv') return 'CSV';
  if (detectDialect(text, whole)?.parts) return 'CSV';
  if (lines || name === 'json') return 'JSON Lines';
  throw unknown(path, 'neither its name nor its content tells what it is');
}

/** A line for each object, objects laid out over lines, or one object around the rows. */
function formatOfObject(text: string, whole: boolean, lines: boolean): TableFormat {
  const end = text.indexOf('\n');
  const spread = /^\{\s*\n/.test(text);
  const single = end < 0 ? true : whole && text.slice(end).trim() === '';
  if (spread || (single && !lines)) return 'JSON';
  return lines || isJson(text.slice(0, end)) ? 'JSON Lines' : 'JSON';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

async function readHead(path: string): Promise<{ bytes: Buffer; whole: boolean }> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of readBytes(path)) {
    pieces.push(piece);
    length += piece.length;
    if (length >= headBytes) return { bytes: Buffer.concat(pieces).subarray(0, headBytes), whole: false };
  }
  return { bytes: Buffer.concat(pieces), whole: true };
}

const unknown = (path: string, what: string): TandemError =>
  new TandemError('data/unknown-format', `${path}: ${what}`, { path });
