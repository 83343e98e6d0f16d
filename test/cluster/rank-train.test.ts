import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openClusterSearch } from '../../src/api/indexes/open-cluster.js';
import { readRanker } from '../../src/ranking/learned/ranker-file.js';
import { compileEnsemble } from '../../src/ranking/trees/compile.js';
import { type LoggedRows, readRows } from '../../training/ranking/rows-file.js';
import { lastJson, runTandem } from '../cli/run-tandem.js';
import { jsonLines, smallDocuments, trainSmallModel } from '../small-model.js';
import { dropIndexes, newIndexName, nodeUrl } from './cluster.js';
import { startRelay } from './relay.js';

/** Documents that a search looks at in both: all of them have a place among the candidates of one side at most. */
const priced = smallDocuments(600).map((document, i) => ({
  ...document,
  price: document.country === 'de' ? 5 : 50,
  size: i % 10,
  released: new Date(Date.UTC(2024, 0, 1 + (i % 200))).toISOString().slice(0, 10),
  shelf: { level: i % 3 },
  note: `note ${i % 7}`,
}));
const index = newIndexName();
const there = (...more: readonly string[]) => [
  '--index',
  index,
  '--backend',
  'opensearch',
  '--url',
  nodeUrl(1),
  ...more,
];
let folder: string;
const at = (name: string): string => join(folder, name);
const json = async (...words: string[]) => {
  const ended = await runTandem([...words, '--json']);
  expect(ended.error).not.toMatch(/tandem: [a-z]+\/[a-z-]+:/);
  return lastJson(ended);
};
const judged = (): string[] => ['--queries', at('many.jsonl'), '--qrels', at('many.trec')];
/** Where each index lies. */
const places = (): Readonly<Record<string, string[]>> => ({
  here: ['--index', at('index')],
  there: there('--model', at('model')),
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-rank-there-'));
  await trainSmallModel(folder);
  // what people want are the things from Germany among those with the words that they typed: nothing that both sides could know
  const words = priced.map(({ title }) => title.split(' '));
  const texts = new Set(words.flatMap(([colour, first, second]) => [`${colour} ${first}`, `${first} ${second}`]));
  const queries = [...texts].slice(0, 85).map((text, i) => ({ id: `q${i}`, text }));
  const lines = queries.flatMap(({ id, text }) => {
    const asked = text.split(' ');
    return priced
      .filter(({ title }) => asked.every(word => title.includes(word)))
      .map(document => `${id} 0 ${document.id} ${document.country === 'de' ? 2 : 0}\n`);
  });
  await writeFile(at('many.trec'), lines.join(''));
  await writeFile(at('many.jsonl'), jsonLines(queries));
  await writeFile(at('priced.jsonl'), jsonLines(priced));
  // sides that are narrower than the index: what is a candidate is decided by each engine
  const settings = ['candidates=100', 'fusionWeight=0.4'].flatMap(setting => ['--set', `indexing.${setting}`]);
  const made = ['--model', at('model'), '--documents', at('priced.jsonl'), ...settings];
  await json('index', ...made, '--out', at('index'));
  const [, , ...cluster] = there();
  await json('index', ...made, '--out', index, ...cluster, '--shards', '3', '--replicas', '0');
}, 240_000);
afterAll(async () => {
  await dropIndexes([index]);
  await rm(folder, { recursive: true, force: true });
});

/** Of each query its candidates, and the row of each. */
function byQuery({ queries, groups, documents }: LoggedRows): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const rowsOf = (at: number): ReadonlyMap<string, number> => {
    const [from, to] = [groups[at], groups[at + 1]];
    return new Map(documents.slice(from, to).map((id, i) => [id, from + i]));
  };
  return new Map(queries.map((query, at) => [query, rowsOf(at)]));
}

/** Rows of both indexes that are of one query and document, and how many there are on either side. */
function inBoth(one: LoggedRows, other: LoggedRows) {
  const [mine, theirs] = [byQuery(one), byQuery(other)];
  const pairs = [...mine].flatMap(([query, rows]) =>
    Array.from(rows).flatMap(([id, row]) => {
      const match = theirs.get(query)?.get(id);
      return match === undefined ? [] : [[row, match] as const];
    }),
  );
  return { pairs, rows: Math.max(one.documents.length, other.documents.length) };
}

