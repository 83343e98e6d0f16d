/** Part of what is wanted that must have come. */
const enough = 0.9;

/** Something that a test asks of a machine, and what has come of it. */
export interface Load {
  /** variable of the environment that says how much is wanted */
  readonly name: string;
  /** what is counted */
  readonly of: string;
  /** a second; undefined where nothing is asked for, and any machine takes enough */
  readonly wanted: number | undefined;
  readonly count: number;
  readonly seconds: number;
}

/** What a machine did not take of what was asked for, in a sentence for each; none where it took 90 % of all. */
export const shortOf = (loads: readonly Load[]): readonly string[] =>
  loads.flatMap(({ name, of, wanted = 0, count, seconds }) => {
    if (count >= enough * wanted * seconds) return [];
    const [came, least] = [Math.floor(count / seconds), Math.ceil(enough * wanted)];
    return [
      `${name}=${wanted} is more than this machine takes: ${came} ${of} a second came of it before the node was killed, and ${least} are wanted. Requests that failed may have waited too long for this alone. Ask for less, or take a machine with more cores.`,
    ];
  });

/** What failed, each once with how often, the most frequent first. */
export function countedFailures(failures: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const failure of failures) counts.set(failure, (counts.get(failure) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([failure, count]) => `${count} times ${failure}`);
}

/** Begins work at a rate; left out is what comes while too much is under way. */
export function atRate(eachSecond: number, most: number, work: (number: number) => Promise<void>) {
  const running = new Set<Promise<void>>();
  const from = performance.now();
  let [begun, due, ended] = [0, 0, false];
  const loop = (async () => {
    while (!ended) {
      for (const now = ((performance.now() - from) * eachSecond) / 1_000; due < now; due++) {
        if (running.size >= most) continue;
        const one = work(begun++).finally(() => running.delete(one));
        running.add(one);
      }
      await new Promise(resolve => setTimeout(resolve, 5));
    }
    await Promise.all(running);
  })();
  return {
    end: async (): Promise<{ readonly begun: number; readonly seconds: number }> => {
      ended = true;
      const seconds = (performance.now() - from) / 1_000;
      await loop;
      return { begun, seconds };
    },
  };
}
