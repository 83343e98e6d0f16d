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

export class StringTable {
  readonly count: number;

  constructor(private readonly strings: StringUnits) {
    this.count = strings.ends.length;
  }

  at(ordinal: number): string {
    const { buffer, byteOffset, BYTES_PER_ELEMENT: unit } = this.strings.units;
    const start = this.start(ordinal);
    const bytes = Buffer.from(buffer, byteOffset + start * unit, (this.strings.ends[ordinal] - start) * unit);
    return bytes.toString(unit === 1 ? 'latin1' : 'utf16le');
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
