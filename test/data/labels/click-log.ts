import type { EventRow } from '../../../src/config/rows.js';
import { seededRandom } from '../../../src/math/random.js';

/** A log of a position-based click model: a click is a look, by the propensity of the rank, at a document that is good, by its relevance. */
export interface ClickModel {
  readonly query: string;
  readonly sessions: number;
  /** by rank, from the first */
  readonly propensities: readonly number[];
  /** document -> chance of a click when it is looked at */
  readonly relevances: Readonly<Record<string, number>>;
  /** orders of the documents, and how often each is served */
  readonly rankings: readonly { readonly order: readonly string[]; readonly share: number }[];
  readonly seed: number;
}

export function clickLog({ query, sessions, propensities, relevances, rankings, seed }: ClickModel): EventRow[] {
  const random = seededRandom(seed);
  const rows: EventRow[] = [];
  for (let number = 0; number < sessions; number++) {
    const session = `${query}-${number}`;
    const { order } = drawn(rankings, random.next());
    rows.push({ session, time: 0, type: 'search', query });
    order.forEach((documentId, i) => {
      rows.push({ session, time: 1, type: 'impression', documentId, rank: i + 1 });
      if (random.next() < propensities[i] && random.next() < relevances[documentId])
        rows.push({ session, time: 2 + i, type: 'click', documentId });
    });
  }
  return rows;
}

function drawn<T extends { readonly share: number }>(choices: readonly T[], at: number): T {
  let rest = at;
  for (const choice of choices) {
    if (rest < choice.share) return choice;
    rest -= choice.share;
  }
  return choices[choices.length - 1];
}
