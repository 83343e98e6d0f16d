import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { isDeepStrictEqual } from 'node:util';
import { createApp } from '../../serving/app.js';
import { type ErrorCode, errorTable } from '../../src/errors/table.js';
import { type Random, seededRandom } from '../../src/math/random.js';
import { buildIndex } from '../../src/search/build-index.js';
import { unitsOfTurn } from '../../src/search/turns.js';
import { openWritableIndex, type WritableIndex } from '../../src/search/writable-index.js';
import { indexing } from '../search/fixture.js';

/** What a stranger could send, and what it must not do: crash, hang, give an undocumented answer, or change the index. */

const pieces = [
  ...[
    'red',
    'shoes',
    'AND',
    'OR',
    'NOT',
    'title:',
    'price:',
    'brand:',
    '_exists_:',
    '*:*',
    '*',
    '?',
    '~',
    '~99',
    '^',
    '^-1',
  ],
  ...[
    '^1e309',
    '+',
    '-',
    '"',
    '""',
    '“',
    '(',
    ')',
    '((((((((',
    '))))))))',
    '[',
    ']',
    '{',
    '}',
    ' TO ',
    '[* TO *]',
    '[5 TO 1]',
  ],
  ...['>=', '<', 'NaN', 'Infinity', '-0', '9'.repeat(400), '1e400', '\0', '\u0007', '\u200b', '\u202e', '\ufeff'],
  ...[
    '(a+)+$',
    '.*.*.*=.*',
    '\\',
    '\\u0000',
    '%{jndi:ldap://x}',
    "'; DROP TABLE documents; --",
    '<script>',
    '%00',
    '../../etc/passwd',
  ],
  ...[
    '字',
    '中华人民共和国',
    'ก'.repeat(50),
    '🙂',
    'e\u0301',
    'a'.repeat(300),
    ' ',
    '\n',
    '\t',
    '__proto__',
    'constructor',
    '\u0600',
  ],
];
const pick = <T>(random: Random, from: readonly T[]): T => from[random.below(from.length)];

/** Pieces in a row; now and then with half a surrogate pair, which no answer but a refusal can hold. */
const queryText = (random: Random): string =>
  Array.from({ length: random.below(40) }, () => pick(random, pieces) + (random.next() < 0.3 ? ' ' : '')).join('') +
  (random.next() < 0.01 ? pick(random, ['\ud800', '\udc00']) : '');

/** A value of any shape; now and then very deep, very long or very wide. */
function anything(random: Random, depth = 0): unknown {
  const roll = random.below(depth > 6 ? 7 : 11);
  if (roll < 3) return queryText(random).slice(0, 200);
  if (roll === 3) return pick(random, [0, -0, -1, 0.5, 1e308, -1e308, 2 ** 53, 1e-320]);
  if (roll === 4) return pick(random, [true, false, null]);
  if (roll === 5) return 'x'.repeat(random.below(5_000));
  if (roll === 6) return [];
  if (roll === 7) return Array.from({ length: random.below(6) }, () => anything(random, depth + 1));
  if (roll === 8) return nested(random.below(20_000), random.next() < 0.5);
  return Object.fromEntries(
    Array.from({ length: random.below(6) }, () => [
      pick(random, [
        'bag',
        'bool',
        'must',
        'text',
        'phrase',
        'filter',
        'terms',
        'field',
        'range',
        '__proto__',
        'lat',
        'lon',
        '',
        'x.y',
      ]),
      anything(random, depth + 1),
    ]),
  );
}

/** JSON text of brackets inside one another, too deep for a recursive reader. */
class Raw {
  constructor(readonly json: string) {}
}
const nested = (depth: number, list: boolean): Raw =>
  new Raw(list ? `${'['.repeat(depth)}${']'.repeat(depth)}` : `${'{"bool":'.repeat(depth)}1${'}'.repeat(depth)}`);

function asJson(value: unknown): string {
  const raw: string[] = [];
  const text = JSON.stringify(value, (_, each: unknown) => {
    if (!(each instanceof Raw)) return each;
    raw.push(each.json);
    return `\u0001${raw.length - 1}\u0001`;
  });
  return text.replace(/"\\u0001(\d+)\\u0001"/g, (_, i: string) => raw[Number(i)]);
}

