import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkGolden } from '../../../src/evaluation/golden/check-golden.js';
import { isAsGood, isWhole, leastJudged } from '../../../src/evaluation/golden/choose-settings.js';
import { exactNeighbours } from '../../../src/evaluation/golden/exact-neighbours.js';
import type { GoldenQuery } from '../../../src/evaluation/golden/golden-file.js';
import { goldenFolder } from '../../../src/evaluation/golden/golden-index.js';
import type { Point } from '../../../src/evaluation/golden/measure-points.js';
import { type TuneSearchOptions, tuneSearch } from '../../../src/evaluation/golden/tune-search.js';
import { measureWalks } from '../../../src/evaluation/golden/walks.js';
import { writeRanker } from '../../../src/ranking/learned/ranker-file.js';
import { buildIndex } from '../../../src/search/build-index.js';
import type { EmbeddedIndex } from '../../../src/search/embedded-backend.js';
import { setRanker } from '../../../src/search/index-ranker.js';
import { openIndex } from '../../../src/search/open-index.js';
import { settingsOf } from '../../../src/search/search-settings.js';
import { dearFirst } from '../../ranker-fixture.js';
import { embedText, indexing, letterModel, makeDocuments, readingModel } from '../../search/fixture.js';

const documents = makeDocuments(900);
const queries: GoldenQuery[] = ['red saw', 'blue hammer 7', 'lamp', 'white shelf paint', 'drill 12', 'nail hinge'].map(
  (text, i) => ({ id: `q${i}`, text }),
);
const settings = { candidates: 20, hnsw: { m: 3, efConstruction: 8, ef: 60 } };
let folder: string;
let indexes: Record<'graph' | 'flat', EmbeddedIndex>;
const golden = (name: 'graph' | 'flat') => goldenFolder(indexes[name]);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-tune-search-'));
  const open = async (name: string, exactBelow: number) => {
    const out = join(folder, name);
    const embedder = letterModel();
    await buildIndex({ documents, embedder, indexing: indexing({ ...settings, exactBelow, fusionWeight: 0.4 }), out });
    return openIndex(out, { embedder });
  };
  indexes = { graph: await open('graph', 10), flat: await open('flat', 10_000) };
});
afterAll(async () => {
  await Promise.all([indexes.graph.close(), indexes.flat.close()]);
  await rm(folder, { recursive: true });
});

const steps: [string, number, number][] = [];
const begin: TuneSearchOptions['begin'] = (title, count) => {
  let last = 0;
  return {
    update: done => {
      last = done;
    },
    finish: () => void steps.push([title, count, last]),
  };
};
const tune = (index: EmbeddedIndex, options: Partial<TuneSearchOptions> = {}) =>
  tuneSearch(goldenFolder(index), letterModel(), { queries, recall: 0.9, rounds: 1, begin, ...options });

/** Cosines of all documents, by hand. */
function scan(text: string): number[] {
  const query = embedText(text);
  return documents
    .map(({ title }) => embedText(title).reduce((sum, value, i) => sum + value * query[i], 0))
    .sort((a, b) => b - a);
}

describe('walks', () => {
  it('have the recall that a scan by hand says, and take up no fewer nodes than their breadth', async () => {
    const probes = await exactNeighbours(golden('graph'), letterModel(), queries, 100);
    const efs = [5, 20, 900];
    // documents of one embedding share a node
    const nodes = new Set(documents.map(({ title }) => embedText(title).join())).size;
    const walks = await measureWalks(golden('graph'), probes, efs);
    expect(walks.map(({ ef }) => ef)).toEqual(efs);
    for (const { ef, walked, recall10, recall100 } of walks) {
      const shares = queries.map(({ text }) => {
        const cosines = scan(text);
        const found = indexes.graph.nearest(embedText(text), ef, { ef });
        const near = (K: number): number =>
          found.slice(0, K).filter(({ score }) => score >= cosines[K - 1] - 1e-6).length / K;
        return [near(10), near(100)];
      });
      const mean = (at: 0 | 1): number => shares.reduce((sum, share) => sum + share[at], 0) / queries.length;
      expect(recall10).toBeCloseTo(mean(0), 12);
      expect(recall100).toBeCloseTo(mean(1), 12);
      expect(walked).toBeGreaterThanOrEqual(Math.min(ef, nodes));
    }
    expect(walks[0].recall10).toBeLessThanOrEqual(0.5); // five are half of ten
    expect(walks[2]).toMatchObject({ recall10: 1, recall100: 1 });
    expect(walks[0].walked).toBeLessThan(walks[2].walked ?? 0);
  });
});

