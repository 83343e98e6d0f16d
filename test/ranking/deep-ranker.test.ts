import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPairScorer } from '../../models/runtime/pair-scorer.js';
import { sealedJson } from '../../src/files/sealed-json.js';
import { digestOf, networkBytes } from '../../src/ranking/learned/deep-part.js';
import { openDeepRanker, type PairTable } from '../../src/ranking/learned/deep-ranker.js';
import { parseRanker, readRanker, writeRanker } from '../../src/ranking/learned/ranker-file.js';
import { turnedRound } from '../deep-fixture.js';
import { dearFirst } from '../ranker-fixture.js';

/** 60 candidates, d0 with the highest score. */
const again = Array.from({ length: 60 }, (_, place) => ({ id: `d${place}`, score: 60 - place }));
const table: PairTable = {
  ids: again.map(({ id }) => id).reverse(),
  column: () => new Float64Array(60),
  queryEmbedding: () => Float32Array.of(1, 0),
  documentEmbedding: row => (row % 2 === 0 ? Float32Array.of(0, 1) : undefined),
};
const ids = (candidates: readonly { readonly id: string }[]): string[] => candidates.map(({ id }) => id);

describe('the network behind a ranker', () => {
  it.each([0, 2])('orders the first and leaves the rest behind them, embeddings of %i numbers', async width => {
    const deep = await openDeepRanker(turnedRound({ depth: 40, width }), openPairScorer);
    const { ordered, behind, reason } = await deep.rank(again, table);
    await deep.close();
    expect(ids(ordered)).toEqual(ids(again.slice(0, 40)).reverse());
    expect(ordered[0].score).toBe(-21);
    expect(behind).toEqual(again.slice(40));
    expect(reason).toBeUndefined();
  });

  it('takes fewer than it could order', async () => {
    const deep = await openDeepRanker(turnedRound({ depth: 40 }), openPairScorer);
    expect(ids((await deep.rank(again.slice(0, 3), table)).ordered)).toEqual(['d2', 'd1', 'd0']);
    expect(await deep.rank([], table)).toEqual({ ordered: [], behind: [] });
    await deep.close();
  });

  it('lets the order stand when its time is over', async () => {
    let clock = 0;
    const deep = await openDeepRanker(turnedRound({ depth: 60, deadlineMs: 20 }), openPairScorer, () => clock);
    // each look at a column takes 15 ms: the first 25 candidates are in time, the next 25 too, the last 10 are not
    const column = (): Float64Array => {
      clock += 15;
      return new Float64Array(60);
    };
    const slow = { ...table, column };
    expect(await deep.rank(again, slow)).toEqual({ ordered: [], behind: again, reason: 'late' });
    clock = 0;
    expect((await deep.rank(again.slice(0, 50), slow)).ordered).toHaveLength(50);
    clock = 1_000;
    expect((await deep.rank(again, table)).ordered).toHaveLength(60);
    await deep.close();
  });

  it('lets the order stand where it gives no numbers, or fails', async () => {
    const wild = await openDeepRanker(turnedRound({}, Number.NaN), openPairScorer);
    expect(await wild.rank(again, table)).toEqual({ ordered: [], behind: again, reason: 'failed' });
    await wild.close();
    expect(await wild.rank(again, table)).toEqual({ ordered: [], behind: again, reason: 'failed' });
  });
});

describe('its part of the file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tandem-deep-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('comes back as it was written', async () => {
    const path = join(folder, 'ranker.json');
    const deep = turnedRound({ calibration: { scores: [0], chances: [0.5], cut: 0, relevanceLevel: 1 } });
    await writeRanker(path, dearFirst({ deep }));
    expect((await readRanker(path)).deep).toEqual(deep);
  });

  const part = turnedRound();
  const bytes = networkBytes(part);
  const of = (network: Uint8Array) => ({ network: Buffer.from(network).toString('base64'), sha256: digestOf(network) });
  it.each([
    ['another network', { network: of(bytes.with(40, bytes[40] ^ 1)).network }, 'ranker/damaged', /not the network/],
    ['a network cut short', { network: of(bytes.slice(0, -1)).network }, 'ranker/damaged', /not the network/],
    ['no base64', { network: '%%%' }, 'ranker/damaged', /deep.network/],
    ['too much of it', { network: 'A'.repeat(2 ** 25) }, 'ranker/damaged', /more than 16777216 bytes/],
    ['numbers in other files', of(Buffer.from('key location /etc/passwd')), 'ranker/damaged', /reads other files/],
    ['more hits than the trees order', { depth: 21 }, 'ranker/damaged', /21 hits where the trees order 20/],
    ['no time', { deadlineMs: 0 }, 'ranker/damaged', /deep.deadlineMs/],
    ['a deviation of 0', { score: { mean: 0, deviation: 0 } }, 'ranker/damaged', /deep.score.deviation/],
    ['a feature of nobody', { features: [{ name: 'moon', mean: 0, deviation: 1 }] }, 'ranker/unknown-feature', /moon/],
    ['what nobody knows', { colour: 'red' }, 'ranker/damaged', /colour/],
  ])('is refused with %s', async (_, changes, code, message) => {
    const path = join(folder, 'whole.json');
    await writeRanker(path, dearFirst({ deep: part }));
    const { sha256: __, ...value } = JSON.parse(await readFile(path, 'utf8'));
    const altered = sealedJson({ ...value, deep: { ...value.deep, ...changes } });
    expect(() => parseRanker('it', altered)).toThrowError(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});
