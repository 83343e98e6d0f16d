import { TandemError } from '../../src/errors/tandem-error.js';
import { readText } from './text.js';

/** Longest line, or value of JSON, in UTF-16 units; more is a file without line breaks rather than a row. */
export const longestLine = 64 * 1024 * 1024;

export interface TextLine {
  /** counted from 1 */
  readonly line: number;
  readonly text: string;
}

/**
 * Lines of a text file, one at a time; the carriage return of CRLF is dropped, and a last line needs no line break.
 * @throws TandemError as `readText`, and 'data/malformed-row' (endless line)
 */
export async function* readLines(
  path: string,
  onNote?: (note: string) => void,
): AsyncGenerator<TextLine, void, undefined> {
  let line = 0;
  let held = '';
  const take = (text: string): TextLine => ({ line: ++line, text: text.endsWith('\r') ? text.slice(0, -1) : text });
  for await (const piece of readText(path, onNote)) {
    let from = 0;
    for (let at = piece.indexOf('\n'); at >= 0; at = piece.indexOf('\n', from)) {
      yield take(held + piece.slice(from, at));
      held = '';
      from = at + 1;
    }
    held += piece.slice(from);
    if (held.length > longestLine) throw tooLong(path, line + 1);
  }
  if (held !== '') yield take(held);
}

const tooLong = (path: string, line: number): TandemError =>
  new TandemError('data/malformed-row', `${path} line ${line}: longer than ${longestLine} characters`, { path, line });
