import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPairScorer } from '../../models/runtime/pair-scorer.js';
import type { OpenPairScorer } from '../../src/ranking/learned/deep-ranker.js';
import { writeRanker } from '../../src/ranking/learned/ranker-file.js';
import { buildIndex } from '../../src/search/build-index.js';
import type { EmbeddedIndex } from '../../src/search/embedded-backend.js';
import { followIndex } from '../../src/search/follow-index.js';
import { setRanker } from '../../src/search/index-ranker.js';
import { openIndex } from '../../src/search/open-index.js';
import { openWritableIndex } from '../../src/search/writable-index.js';
import { turnedRound } from '../deep-fixture.js';
import { dearFirst } from '../ranker-fixture.js';
import { indexing, letterModel, makeDocuments } from './fixture.js';

const documents = makeDocuments(300);
const embedder = letterModel();
const asked = { text: 'red drill' };
const calibration = { scores: [0, 2], chances: [0.1, 0.9], cut: 2, relevanceLevel: 1 };
/** The trees order 40 hits, the network the first 30 of these: two goes. */
const file = dearFirst({
  depth: 40,
  calibration,
  deep: turnedRound({ depth: 30, width: embedder.width, calibration: { ...calibration, cut: -1 } }),
});

let folder: string;
async function build(name: string, ranker = file): Promise<string> {
  const out = join(folder, name);
  await buildIndex({ documents, embedder, indexing: indexing({ candidates: 60, fusionWeight: 0.4 }), out });
  const path = join(folder, `${name}.json`);
  await writeRanker(path, ranker);
  await setRanker(out, await readFile(path, 'utf8'));
  return out;
}
const { deep: _, ...treesAlone } = file;
let trees: EmbeddedIndex;
let deep: EmbeddedIndex;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-deep-'));
  trees = await openIndex(await build('trees', treesAlone), { embedder, openScorer: openPairScorer });
  deep = await openIndex(await build('deep'), { embedder, openScorer: openPairScorer });
});
afterAll(async () => {
  await Promise.all([trees.close(), deep.close()]);
  await rm(folder, { recursive: true });
});

const ids = ({ hits }: { readonly hits: readonly { readonly id: string }[] }): string[] => hits.map(({ id }) => id);

/** A network that thinks for some milliseconds. */
const slowly =
  (ms: number): OpenPairScorer =>
  async (network, shape) => {
    const scorer = await openPairScorer(network, shape);
    return {
      score: async pairs => {
        await delay(ms);
        return scorer.score(pairs);
      },
      close: () => scorer.close(),
    };
  };