/** Days that lie between asking one index and the other, at most. */
const daysBetween = 0.01;

/** What the order among equal cosines decides, which a cluster keeps to seven digits: told apart by id in both, as far as they are equal there. */
const byPlace = ['vectorRank', 'fusionRank'];

describe('what a ranker learns from', () => {
  let rows: Record<string, LoggedRows>;
  beforeAll(async () => {
    const entries = Object.entries(places()).map(async ([name, place]) => {
      const out = at(`${name}.rows`);
      await json('rank', 'rows', ...place, ...judged(), '--embeddings', '--out', out);
      return [name, await readRows(out)] as const;
    });
    rows = Object.fromEntries(await Promise.all(entries));
  });

  it('are the same features of the same queries, attributes among them', () => {
    const names = ({ features }: LoggedRows) => features.map(({ name }) => name);
    expect(names(rows.there)).toEqual(names(rows.here));
    expect(names(rows.there)).toEqual(
      expect.arrayContaining(['number:price', 'number:shelf.level', 'age:released', 'bm25:title']),
    );
    expect(names(rows.there)).not.toContain('number:note');
    expect(rows.there.queries).toEqual(rows.here.queries);
    expect(rows.there.ideal).toEqual(rows.here.ideal);
  });

  it('are the same candidates but for one in a hundred, with the same values to the fourth decimal', () => {
    const { here, there: cluster } = rows;
    const { pairs, rows: most } = inBoth(here, cluster);
    // of the last cosine that is a candidate, and of scores that are equal to seven digits, either engine may take another
    expect(pairs.length / most).toBeGreaterThan(0.99);
    for (const [feature, { name }] of here.features.entries()) {
      if (byPlace.includes(name)) continue;
      const far = pairs.filter(([mine, theirs]) => {
        const [a, b] = [here.columns[feature][mine], cluster.columns[feature][theirs]];
        return Number.isNaN(a) !== Number.isNaN(b) || Math.abs(a - b) > (name.startsWith('age:') ? daysBetween : 1e-4);
      });
      // a median, a best of all and what one side found depend on the candidates that differ
      expect([name, far.length / pairs.length <= (dependsOnOthers(name) ? 0.05 : 0)]).toEqual([name, true]);
    }
    for (const [mine, theirs] of pairs) expect(cluster.judged[theirs]).toBe(here.judged[mine]);
  });

  it('are what a search asks the cluster for, however many of them are wanted', async () => {
    const relay = await startRelay(nodeUrl(1));
    const opened = await openClusterSearch({ index, urls: [relay.url], model: at('model') });
    try {
      const request = { text: 'red hammer', country: 'de' };
      const [page, rows] = [
        await asked(() => opened.index.search(request)),
        await asked(() => opened.index.candidates(request, 200)),
      ];
      // a candidate each of the index, at its usual breadth
      expect(page).toEqual([{ size: 100, k: 400 }]);
      expect(rows).toEqual(page);
    } finally {
      await opened.close();
      await relay.close();
    }
    async function asked(work: () => Promise<unknown>) {
      relay.bodies.length = 0;
      await work();
      return relay.bodies
        .flatMap(body => [...body.matchAll(/"size":(\d+)[^\n]*"knn".*?"k":(\d+)/g)])
        .map(([, size, k]) => ({ size: Number(size), k: Number(k) }));
    }
  });

  it('have the embeddings that the index was made with', () => {
    const { here, there: cluster } = rows;
    expect(cluster.embeddings?.width).toBe(here.embeddings?.width);
    expect(cluster.embeddings?.queries).toEqual(here.embeddings?.queries);
    for (const [mine, theirs] of inBoth(here, cluster).pairs)
      expect(cluster.embeddings?.documents[theirs]).toEqual(here.embeddings?.documents[mine]);
  });
});

/** Features whose value is decided by all candidates of a query, or by whether a side has found the document. */
const dependsOnOthers = (name: string): boolean =>
  /^(relative:|token|vector|fusion|agreement|bm25Share|proximityShare|cosineGap)/.test(name);

