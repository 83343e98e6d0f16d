/** Bytes that grow at their end, with numbers written as LEB128: seven bits a byte, low ones first, the last byte below 128. */
export class GrowingBytes {
  private values = new Uint8Array(64);
  length = 0;

  /** The store behind it; only the first `length` bytes count. */
  get data(): Uint8Array {
    return this.values;
  }

  /** The bytes in use, not copied. */
  get used(): Uint8Array {
    return this.values.subarray(0, this.length);
  }

  push(byte: number): void {
    if (this.length === this.values.length) this.reserve(1);
    this.values[this.length++] = byte;
  }

  /** @param value  integer in [0, 2^32) */
  pushNumber(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.push((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.push(rest);
  }

  pushAll(bytes: Uint8Array): void {
    this.pushFrom(bytes, 0, bytes.length);
  }

  /** Adds what stands from one place of bytes up to another. */
  pushFrom(bytes: Uint8Array, start: number, end: number): void {
    this.reserve(end - start);
    const { values, length } = this;
    for (let i = start; i < end; i++) values[length + i - start] = bytes[i];
    this.length += end - start;
  }

  /** Makes room for more bytes without writing them. */
  reserve(more: number): void {
    if (this.length + more <= this.values.length) return;
    const larger = new Uint8Array(Math.max(this.values.length * 2, this.length + more));
    larger.set(this.values);
    this.values = larger;
  }
}

/** Reads numbers that GrowingBytes wrote, one behind the other. */
export class NumberReader {
  constructor(
    readonly bytes: Uint8Array,
    public at = 0,
  ) {}

  read(): number {
    const { bytes } = this;
    let byte = bytes[this.at++];
    let value = byte & 0x7f;
    for (let shift = 7; byte > 0x7f; shift += 7) {
      byte = bytes[this.at++];
      value |= (byte & 0x7f) << shift;
    }
    return value >>> 0;
  }

  /** Passes over numbers without reading them. */
  skip(count: number): void {
    const { bytes } = this;
    let at = this.at;
    for (let left = count; left > 0; at++) if (bytes[at] < 0x80) left--;
    this.at = at;
  }
}