const leaf = (random: Random): unknown => ({
  [pick(random, ['bag', 'phrase', 'prefix', 'fuzzy'])]: {
    text: queryText(random).slice(0, random.below(4_000)),
    ...(random.next() < 0.1 && { boost: pick<unknown>(random, [-1, 0, Number.MAX_VALUE, 2, '2', null]) }),
    ...(random.next() < 0.1 && { slop: pick<unknown>(random, [-1, 100, 1e9, 0.5]) }),
    ...(random.next() < 0.1 && { fields: pick<unknown>(random, [[], ['title'], ['nope'], 'title']) }),
  },
});

function searchBody(random: Random): string {
  const body: Record<string, unknown> = {
    text: queryText(random).slice(0, random.next() < 0.02 ? 9_000 : 4_000),
    syntax: 'query',
  };
  const maybe = (key: string, value: () => unknown): void => {
    if (random.next() < 0.05) body[key] = value();
  };
  maybe('query', () => (random.next() < 0.5 ? leaf(random) : anything(random)));
  maybe('query', () => ({ bool: { must: Array.from({ length: random.below(300) }, () => leaf(random)) } }));
  maybe('query', () => ({
    bool: {
      should: Array.from({ length: random.below(250) }, () => ({
        [pick(random, ['bag', 'phrase'])]: {
          text: `${pick(random, pieces)} ${pick(random, ['red', 'blue', 'shoes', 'title:'])} ${pick(random, pieces)}`,
          ...(random.next() < 0.5 && { slop: 100 }),
        },
      })),
    },
  }));
  maybe('text', () => `${pick(random, pieces)}${pick(random, ['', ' ', '-', "'"])}`.repeat(4_000).slice(0, 4_000));
  maybe('filter', () => anything(random));
  maybe('filter', () => [{ geoDistance: { field: 'at', lat: 91, lon: 0, within: -1 } }]);
  maybe('sort', () => anything(random));
  maybe('sort', () => [{ field: pick(random, ['price', '__proto__', 'title', '_score', '']), order: 'ascending' }]);
  maybe('facets', () => [{ field: pick(random, ['brand', 'constructor', 'title']), size: pick(random, [1, 0, 1e9]) }]);
  maybe('functions', () => [
    { saturation: { field: 'price', pivot: pick(random, [0, 1, -1]), weight: pick(random, [-1, 1, 1e7]) } },
  ]);
  maybe('fieldWeights', () => ({
    title: pick<unknown>(random, [-1, 0, 1, 'x']),
    [queryText(random).slice(0, 300)]: 1,
  }));
  maybe('highlight', () => ({ length: pick(random, [0, 20, 1e9]) }));
  maybe('k', () => pick<unknown>(random, [0, 1000, 1001, 0.5, '10']));
  maybe('language', () => pick(random, ['en', 'zh', 'xx-', '../..', 'q'.repeat(40)]));
  maybe('pages', () => true);
  maybe(queryText(random).slice(0, 20), () => anything(random));
  return asJson(body);
}

function documentBody(random: Random): string {
  const long = random.next() < 0.05;
  const description = long ? pick(random, ['x', 'é', '字', 'ก', '! ', '\ud800']).repeat(2 ** 19) : queryText(random);
  return asJson({
    title: queryText(random),
    description,
    [pick(random, ['price', 'tokens', '__proto__', 'at', queryText(random).slice(0, 40)])]: anything(random),
  });
}

/** A request that went wrong, and the seed that makes it again. */
export interface HostileFault {
  readonly kind: Kind;
  readonly seed: number;
  readonly what: string;
}

type Kind = 'query' | 'document';

/** The seeds of what is sent, one for each request. */
export type HostileSeeds = Readonly<Record<Kind, readonly number[]>>;

export interface HostileReport {
  /** answers by HTTP status and error code */
  readonly answers: Readonly<Record<string, number>>;
  /** the slowest answers to a query and to a document, milliseconds */
  readonly slowest: Readonly<Record<Kind, number>>;
  /** units of work (src/search/turns.ts) of the dearest query and document, and of the longest turn */
  readonly work: Readonly<Record<Kind | 'turn', number>>;
  /** what went wrong; empty when nothing did */
  readonly faults: readonly HostileFault[];
}

/** Units of work that a request may take over this index, and a turn: what a step may add to one that is nearly over is three more. */
const mostWork: Readonly<Record<Kind, number>> = { query: 2 ** 20, document: 2 ** 24 };
const mostOfTurn = 4 * unitsOfTurn;

