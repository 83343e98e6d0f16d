import { readLines } from './lines.js';
import { malformedRow, type SourcedRow } from './parse-row.js';
import type { RawRow } from './raw-row.js';

/**
 * Rows of a JSON Lines file (`.jsonl`, `.ndjson`, also gzipped), streamed. Blank lines are passed over.
 * @throws TandemError 'data/malformed-row' with the line | 'data/not-found' | 'files/damaged'
 */
export async function* readJsonl(path: string): AsyncGenerator<SourcedRow<RawRow>> {
  for await (const { line, text } of readLines(path)) {
    if (text.trim() === '') continue;
    yield { line, row: parseObject(path, line, text) };
  }
}

function parseObject(path: string, line: number, text: string): RawRow {
  const value = parseJson(path, line, text);
  if (isObject(value)) return value;
  const kind = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  throw malformedRow(path, line, `expected object, received ${kind}`);
}

const isObject = (value: unknown): value is RawRow =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parseJson(path: string, line: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformedRow(path, line, `not JSON: ${(error as Error).message}`);
  }
}
