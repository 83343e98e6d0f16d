/** What is kept at a time of things that are dear to hold. */
export interface Recent<T> {
  /** the one of a key; made when it is not there. Calls must not overlap. */
  of(key: string, make: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * Keeps the things that were asked for last, and closes the one that was not for longest when there are too many.
 * @param most  things kept at a time, >= 1
 */
export function keepRecent<T extends { close(): Promise<void> }>(most: number): Recent<T> {
  /** the one used last stands last */
  const kept = new Map<string, T>();
  return {
    async of(key, make) {
      const thing = kept.get(key) ?? (await make());
      kept.delete(key);
      kept.set(key, thing);
      for (const [oldest, unused] of kept) {
        if (kept.size <= most) break;
        kept.delete(oldest);
        await unused.close();
      }
      return thing;
    },
    async close() {
      for (const thing of kept.values()) await thing.close();
      kept.clear();
    },
  };
}
