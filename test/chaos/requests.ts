import type { DocumentRow } from '../../src/config/rows.js';
import { seededRandom } from '../../src/math/random.js';
import type { WholeChange } from '../../src/search/patch-documents.js';

/** Ids that the requests put and delete: few, so that most puts replace. */
const idCount = 80;

/** A word of letters alone that stands in one document of one request and nowhere else. */
const wordOf = (request: number, place: number): string =>
  `zq${[...String(request * 10 + place)].map(digit => 'abcdefghij'[Number(digit)]).join('')}`;

/** Request n of a seed: one to four puts and deletes, the same whenever it is asked for. */
export function requestOf(seed: number, n: number): WholeChange[] {
  const random = seededRandom(Math.imul(seed, 1_000_003) + n);
  return Array.from({ length: 1 + random.below(4) }, (_, place): WholeChange => {
    const id = `id${random.below(idCount)}`;
    if (random.next() < 0.25) return { delete: id };
    const padding = 'abcdefghijklmnop'.slice(random.below(8), 9 + random.below(8));
    return { put: { id, title: `${wordOf(n, place)} ${padding}`, request: n } };
  });
}

export type Model = ReadonlyMap<string, DocumentRow>;

/** The documents after a request. */
export function afterRequest(model: Model, changes: readonly WholeChange[]): Model {
  const after = new Map(model);
  for (const change of changes) {
    if ('put' in change) after.set(change.put.id, change.put);
    else after.delete(change.delete);
  }
  return after;
}
