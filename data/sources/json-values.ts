import type { TandemError } from '../../src/errors/tandem-error.js';
import { longestLine } from './lines.js';
import { malformedRow } from './parse-row.js';

/** `array`: the values of one array; `sequence`: values one behind another */
export type JsonLayout = 'array' | 'sequence';

const structural = /["\\{}[\],]/g;

/**
 * The texts of the values of a JSON array or of a sequence of objects, one at a time; whether each is JSON is for the reader to see.
 * @throws TandemError 'data/malformed-row' for an array that does not end, or ends before the file does, and a value that does not end
 */
export async function* splitJson(
  path: string,
  pieces: AsyncIterable<string>,
  layout: JsonLayout,
): AsyncGenerator<string> {
  const base = layout === 'array' ? 1 : 0;
  let [depth, inString, ended, count] = [0, false, false, 0];
  let held = '';
  const take = (text: string): string | undefined => {
    const value = held + text;
    held = '';
    if (value.trim() === '') return undefined;
    count++;
    return value;
  };
  for await (const piece of pieces) {
    let from = 0;
    // the first character of an escape may be the last one of a piece
    structural.lastIndex = inString && endsInEscape(held) ? 1 : 0;
    for (let found = structural.exec(piece); found !== null; found = structural.exec(piece)) {
      const [character] = found;
      const at = found.index;
      if (character === '\\') {
        structural.lastIndex = at + 2;
      } else if (character === '"') {
        inString = !inString;
      } else if (inString) {
        // what stands in a string parts nothing
      } else if (ended) {
        throw behindTheEnd(path, count);
      } else if (character === ',') {
        if (depth !== base) continue;
        const value = take(piece.slice(from, at));
        from = at + 1;
        if (value !== undefined) yield value;
      } else if (character === '{' || character === '[') {
        depth++;
        if (depth === 1 && layout === 'array') from = at + 1;
      } else {
        depth--;
        const whole = layout === 'sequence' && depth === 0;
        const last = layout === 'array' && depth === 0;
        if (!whole && !last) continue;
        const value = take(piece.slice(from, whole ? at + 1 : at));
        from = at + 1;
        ended = last;
        if (value !== undefined) yield value;
      }
    }
    held += piece.slice(from);
    if (held.length > longestLine) {
      const within =
        layout === 'sequence' && count === 0 ? '; rows within one object: jq -c ".NAME[]" takes them out' : '';
      throw malformedRow(path, count + 1, `longer than ${longestLine} characters${within}`);
    }
  }
  if (layout === 'array' && !ended)
    throw malformedRow(path, count + 1, 'the array does not end: the file is cut short');
  if (held.trim() === '') return;
  if (layout === 'array') throw behindTheEnd(path, count);
  yield held;
}

/** Whether an odd number of backslashes stands at the end. */
const endsInEscape = (text: string): boolean => (/\\*$/.exec(text)?.[0].length ?? 0) % 2 === 1;

const behindTheEnd = (path: string, row: number): TandemError =>
  malformedRow(path, row, 'there is text behind the end of the array');