describe('tuneSearch', () => {
  it('takes the cheapest of each that is as good as is wanted, and counts its steps', async () => {
    steps.length = 0;
    const tuned = await tune(indexes.graph, { ef: [5, 10, 20, 40], candidates: [5, 10] });
    const { before, settings: chosen, breadths, deeper, candidates, golden, reached } = tuned;
    expect(before).toEqual({ ef: 60, candidates: 20, deeperCandidates: 1_000, rankingDepth: null });
    expect(candidates.map(point => point.settings.candidates)).toEqual([5, 10, 20]);
    expect(candidates[2]).toMatchObject({ overlap: 1 });
    expect(candidates[2].rbo).toBeCloseTo(1, 12);
    expect(breadths.map(({ walk }) => walk.ef)).toEqual([5, 10, 20, 40, 60, 1_000]);
    // no narrower than the candidates, and no broader than what was to be tried
    const choices = breadths.filter(({ walk: { ef } }) => ef >= chosen.candidates && ef <= 60);
    const good = choices.map(({ walk, hybrid }) => walk.recall10 >= 0.9 && hybrid.overlap >= 0.9);
    const taken = choices[Math.min(good.lastIndexOf(false) + 1, choices.length - 1)];
    expect(chosen.ef).toBe(taken.walk.ef);
    expect(reached).toBe(good.at(-1) === true && golden.deeper.recall >= 0.9);
    expect(golden).toMatchObject({ wanted: 0.9, queries: 6, recall: taken.walk.recall10 });
    expect(deeper.map(({ rank }) => rank)).toEqual(deeper.map(() => 100));
    expect(deeper.at(-1)?.deeperCandidates).toBe(1_000);
    expect(deeper.find(({ recall }) => recall >= 0.9)?.deeperCandidates).toBe(chosen.deeperCandidates);
    expect(tuned).toMatchObject({ depths: [], judged: 0 });
    for (const [title, count, done] of steps) expect([title, done]).toEqual([title, count]);
    expect(indexes.graph.manifest.indexing.hnsw.ef).toBe(60);
  });

  it('needs no breadth where vectors are searched exactly', async () => {
    const { breadths, deeper, settings: chosen, golden, reached } = await tune(indexes.flat);
    expect({ breadths, deeper, reached }).toEqual({ breadths: [], deeper: [], reached: true });
    expect(chosen).toMatchObject({ ef: 60, deeperCandidates: 1_000 });
    expect(golden).toMatchObject({ recall: 1, agreement: 1, deeper: { recall: 1 } });
  });

  it('refuses queries that a model can read nothing in', async () => {
    const nothing = [{ id: 'a', text: '!!!' }];
    await expect(
      tuneSearch(golden('graph'), readingModel(), { queries: nothing, recall: 0.9, rounds: 1, begin }),
    ).rejects.toMatchObject({ code: 'evaluation/no-queries' });
  });
});

describe('an index with a ranker', () => {
  let index: EmbeddedIndex;
  beforeAll(async () => {
    const [out, path] = [join(folder, 'ranked'), join(folder, 'ranker.json')];
    await buildIndex({
      documents,
      embedder: letterModel(),
      indexing: indexing({ ...settings, fusionWeight: 0.4 }),
      out,
    });
    await writeRanker(path, dearFirst());
    await setRanker(out, await readFile(path, 'utf8'));
    index = await openIndex(out, { embedder: letterModel() });
  });
  afterAll(() => index.close());
  const ids = async (of: Pick<EmbeddedIndex, 'search'>, ranker = true): Promise<string[]> =>
    (await of.search({ text: 'blue saw', k: 30, ranker })).hits.map(({ id }) => id);

  it('orders no more hits anew than the setting says', async () => {
    const [plain, whole] = [await ids(index, false), await ids(index)];
    const few = await ids(index.retuned({ ...settingsOf(index.manifest), rankingDepth: 5 }));
    expect(new Set(few.slice(0, 5))).toEqual(new Set(plain.slice(0, 5)));
    expect(few.slice(5)).toEqual(plain.slice(5));
    expect(few).not.toEqual(whole);
    // it was trained for 20, and orders no more
    expect(await ids(index.retuned({ ...settingsOf(index.manifest), rankingDepth: 500 }))).toEqual(whole);
  });

  it('has its depth tuned by the ranking', async () => {
    const of = (options: Partial<TuneSearchOptions>) =>
      tune(index, { candidates: [20], rankingDepth: [1, 5, 50], ...options });
    const { depths, settings: chosen } = await of({ recall: 1 });
    expect(depths.map(point => point.settings.rankingDepth)).toEqual([1, 5, 20]);
    expect(depths[2].overlap).toBe(1);
    expect(depths[0].overlap).toBeLessThan(1);
    // the whole depth needs no setting
    expect(chosen.rankingDepth).toBeNull();
    expect((await of({ recall: depths[0].overlap })).settings.rankingDepth).toBe(1);
  });
});