const plainRows = Array.from({ length: 2_000 }, (_, i) => ({
  id: `d${i}`,
  title: `${i % 2 ? 'red' : 'blue'} shoes ${i}`,
  description: pieces.slice(i % 50, (i % 50) + 1 + (i % 7)).join(' '),
  brand: `brand ${i % 5}`,
  price: i,
  at: { lat: (i % 900) / 10, lon: (i % 900) / 5 },
}));

/** What an index answers to questions that no hostile one should change. */
async function fingerprint(index: WritableIndex): Promise<unknown> {
  const ask = (text: string) => index.search({ text, k: 300, mode: 'token' });
  const [red, blue] = [await ask('red shoes'), await ask('blue 7')];
  return [await index.count(), index.ids(), red.hits, blue.hits];
}

/** Counts the work that the token side tells while something is done. */
async function workOf(task: () => Promise<void>): Promise<{ all: number; turn: number }> {
  const work = { all: 0, turn: 0 };
  const count = (message: unknown): void => {
    const { units } = message as { units: number };
    work.all += units;
    work.turn = Math.max(work.turn, units);
  };
  subscribe('tandem:turn', count);
  await task().finally(() => unsubscribe('tandem:turn', count));
  return work;
}

/** Sends hostile queries, and hostile documents which are deleted again, through the HTTP interface. */
export async function runHostile(folder: string, seeds: HostileSeeds): Promise<HostileReport> {
  await buildIndex({ documents: plainRows, indexing: indexing(), out: folder });
  const index = await openWritableIndex(folder);
  const parts = {
    backend: index,
    analyze: () => [],
    language: 'en',
    writing: index,
    access: () => undefined,
  };
  // so that a text of a megabyte gets as far as the analysis
  const app = await createApp(parts, {
    bodyLimit: 2 ** 23,
    admission: {
      admits: () => true,
      begin: () => ({ turn: async () => true, end: () => undefined }),
      accepted: () => undefined,
      figures: () => ({ inFlight: 0, waiting: 0, workMs: 0 }),
    },
  });
  const answers: Record<string, number> = {};
  const faults: HostileFault[] = [];
  const slowest = { query: 0, document: 0 };
  const work = { query: 0, document: 0, turn: 0 };
  const send = async (
    kind: Kind,
    seed: number,
    method: 'POST' | 'PUT' | 'DELETE',
    url: string,
    payload?: string,
  ): Promise<boolean> => {
    const fault = (what: string): void => {
      faults.push({ kind, seed, what: `${method} ${url}: ${what}: ${payload?.slice(0, 300)}` });
    };
    let status = 0;
    const start = performance.now();
    const taken = await workOf(async () => {
      const reply = await app.inject({
        method,
        url,
        ...(payload !== undefined && { payload, headers: { 'content-type': 'application/json' } }),
      });
      status = reply.statusCode;
      const { code } = reply.json() as { code?: ErrorCode };
      const name = `${status}${code === undefined ? '' : ` ${code}`}`;
      answers[name] = (answers[name] ?? 0) + 1;
      const documented = code !== undefined && Object.hasOwn(errorTable, code) && status < 500;
      if (status !== 200 && !documented) fault(name);
    });
    slowest[kind] = Math.max(slowest[kind], performance.now() - start);
    work[kind] = Math.max(work[kind], taken.all);
    work.turn = Math.max(work.turn, taken.turn);
    if (taken.all > mostWork[kind] || taken.turn > mostOfTurn)
      fault(`${taken.all} units of work, ${taken.turn} in one turn`);
    return status === 200;
  };
  const before = await fingerprint(index);
  const unchanged = async (kind: Kind, what: string): Promise<void> => {
    if (isDeepStrictEqual(await fingerprint(index), before)) return;
    for (const seed of seeds[kind]) faults.push({ kind, seed, what });
  };
  for (const seed of seeds.query) await send('query', seed, 'POST', '/search', searchBody(seededRandom(seed)));
  await unchanged('query', 'hostile queries changed the index');
  for (const seed of seeds.document) {
    const body = documentBody(seededRandom(seed));
    const taken = await send('document', seed, 'PUT', '/documents/hostile', body);
    if (taken) await send('document', seed, 'DELETE', '/documents/hostile');
  }
  await unchanged('document', 'documents that were deleted again left something');
  await app.close();
  await index.close();
  return { answers, slowest, work, faults };
}

/** So many seeds, the first one as given. */
export const seedsFrom = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => (first + i) % 2 ** 31);
