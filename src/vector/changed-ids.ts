/** Changes that are kept at least. */
const kept = 2 ** 16;

/** Which ids changed lately, so that what is derived of all of them need not be made anew for a few. */
export class ChangedIds {
  private ids: string[] = [];
  private dropped = 0;

  /** changes in all */
  get count(): number {
    return this.dropped + this.ids.length;
  }

  add(id: string): void {
    if (this.ids.length === 2 * kept) {
      this.ids = this.ids.slice(kept);
      this.dropped += kept;
    }
    this.ids.push(id);
  }

  /** Ids that changed since there were so many changes, some of them more than once; undefined where that is too long ago. */
  since(count: number): readonly string[] | undefined {
    return count < this.dropped ? undefined : this.ids.slice(count - this.dropped);
  }
}
