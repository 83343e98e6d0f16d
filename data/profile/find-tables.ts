import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TandemError } from '../../src/errors/tandem-error.js';
import { asReadError } from '../sources/bytes.js';
import { detectFormat } from '../sources/format.js';

/** A file that may hold rows, or why it holds none. */
export type FoundFile =
  | { readonly path: string; readonly kind: 'table' | 'judgements'; readonly bytes: number }
  | { readonly path: string; readonly kind: 'leftOut'; readonly reason: string };

const tableName = /\.(?:jsonl|ndjson|json|csv|tsv|parquet)(?:\.gz)?$/i;
const pictureName = /\.(?:jpe?g|png|webp|gif|avif|tiff?|bmp|svg)$/i;
/** Folders below the one that is looked at; deeper ones are named, not looked at. */
const deepest = 3;
/** Files of Tandem, of tools and for readers, that hold no data of a shop. */
const ownName =
  /^(?:tandem\.json|manifest\.json|package(?:-lock)?\.json|tsconfig.*\.json|slices\.json|(?:readme|notes?|licen[sc]e|notice|changelog|copying)\b.*|.*\.claim|.*\.(?:md|rst|html?|pdf|docx?|py|js|ts|sh|ipynb|ya?ml|sql))$/i;

/** The data files of a folder, or the one file, in the order of their names. @throws TandemError 'data/not-found' */
export async function findFiles(path: string): Promise<FoundFile[]> {
  const found = await stat(path).catch((error: unknown) => {
    throw asReadError(path, error);
  });
  if (!found.isDirectory()) return [await lookAt(path, found.size)];
  const files: FoundFile[] = [];
  await walk(path, 0, files);
  return files;
}

async function walk(folder: string, depth: number, files: FoundFile[]): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.') || entry.name === 'node_modules' || ownName.test(entry.name)) continue;
    if (entry.isDirectory()) {
      const names = await readdir(path);
      // what Tandem wrote: prepared data, a model, an index
      if (names.includes('manifest.json') || names.includes('model.json')) continue;
      if (depth < deepest) await walk(path, depth + 1, files);
      continue;
    }
    if (!entry.isFile() || pictureName.test(entry.name)) continue;
    files.push(await lookAt(path, (await stat(path)).size));
  }
}

async function lookAt(path: string, bytes: number): Promise<FoundFile> {
  const leftOut = (reason: string): FoundFile => ({ path, kind: 'leftOut', reason });
  if (bytes === 0) return leftOut('is empty');
  const start = await firstLines(path);
  if (isTrec(start)) return { path, kind: 'judgements', bytes };
  try {
    const format = await detectFormat(path);
    return format === undefined ? leftOut('holds no text') : { path, kind: 'table', bytes };
  } catch (error) {
    if (!(error instanceof TandemError)) throw error;
    const named = tableName.test(path) || start === undefined || error.code !== 'data/unknown-format';
    const reason = error.message.replace(`${path}: `, '');
    return leftOut(named || !reason.startsWith('neither') ? reason : noTable(start));
  }
}

/** The first lines of a text; undefined for bytes that are none. */
async function firstLines(path: string): Promise<readonly string[] | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(path, { end: 65_535 })) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  if (bytes.includes(0)) return undefined;
  const lines = bytes.toString('latin1').split(/\r\n|\r|\n/);
  return lines.slice(0, 50).filter(line => line.trim() !== '');
}

/** `query 0 document gain` in each line. */
const isTrec = (lines: readonly string[] | undefined): boolean =>
  lines !== undefined &&
  lines.length > 1 &&
  lines.slice(0, -1).every(line => /^\S+\s+\S+\s+\S+\s+[+-]?\d+\s*$/.test(line) && !line.includes(','));

/** Why a text is no table, and what would make it one. */
function noTable(lines: readonly string[]): string {
  const numbered = lines.filter(line => /^\S+ [-–:] \S/.test(line)).length;
  const how = numbered > lines.length / 2 ? 'part the id and the text by a tab' : 'part its columns by tabs';
  return `is text without columns, no table: ${how}, write the names of the columns (id, title) into the first line and save it as .tsv`;
}