describe('a ranker that is trained over a cluster', () => {
  const trees = ['--set', 'trees=20', '--set', 'minLeaf=5', '--set', 'threads=1', '--popularity', 'no'];
  let trained: Record<string, { after: Record<string, number>; before: Record<string, number>; queries: number }>;
  beforeAll(async () => {
    trained = {};
    for (const [name, place] of Object.entries(places()))
      trained[name] = await json('rank', 'train', ...place, ...judged(), '--out', at(`${name}.json`), ...trees);
  });

  it('is as good as one of the same index in a folder, and gives the same rows nearly the same scores', async () => {
    const { here, there: cluster } = trained;
    expect(cluster.queries).toBe(here.queries);
    expect(cluster.before['nDCG@10']).toBeCloseTo(here.before['nDCG@10'], 2);
    expect(cluster.after['nDCG@10']).toBeGreaterThan(cluster.before['nDCG@10'] + 0.1);
    expect(Math.abs(cluster.after['nDCG@10'] - here.after['nDCG@10'])).toBeLessThan(0.01);
    const asked = await readRows(at('here.rows'));
    const columns = asked.columns.map(column => Float64Array.from(column));
    const scores = async (name: string) =>
      compileEnsemble((await readRanker(at(`${name}.json`))).trees).scores(columns);
    const [mine, theirs] = [await scores('here'), await scores('there')];
    expect(correlation(mine, theirs)).toBeGreaterThan(0.99);
  });

  it('serves, and what it rests on is told of the cluster', async () => {
    const search = () => json('search', ...there('--model', at('model')), '--explain', 'red', 'hammer');
    const plain = await search();
    await json('rank', 'set', ...there(), '--ranker', at('there.json'));
    const ranked = await search();
    expect(ranked.hits[0].parts.ranker.features.length).toBeGreaterThan(0);
    expect(ranked.hits.map(({ id }: { id: string }) => id)).not.toEqual(plain.hits.map(({ id }: { id: string }) => id));
    const measured = await json('evaluate', ...there('--model', at('model')), '--mode', 'hybrid', ...judged());
    const orders = await json('rank', 'evaluate', ...there('--model', at('model')), ...judged());
    // what is measured is what is served, on the first page
    for (const figure of ['nDCG@10', 'MRR@10', 'Recall@10'])
      expect(measured.metrics.hybrid[figure]).toBe(orders.metrics.ranker[figure]);
    const { features } = await json(
      ...['rank', 'explain', ...there('--model', at('model'))],
      ...['--queries', at('many.jsonl'), '--out', at('ranker.html')],
    );
    expect(features.slice(0, 3).map(({ feature }: { feature: string }) => feature)).toEqual(
      expect.arrayContaining([expect.stringMatching(/price/)]),
    );
    expect(await readFile(at('ranker.html'), 'utf8')).toContain('price');
    await json('rank', 'set', ...there(), '--remove');
  });

  it('is refused without the model, and where the index has none', async () => {
    const train = (...place: string[]) => runTandem(['rank', 'train', ...place, ...judged(), '--out', at('no.json')]);
    expect((await train(...there())).error).toMatch(/usage\/missing-option.*--model/);
    const bare = newIndexName();
    try {
      const [, , ...cluster] = there();
      await json('index', '--documents', at('priced.jsonl'), '--out', bare, ...cluster, '--replicas', '0');
      expect((await train('--index', bare, ...cluster)).error).toContain('index/no-vectors');
    } finally {
      await dropIndexes([bare]);
    }
  });

  it('learns from towers that do not know the queries', async () => {
    const words = ['--folds', '2', '--data', at('data'), '--out', at('folds.json'), ...trees];
    const folded = await json('rank', 'train', ...there('--model', at('model')), ...judged(), ...words);
    expect(folded.queries).toBe(trained.there.queries);
    expect(folded.after['nDCG@10']).toBeGreaterThan(folded.before['nDCG@10'] + 0.1);
  }, 240_000);
});

function correlation(a: Float64Array, b: Float64Array): number {
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [both, ofA, ofB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    both += (a[i] - meanA) * (b[i] - meanB);
    ofA += (a[i] - meanA) ** 2;
    ofB += (b[i] - meanB) ** 2;
  }
  return both / Math.sqrt(ofA * ofB);
}
