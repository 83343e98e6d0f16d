/** What is used at present; another may come in its place while some still use it, and it is closed when the last of them has done. */
export interface Tenure<T> {
  readonly current: T;
  /** Asks it, and keeps it open until the answer is there. @param used  that was used a moment ago, where another may have come since */
  using<R>(ask: (used: T) => Promise<R>, used?: T): Promise<R>;
  /** Puts another in its place. What it takes to close the one before is waited for only where nobody uses it. */
  replace(next: T): Promise<void>;
  /** Closes what is used at present. */
  end(): Promise<void>;
}

export function createTenure<T extends object>(first: T, close: (left: T) => Promise<void>): Tenure<T> {
  const users = new Map<T, number>();
  const retired = new Set<T>();
  let current = first;
  const leave = async (used: T): Promise<void> => {
    if ((users.get(used) ?? 0) > 0 || !retired.delete(used)) return;
    users.delete(used);
    await close(used);
  };
  const retire = (left: T): Promise<void> => {
    retired.add(left);
    return leave(left);
  };
  return {
    get current() {
      return current;
    },
    using: async (ask, used = current) => {
      users.set(used, (users.get(used) ?? 0) + 1);
      try {
        return await ask(used);
      } finally {
        users.set(used, (users.get(used) ?? 1) - 1);
        await leave(used);
      }
    },
    replace: async next => {
      const before = current;
      current = next;
      await retire(before);
    },
    end: () => retire(current),
  };
}