describe('isAsGood', () => {
  const point = (overlap: number, ndcg: number[]): Point => ({
    settings: { ef: 1, candidates: 1, deeperCandidates: 1, rankingDepth: null },
    ...{ overlap, rbo: 1, ndcg, p50: 1, p99: 1, vectorP50: 1 },
  });
  const many = (value: (i: number) => number): number[] => Array.from({ length: leastJudged }, (_, i) => value(i));

  it('goes by agreement where too few are judged', () => {
    const few = many(() => 0).slice(1);
    expect(
      isAsGood(
        point(0.98, few),
        point(
          1,
          few.map(() => 1),
        ),
        0.98,
      ),
    ).toBe(true);
    expect(isAsGood(point(0.97, []), point(1, []), 0.98)).toBe(false);
  });

  it('goes by nDCG where enough are: no lower by more than one standard error', () => {
    const best = point(
      1,
      many(() => 0.5),
    );
    // every tenth of 50 lower by .1: mean .01, deviation .03, error .03 / sqrt(50) = .0042
    expect(
      isAsGood(
        point(
          0,
          many(i => (i % 10 === 0 ? 0.4 : 0.5)),
        ),
        best,
        0.98,
      ),
    ).toBe(false);
    // one of 50 lower by .1: mean .002, deviation .014, error .00198
    expect(
      isAsGood(
        point(
          0,
          many(i => (i === 0 ? 0.4 : 0.5)),
        ),
        best,
        0.98,
      ),
    ).toBe(false);
    // half lower by .1, half higher by .09: mean .005, deviation .095, error .0134
    expect(
      isAsGood(
        point(
          0,
          many(i => (i % 2 === 0 ? 0.4 : 0.59)),
        ),
        best,
        0.98,
      ),
    ).toBe(true);
    expect(
      isAsGood(
        point(
          0,
          many(() => 0.6),
        ),
        best,
        0.98,
      ),
    ).toBe(true);
  });
});

describe('isWhole', () => {
  const hybrid = (overlap: number): Point => ({
    settings: { ef: 1, candidates: 1, deeperCandidates: 1, rankingDepth: null },
    ...{ overlap, rbo: 1, ndcg: [], p50: 1, p99: 1, vectorP50: 1 },
  });
  it('wants both the recall of the walk and the agreement of the hybrid', () => {
    const walk = (recall10: number) => ({ ef: 1, p50: 1, walked: 1, recall10, recall100: 0 });
    expect(isWhole({ walk: walk(0.98), hybrid: hybrid(0.98) }, 0.98)).toBe(true);
    expect(isWhole({ walk: walk(0.97), hybrid: hybrid(1) }, 0.98)).toBe(false);
    expect(isWhole({ walk: walk(1), hybrid: hybrid(0.97) }, 0.98)).toBe(false);
  });
});

describe('checkGolden', () => {
  const hitsOf = async (index: EmbeddedIndex, text: string) =>
    (await index.search({ text, k: 10 })).hits.map(({ id, score }) => ({ id, score }));

  it('finds no drift where nothing changed, and what fell under the recall that is wanted', async () => {
    const noted = await Promise.all(
      queries.map(async query => ({ ...query, results: await hitsOf(indexes.graph, query.text) })),
    );
    const checked = await checkGolden(golden('graph'), letterModel(), { queries: noted, wanted: 0 });
    expect(checked).toMatchObject({ queries: 6, wanted: 0, fell: [], drift: { queries: 6, changed: 0, reordered: 0 } });
    const [walk] = await measureWalks(
      golden('graph'),
      await exactNeighbours(golden('graph'), letterModel(), queries, 100),
      [60],
    );
    expect({ ...checked.recall?.walk, p50: 0 }).toEqual({ ...walk, p50: 0 });
    const strict = await checkGolden(golden('graph'), letterModel(), { queries, wanted: 1 });
    expect(strict.fell).toHaveLength(Number(walk.recall10 < 1) + Number((strict.recall?.deeper?.recall ?? 1) < 1));
    expect(strict.drift).toBeUndefined();
  });

  it('tells drift of an index without a model too', async () => {
    const out = join(folder, 'tokens');
    await buildIndex({ documents, indexing: indexing(), out });
    const index = await openIndex(out);
    const results = [{ id: 'gone', score: 1 }, ...(await hitsOf(index, 'lamp')).slice(0, 9)];
    const checked = await checkGolden(goldenFolder(index), undefined, {
      queries: [{ id: 'a', text: 'lamp', results }],
    });
    expect(checked).toMatchObject({ wanted: 0.98, fell: [], drift: { overlap: 0.9, most: [{ went: ['gone'] }] } });
    expect(checked.recall).toBeUndefined();
    await index.close();
  });

  it('sees what exact vectors give as whole', async () => {
    const checked = await checkGolden(golden('flat'), letterModel(), { queries });
    expect(checked).toMatchObject({ fell: [], first: { overlap: 1 } });
    expect(checked.recall).toBeUndefined();
  });
});
