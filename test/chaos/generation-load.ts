import { isDeepStrictEqual } from 'node:util';
import type { DocumentRow } from '../../src/config/rows.js';
import { type Random, seededRandom } from '../../src/math/random.js';
import { innerProduct } from '../../src/vector/cosine.js';
import type { Service } from '../cli/serve-process.js';
import { smallDocuments } from '../small-model.js';

/** What two models say of queries and of documents that nobody changes. */
export interface Truth {
  readonly queries: readonly string[];
  /** cosine of a query and a document by each model, `undefined` for a document that is written to */
  cosines(query: number, id: string): readonly [number, number] | undefined;
}

/** Float32 embeddings of one model, row-major. */
export interface Embedded {
  readonly width: number;
  readonly queries: Float32Array;
  readonly documents: Float32Array;
}

export function truthOf(
  queries: readonly string[],
  documents: readonly DocumentRow[],
  models: readonly [Embedded, Embedded],
): Truth {
  const rows = new Map(documents.map(({ id }, row) => [id, row]));
  const cosine = ({ width, queries: asked, documents: found }: Embedded, query: number, row: number): number =>
    innerProduct(asked.subarray(query * width, (query + 1) * width), found, row);
  return {
    queries,
    cosines: (query, id) => {
      const row = rows.get(id);
      return row === undefined ? undefined : [cosine(models[0], query, row), cosine(models[1], query, row)];
    },
  };
}

/** A document as a request leaves it; `undefined`: deleted. */
type Left = DocumentRow | undefined;

/** What is known of the documents that are written to. */
export interface Written {
  /** by id: what was acknowledged last, and what was sent later without an answer */
  readonly states: ReadonlyMap<string, { readonly acknowledged: Left; readonly unanswered: readonly Left[] }>;
}

export interface LoadTally {
  readonly searches: number;
  readonly writes: number;
  /** turned away with 503 and the time to come back; nothing was promised for them */
  readonly turnedAway: number;
  /** that the service was killed under */
  readonly cutOff: number;
  /** answers that hits of the vectors came in, by the model that made all of their cosines */
  readonly answersOf: readonly [number, number];
  /** what went wrong, in words */
  readonly faults: readonly string[];
}

export interface LoadOptions {
  /** the one that stands now */
  readonly standing: () => Service;
  /** whether it may be killed: what is asked of it may be cut off then */
  readonly isDying: () => boolean;
  readonly truth: Truth;
  /** that may be written to, as they are at first */
  readonly changed: readonly DocumentRow[];
  readonly searchesPerSecond: number;
  readonly writesPerSecond: number;
  readonly seed: number;
}

/** Cosines are rounded to float32, and summed up in another order. */
const tolerance = 1e-4;
const modes = ['vector', 'hybrid', 'vector', 'token'] as const;

interface Reply {
  readonly hits: readonly { readonly id: string; readonly parts?: { readonly vector?: number } }[];
}

/**
 * Searches and writes at fixed moments, whether or not those before are answered, until it is told to stop.
 * Every answer is looked at: all cosines in it must be those of one model. A model that is known to be active is the only one that answers may come from.
 */
