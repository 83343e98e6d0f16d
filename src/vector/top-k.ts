/**
 * Keeps the k best of a stream of (row, score) in a binary heap whose root is the worst kept, so that most rows cost one comparison.
 * Equal scores are ordered by `before`, so that the result does not depend on the order of arrival.
 */
export interface TopK {
  offer(row: number, score: number): void;
  /** Empties the heap. @returns rows and scores, best first */
  take(): { row: number; score: number }[];
}

/**
 * @param k       rows kept, >= 0
 * @param before  whether the first row stands before the second when their scores are equal
 */
export function createTopK(k: number, before: (a: number, b: number) => boolean): TopK {
  let heap: { row: number; score: number }[] = [];
  const worse = (a: { row: number; score: number }, b: { row: number; score: number }): boolean =>
    a.score < b.score || (a.score === b.score && before(b.row, a.row));

  function siftUp(from: number): void {
    const moved = heap[from];
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!worse(moved, heap[parent])) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = moved;
  }

  function siftDown(): void {
    const moved = heap[0];
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && worse(heap[child + 1], heap[child])) child++;
      if (!worse(heap[child], moved)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = moved;
  }

  return {
    offer(row, score) {
      if (heap.length < k) {
        heap.push({ row, score });
        siftUp(heap.length - 1);
      } else if (k > 0 && score >= heap[0].score && worse(heap[0], { row, score })) {
        heap[0] = { row, score };
        siftDown();
      }
    },
    take() {
      const kept = heap;
      heap = [];
      return kept.sort((a, b) => (worse(a, b) ? 1 : -1));
    },
  };
}
