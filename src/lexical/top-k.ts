/** True when `a` stands before `b`: a higher score, or the same score and a smaller id by code units. */
export const standsBefore = (scoreA: number, idA: string, scoreB: number, idB: string): boolean =>
  scoreA !== scoreB ? scoreA > scoreB : idA < idB;

/** The best k of what is offered: a binary heap whose root is the worst one kept. */
export class TopK {
  private readonly scores: number[] = [];
  private readonly ids: string[] = [];

  /** @param k  integer >= 1 */
  constructor(private readonly k: number) {}

  /** A score below this would not be kept. */
  get least(): number {
    return this.scores.length < this.k ? -Infinity : this.scores[0];
  }

  /** Whether an offer would be kept; lets the caller ask before it does dear work. */
  wants(score: number, id: string): boolean {
    return this.scores.length < this.k || standsBefore(score, id, this.scores[0], this.ids[0]);
  }

  /** Keeps an offer that is wanted. */
  offer(score: number, id: string): void {
    if (this.scores.length < this.k) {
      this.scores.push(score);
      this.ids.push(id);
      this.rise(this.scores.length - 1);
    } else if (this.wants(score, id)) {
      this.scores[0] = score;
      this.ids[0] = id;
      this.sink(0);
    }
  }

  /** Best first. */
  sorted(): { id: string; score: number }[] {
    const kept = this.scores.map((score, i) => ({ id: this.ids[i], score }));
    return kept.sort((a, b) => (standsBefore(a.score, a.id, b.score, b.id) ? -1 : 1));
  }

  private before(a: number, b: number): boolean {
    return standsBefore(this.scores[a], this.ids[a], this.scores[b], this.ids[b]);
  }

  private rise(from: number): void {
    let child = from;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.before(parent, child)) return;
      this.swap(parent, child);
      child = parent;
    }
  }

  private sink(from: number): void {
    let parent = from;
    for (;;) {
      let worst = parent;
      const left = 2 * parent + 1;
      const right = left + 1;
      if (left < this.scores.length && this.before(worst, left)) worst = left;
      if (right < this.scores.length && this.before(worst, right)) worst = right;
      if (worst === parent) return;
      this.swap(worst, parent);
      parent = worst;
    }
  }

  private swap(a: number, b: number): void {
    [this.scores[a], this.scores[b]] = [this.scores[b], this.scores[a]];
    [this.ids[a], this.ids[b]] = [this.ids[b], this.ids[a]];
  }
}