describe('a search with a network behind the ranker', () => {
  it('orders the first hits of the ranker anew, and leaves the others behind them', async () => {
    const before = await trees.search({ ...asked, k: 100 });
    const { hits, took, warnings } = await deep.search({ ...asked, k: 100 });
    // equal scores stay in the order of the ranker
    const turned = before.hits.slice(0, 30).sort((a, b) => a.score - b.score);
    expect(ids({ hits }).slice(0, 30)).toEqual(turned.map(({ id }) => id));
    expect(ids({ hits }).slice(30)).toEqual(ids(before).slice(30));
    const scores = hits.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(took.deep).toBeLessThanOrEqual(took.rank);
    expect(warnings).toBeUndefined();
  });

  it('gives the first k of any longer answer', async () => {
    const long = await deep.search({ ...asked, k: 250 });
    for (const k of [1, 5, 29, 30, 31, 40, 41, 61, 120]) {
      const { hits } = await deep.search({ ...asked, k });
      expect(hits).toEqual(long.hits.slice(0, k));
    }
    const first = await deep.search({ ...asked, k: 25, pages: true });
    const second = await deep.next(first.cursor ?? '', 25);
    expect([...ids(first), ...ids(second)]).toEqual(ids(long).slice(0, 50));
  });

  it('does without it where it does without the ranker', async () => {
    for (const request of [{ ranker: false }, { weight: 0.4 }, { mode: 'token' as const }]) {
      const [one, other] = [await deep.search({ ...asked, ...request }), await trees.search({ ...asked, ...request })];
      expect(one.hits).toEqual(other.hits);
      expect(one.took.deep).toBeUndefined();
    }
  });

  it('explains what the trees gave as before, and what the network added', async () => {
    const before = await trees.search({ ...asked, k: 40, explain: true });
    const ranker = new Map(before.hits.map(({ id, parts }) => [id, parts?.ranker]));
    const scores = new Map(before.hits.map(({ id, score }) => [id, score]));
    const { hits } = await deep.search({ ...asked, k: 40, explain: true });
    let seen = 0;
    for (const { id, score, parts } of hits.slice(0, 20)) {
      const explained = ranker.get(id);
      if (explained !== undefined) {
        expect(parts?.ranker).toEqual(explained);
        seen++;
      }
      expect((scores.get(id) ?? 0) + (parts?.deep ?? 0)).toBeCloseTo(score, 5);
    }
    expect(seen).toBeGreaterThan(5);
    expect(hits.slice(30).map(({ parts }) => parts?.deep)).toEqual(hits.slice(30).map(() => undefined));
  });

  it('leaves out what is bad by its own measure', async () => {
    const all = await deep.search({ ...asked, k: 300 });
    const good = all.hits.filter(({ score }) => score >= -1);
    expect(good.length).toBeGreaterThan(0);
    expect(good.length).toBeLessThan(30);
    const cut = await deep.search({ ...asked, k: 100, minScore: 'auto', total: true });
    expect(cut.hits).toEqual(good);
    expect(cut.total).toBe(good.length);
  });

  it('answers in the order of the ranker where the network is late, and says so', async () => {
    const late = dearFirst({ ...file, deep: turnedRound({ depth: 30, width: embedder.width, deadlineMs: 1 }) });
    const index = await openIndex(await build('late', late), { embedder, openScorer: slowly(20) });
    const [{ hits, warnings }, before] = [
      await index.search({ ...asked, k: 50, explain: true }),
      await trees.search({ ...asked, k: 50, explain: true }),
    ];
    expect(hits).toEqual(before.hits);
    expect(warnings).toEqual([
      'ranking: the network behind the ranker did not answer within 1 ms; the order of the ranker stands',
    ]);
    // the cut is that of the trees then
    const cut = await index.search({ ...asked, k: 50, minScore: 'auto' });
    expect(cut.hits).toEqual((await trees.search({ ...asked, k: 50, minScore: 'auto' })).hits);
    await index.close();
  });

  it('is answered by the trees where nothing was given that runs networks', async () => {
    const index = await openIndex(join(folder, 'deep'), { embedder });
    expect((await index.search(asked)).hits).toEqual((await trees.search(asked)).hits);
    await index.close();
  });

  it('is the same for who writes and for who follows', async () => {
    const wanted = ids(await deep.search(asked));
    const out = await build('written');
    const writer = await openWritableIndex(out, { embedder, openScorer: openPairScorer });
    expect(ids(await writer.search(asked))).toEqual(wanted);
    await writer.close();
    const companions = { embedder, close: async () => undefined };
    const openCompanions = async () => companions;
    const reader = await followIndex(out, { openCompanions, openScorer: openPairScorer, everyMs: 0 });
    expect(ids(await reader.search(asked))).toEqual(wanted);
    await setRanker(out, undefined);
    expect(ids(await reader.search(asked))).toEqual(ids(await trees.search({ ...asked, ranker: false })));
    await setRanker(out, await readFile(join(folder, 'written.json'), 'utf8'));
    expect(ids(await reader.search(asked))).toEqual(wanted);
    await reader.close();
  });

  it('is refused where the network is another one than its part says', async () => {
    const out = await build('other', { ...file, deep: { ...turnedRound({ width: 3 }), width: embedder.width } });
    await expect(openIndex(out, { embedder, openScorer: openPairScorer })).rejects.toMatchObject({
      code: 'index/damaged',
    });
  });
});
