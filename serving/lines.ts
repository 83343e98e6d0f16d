/** A line of a stream; one that is longer than the limit is passed over and has no bytes. */
export interface Line {
  /** counted from 1 */
  readonly number: number;
  readonly bytes: Buffer | undefined;
}

const newline = 0x0a;

/**
 * Cuts a stream into lines; never holds more than one line and one chunk.
 * @param longest  bytes of a line
 */
export async function* readLines(chunks: AsyncIterable<Buffer>, longest: number): AsyncGenerator<Line> {
  let held: Buffer[] = [];
  let length = 0;
  let number = 0;
  const take = (): Line => {
    const bytes = length > longest ? undefined : Buffer.concat(held);
    held = [];
    length = 0;
    return { number: ++number, bytes };
  };
  const hold = (part: Buffer): void => {
    length += part.length;
    if (length > longest) held = [];
    else held.push(part);
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      hold(chunk.subarray(from, end));
      yield take();
      from = end + 1;
    }
    hold(chunk.subarray(from));
  }
  if (length > 0) yield take();
}