export function startLoad(options: LoadOptions) {
  const { standing, isDying, truth, searchesPerSecond, writesPerSecond } = options;
  const random = seededRandom(options.seed);
  const tally = { searches: 0, writes: 0, turnedAway: 0, cutOff: 0, answersOf: [0, 0] as [number, number] };
  const faults: string[] = [];
  const deletes = { begun: 0, ended: 0 };
  const under = new Set<Promise<void>>();
  const writer = startWriting(options.changed, random);
  let active: 0 | 1 | undefined;
  let over = false;

  /** @returns undefined where the request came to nothing in a way that it may */
  async function send(method: string, path: string, body?: unknown) {
    const service = standing();
    try {
      const { status, body: answer } = await service.send(method, path, body);
      if (status === 503) tally.turnedAway++;
      else if (status < 300) return answer;
      else faults.push(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
    } catch (error) {
      if (standing() === service && !isDying()) faults.push(`${method} ${path}: ${error}`);
      else tally.cutOff++;
    }
    return undefined;
  }

  async function search(): Promise<void> {
    const number = random.below(truth.queries.length);
    const mode = modes[random.below(modes.length)];
    const only = active;
    const deletedBefore = deletes.ended;
    const answer = await send('POST', '/search', { text: truth.queries[number], k: 10, mode, explain: true });
    if (answer === undefined) return;
    const { hits } = answer as Reply;
    tally.searches++;
    // a document that is deleted after it was found is left out
    if (hits.length + deletes.begun - deletedBefore < 10)
      faults.push(`${mode} ${truth.queries[number]}: ${hits.length} hits`);
    const known = hits.flatMap(({ id, parts }) => {
      const both = truth.cosines(number, id);
      return both === undefined || parts?.vector === undefined ? [] : [{ both, found: parts.vector }];
    });
    if (known.length === 0) return;
    const isOf = (model: 0 | 1): boolean =>
      known.every(({ both, found }) => Math.abs(both[model] - found) <= tolerance);
    const possible = ([0, 1] as const).filter(isOf);
    if (possible.length === 1) tally.answersOf[possible[0]]++;
    // a switch under way may have fallen on either side of it
    if (only !== undefined && only === active && !possible.includes(only))
      faults.push(`${mode} ${truth.queries[number]}: cosines of another model than ${only}: ${JSON.stringify(known)}`);
    else if (possible.length === 0) faults.push(`mixed, ${truth.queries[number]}: ${JSON.stringify(known)}`);
  }

  async function write(): Promise<void> {
    const change = writer.next();
    if (change === undefined) return;
    const { method, body, left, id } = change;
    if (method === 'DELETE') deletes.begun++;
    const acknowledged = (await send(method, `/documents/${id}`, body)) !== undefined;
    if (method === 'DELETE') deletes.ended++;
    if (acknowledged) tally.writes++;
    writer.ended(id, left, acknowledged);
  }

  function every(perSecond: number, work: () => Promise<void>): Promise<void> {
    const begun = performance.now();
    let count = 0;
    return new Promise(resolve => {
      const tick = setInterval(() => {
        for (const due = ((performance.now() - begun) / 1000) * perSecond; count < due && !over; count++) {
          const working = work().finally(() => under.delete(working));
          under.add(working);
        }
        if (!over) return;
        clearInterval(tick);
        resolve();
      }, 2);
    });
  }

  const running = Promise.all([every(searchesPerSecond, search), every(writesPerSecond, write)]);
  return {
    /** From now on answers may come from this model alone; `undefined`: from either. */
    expectModel: (model: 0 | 1 | undefined): void => {
      active = model;
    },
    faults,
    stop: async (): Promise<LoadTally & Written> => {
      over = true;
      await running;
      await Promise.all(under);
      return { ...tally, faults, states: writer.states };
    },
  };
}

interface Change {
  readonly id: string;
  readonly method: 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  readonly left: Left;
}

/** Draws changes, never two at once of the same document, and keeps what each document must be. */
function startWriting(changed: readonly DocumentRow[], random: Random) {
  const states = new Map<string, { acknowledged: Left; unanswered: Left[] }>(
    changed.map(document => [document.id, { acknowledged: document, unanswered: [] }]),
  );
  const busy = new Set<string>();
  let edition = 0;
  const draw = (id: string): Change => {
    const before = states.get(id)?.acknowledged;
    const [made] = smallDocuments(1, random);
    const number = ++edition;
    const unsure = (states.get(id)?.unanswered.length ?? 0) > 0;
    const dice = random.below(5);
    if (dice === 0 && before !== undefined && !unsure) return { id, method: 'DELETE', left: undefined };
    if (dice === 1 && before !== undefined && !unsure) {
      const patch = { title: made.title, edition: number };
      return { id, method: 'PATCH', body: patch, left: { ...before, ...patch } };
    }
    const left = { ...made, id, edition: number };
    const { id: _id, ...body } = left;
    return { id, method: 'PUT', body, left };
  };
  return {
    states,
    next: (): Change | undefined => {
      const old = changed[random.below(changed.length)].id;
      const id = random.below(3) === 0 ? `new${edition}` : old;
      if (busy.has(id)) return undefined;
      busy.add(id);
      return draw(id);
    },
    ended: (id: string, left: Left, acknowledged: boolean): void => {
      busy.delete(id);
      const before = states.get(id);
      if (acknowledged) states.set(id, { acknowledged: left, unanswered: [] });
      else
        states.set(id, {
          acknowledged: before?.acknowledged,
          unanswered: [...(before?.unanswered ?? []), left],
        });
    },
  };
}

/** Whether what stands in an index is what was acknowledged, or something that was sent later. */
export const isOneOf = (found: Left, { states }: Written, id: string): boolean => {
  const state = states.get(id);
  return state !== undefined && [state.acknowledged, ...state.unanswered].some(left => isDeepStrictEqual(left, found));
};
