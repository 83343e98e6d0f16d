import type { z } from 'zod';
import { readLines } from './lines.js';
import { malformedRow, parseRow, type RowSchema, type SourcedRow } from './parse-row.js';

/**
 * Rows of a JSON Lines file (`.jsonl`, `.ndjson`, also gzipped), streamed. Blank lines are passed over.
 * @throws TandemError 'data/malformed-row' with the line | 'data/not-found' | 'files/damaged'
 */
export async function* readJsonl<S extends RowSchema>(
  path: string,
  schema: S,
): AsyncGenerator<SourcedRow<z.output<S>>> {
  for await (const { line, text } of readLines(path)) {
    if (text.trim() === '') continue;
    yield { line, row: parseRow(path, line, parseJson(path, line, text), schema) };
  }
}

function parseJson(path: string, line: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformedRow(path, line, `not JSON: ${(error as Error).message}`);
  }
}
