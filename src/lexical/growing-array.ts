/** A Uint32Array that grows at its end. */
export class GrowingArray {
  constructor(
    private values: Uint32Array = new Uint32Array(16),
    public length = 0,
  ) {}

  /** The store behind it; only the first `length` values count. */
  get data(): Uint32Array {
    return this.values;
  }

  /** The values in use, not copied. */
  get used(): Uint32Array {
    return this.values.subarray(0, this.length);
  }

  push(value: number): void {
    if (this.length === this.values.length) this.reserve(1);
    this.values[this.length++] = value;
  }

  /** Makes room for more values without writing them. */
  reserve(more: number): void {
    if (this.length + more <= this.values.length) return;
    const larger = new Uint32Array(Math.max(this.values.length * 2 + 16, this.length + more));
    larger.set(this.values);
    this.values = larger;
  }
}
