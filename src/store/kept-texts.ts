import { LRUCache } from 'lru-cache';

/** Bytes of all texts that are kept of a store at most, and what one takes beside its text and its id. */
const keptBytes = 2 ** 24;
const entryBytes = 160;

/**
 * Texts of documents that hits show again and again, as the store has them at present: reading one from it and checking it takes longer than parsing it. Texts
 * rather than objects: whoever is given a document may change it. A commit empties it.
 * @param sequence  of the last commit
 * @param read      of a document; undefined where there is none @throws what reading an altered record throws
 */
export function keptTexts(
  sequence: () => number,
  read: (id: string) => string | undefined,
): (ids: readonly string[]) => (string | undefined)[] {
  const kept = new LRUCache<string, string>({
    maxSize: keptBytes,
    sizeCalculation: (text, id) => 2 * (text.length + id.length) + entryBytes,
  });
  let seen: number | undefined;
  return ids => {
    const present = sequence();
    if (present !== seen) kept.clear();
    seen = present;
    return ids.map(id => {
      const known = kept.get(id);
      if (known !== undefined) return known;
      const text = read(id);
      if (text !== undefined) kept.set(id, text);
      return text;
    });
  };
}
