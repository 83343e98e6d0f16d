/** Results remembered by a chain: most words of a corpus come again and again, and stemming is the dear step. */
const memoryLimit = 2 ** 16;

/** A result by its word: known, or made by the work. */
export type BoundedMemory<T> = (word: string, work: (word: string) => T) => T;

/**
 * Keeps results, those that were asked for of late: hostile text cannot fill the memory. Two generations: what is not asked for while the younger one
 * fills is forgotten.
 * @param limit  words remembered
 */
export function boundedMemory<T>(limit: number = memoryLimit): BoundedMemory<T> {
  let younger = new Map<string, T>();
  let older = new Map<string, T>();
  return (word, work) => {
    const found = younger.get(word);
    if (found !== undefined) return found;
    // A slice keeps the whole text that it was cut from alive: remember a copy.
    const copy = ` ${word}`.slice(1);
    const made = older.get(word) ?? work(copy);
    if (younger.size >= limit / 2) {
      older = younger;
      younger = new Map();
    }
    younger.set(copy, made);
    return made;
  };
}

/** Remembers the results of one kind of work. @param limit  words remembered */
export function remember<T>(work: (word: string) => T, limit?: number): (word: string) => T {
  const kept = boundedMemory<T>(limit);
  return word => kept(word, work);
}
