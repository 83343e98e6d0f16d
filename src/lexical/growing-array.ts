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

  push(value: number): void {
    if (this.length === this.values.length) {
      const larger = new Uint32Array(this.values.length * 2 + 16);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length++] = value;
  }
}
