import type { SortedTexts } from './sorted-texts.js';

/** Sorted strings in an array of units, one byte each where all are Latin-1, else two; no string is made before it is asked for. */
export interface StringUnits {
  readonly units: Uint8Array | Uint16Array;
  /** by string: where it ends, in units */
  readonly ends: Uint32Array;
}

/** @param strings  distinct, in code-unit order */
export function packStrings(strings: readonly string[]): StringUnits {
  const ends = new Uint32Array(strings.length);
  let end = 0;
  strings.forEach((text, i) => {
    end += text.length;
    ends[i] = end;
  });
  const units = strings.every(isLatin1) ? new Uint8Array(end) : new Uint16Array(end);
  let at = 0;
  for (const text of strings) for (let i = 0; i < text.length; i++) units[at++] = text.charCodeAt(i);
  return { units, ends };
}

function isLatin1(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return false;
  return true;
}

/** Latin-1 signs that have digits in their normal form, ² ³ ¹ ¼ ½ ¾, and the soft hyphen, which may stand between digits. */
const otherDigits: ReadonlySet<number> = new Set([0xad, 0xb2, 0xb3, 0xb9, 0xbc, 0xbd, 0xbe]);

/** Units that are made a string together where many are read. */
const decodedTogether = 2 ** 13;

export class StringTable implements SortedTexts {
  readonly count: number;
  private otherDigits: readonly number[] | undefined;

  constructor(private readonly strings: StringUnits) {
    this.count = strings.ends.length;
  }

  value(ordinal: number): string {
    return this.decode(this.start(ordinal), this.strings.ends[ordinal]);
  }

  eachText(from: number, to: number, visit: (text: string, start: number, end: number, ordinal: number) => void): void {
    const { ends } = this.strings;
    for (let first = from; first < to; ) {
      const begin = this.start(first);
      let last = first;
      while (last + 1 < to && ends[last + 1] - begin <= decodedTogether) last++;
      const text = this.decode(begin, ends[last]);
      for (; first <= last; first++) visit(text, this.start(first) - begin, ends[first] - begin, first);
    }
  }

  unitsBetween(from: number, to: number): number {
    return this.start(to) - this.start(from);
  }

  /** @returns number of the string; -1 where it is not here */
  find(text: string): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.compare(text, middle) > 0) low = middle + 1;
      else high = middle;
    }
    return low < this.count && this.compare(text, low) === 0 ? low : -1;
  }

  /**
   * Numbers of the strings in which a run of digits may be read: those that hold it, and those with signs that are digits in other forms; some
   * others may be among them.
   * @returns rising; undefined where strings hold letters beyond Latin-1, whose digits have more forms
   */
  withDigits(run: string): readonly number[] | undefined {
    const { units } = this.strings;
    if (units.BYTES_PER_ELEMENT !== 1) return undefined;
    const bytes = Buffer.from(units.buffer, units.byteOffset, units.byteLength);
    const found = new Set(this.withOtherDigits(bytes));
    const wanted = Buffer.from(run, 'latin1');
    for (let at = bytes.indexOf(wanted); at >= 0; ) {
      found.add(this.ordinalAt(at));
      at = bytes.indexOf(wanted, at + 1);
    }
    return [...found].sort((a, b) => a - b);
  }

  private withOtherDigits(bytes: Buffer): readonly number[] {
    if (this.otherDigits === undefined) {
      const found = new Set<number>();
      for (let at = 0; at < bytes.length; at++) if (otherDigits.has(bytes[at])) found.add(this.ordinalAt(at));
      this.otherDigits = [...found];
    }
    return this.otherDigits;
  }

  /** Number of the string that a unit belongs to. */
  private ordinalAt(unit: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.strings.ends[middle] <= unit) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private decode(start: number, end: number): string {
    const { buffer, byteOffset, BYTES_PER_ELEMENT: unit } = this.strings.units;
    const bytes = Buffer.from(buffer, byteOffset + start * unit, (end - start) * unit);
    return bytes.toString(unit === 1 ? 'latin1' : 'utf16le');
  }

  private start(ordinal: number): number {
    return ordinal === 0 ? 0 : this.strings.ends[ordinal - 1];
  }

  private compare(text: string, ordinal: number): number {
    const { units, ends } = this.strings;
    const start = this.start(ordinal);
    const length = Math.min(text.length, ends[ordinal] - start);
    for (let i = 0; i < length; i++) {
      const difference = text.charCodeAt(i) - units[start + i];
      if (difference !== 0) return difference;
    }
    return text.length - (ends[ordinal] - start);
  }
}
