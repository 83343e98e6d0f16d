/** Results remembered by a chain: most words of a corpus come again and again, and stemming is the dear step. */
const memoryLimit = 2 ** 16;

/** Remembers results; forgets all when full, so that hostile text cannot fill the memory. @param limit  words remembered */
export function remember<T>(work: (word: string) => T, limit: number = memoryLimit): (word: string) => T {
  const known = new Map<string, T>();
  return word => {
    const found = known.get(word);
    if (found !== undefined) return found;
    // A slice keeps the whole text that it was cut from alive: remember a copy.
    const copy = ` ${word}`.slice(1);
    const made = work(copy);
    if (known.size >= limit) known.clear();
    known.set(copy, made);
    return made;
  };
}
