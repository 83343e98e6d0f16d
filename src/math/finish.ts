/** Does work to its end in one go. @param work  yields units of work as it goes, for who gives way to others (src/search/turns.ts) */
export function finish<T>(work: Generator<number, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}
