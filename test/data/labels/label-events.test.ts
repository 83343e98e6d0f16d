import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type LabelOutcome, labelEvents } from '../../../data/labels/label-events.js';
import { queryId } from '../../../data/split.js';
import { type LabelRules, labelRulesSchema } from '../../../src/config/labels.js';
import type { EventRow } from '../../../src/config/rows.js';
import { temporaryFolder } from '../temporary-folder.js';
import { type ClickModel, clickLog } from './click-log.js';

const hour = 3_600_000;
const rulesOf = (changed: Partial<LabelRules> = {}): LabelRules => ({
  ...labelRulesSchema.parse(undefined),
  ...changed,
});
/** Every look counts 1, none is added. */
const plain = rulesOf({ correction: 'none', priorLooks: 0 });

const search = (session: string, time: number, query: string, country?: string): EventRow => ({
  session,
  time,
  type: 'search',
  query,
  ...(country !== undefined && { country }),
});
const shown = (session: string, time: number, documents: string, first = 1): EventRow[] =>
  [...documents].map((documentId, i) => ({ session, time, type: 'impression', documentId, rank: first + i }));
const on = (session: string, time: number, type: string, documentId: string): EventRow => ({
  session,
  time,
  type,
  documentId,
});

async function* sourced(rows: readonly EventRow[]) {
  for (const [i, row] of rows.entries()) yield { line: i + 1, row };
}

async function labelsOf(
  rows: readonly EventRow[],
  rules: LabelRules = plain,
): Promise<{ gains: Record<string, Record<string, number>>; outcome: LabelOutcome }> {
  const scratch = join(await temporaryFolder(), 'events');
  const { queries, outcome } = labelEvents({ path: 'log.jsonl', rows: sourced(rows), rules, scratch });
  const gains: Record<string, Record<string, number>> = {};
  try {
    for await (const { query, gains: found } of queries) {
      expect(query.id).toBe(queryId(query.text, query.country));
      gains[query.country === undefined ? query.text : `${query.text} ${query.country}`] = Object.fromEntries(found);
    }
  } finally {
    expect(existsSync(scratch)).toBe(false);
  }
  const found = outcome();
  if (found === undefined) throw new Error('no outcome');
  return { gains, outcome: found };
}

/** Three visits: b ordered at rank 2, a clicked at rank 1, a clicked at rank 2. */
const visits: readonly EventRow[] = [
  search('1', 0, 'hose'),
  ...shown('1', 1, 'abc'),
  on('1', 2, 'click', 'b'),
  on('1', 3, 'cart', 'b'),
  on('1', 4, 'order', 'b'),
  search('2', 0, ' Hose '),
  ...shown('2', 1, 'abc'),
  on('2', 2, 'click', 'a'),
  search('3', 0, 'hose'),
  ...shown('3', 1, 'ba'),
  on('3', 2, 'click', 'a'),
];

describe('labelEvents', () => {
  it('gives what a document gains at each view, whatever the order of the rows', async () => {
    for (const rows of [visits, visits.toReversed(), [...visits, ...visits]]) {
      const { gains, outcome } = await labelsOf(rows);
      // a gained 1 twice in 3 views, b 4 once in 3, c nothing in 2; d was never shown
      expect(gains).toEqual({ Hose: { a: 67, b: 133, c: 0 } });
      expect(outcome.events).toMatchObject({
        rows: rows.length,
        duplicates: rows.length - visits.length,
        views: 8,
        clicks: 3,
      });
    }
  });

  it('weighs by the cascade model: people look down to their last click', async () => {
    const { gains, outcome } = await labelsOf(visits, rulesOf({ correction: 'cascade', priorLooks: 0 }));
    // looked at: rank 1 in 3 of 3 answers, rank 2 in visits 1 and 3, rank 3 in none of 2
    expect(outcome.propensities.ranks.map(({ propensity, weight }) => [propensity, weight])).toEqual([
      [1, 1],
      [expect.closeTo(2 / 3, 12), expect.closeTo(1.5, 12)],
      [0, 10],
    ]);
    // a: (1 + 1.5) / 3, b: 4 * 1.5 / 3
    expect(gains).toEqual({ Hose: { a: 83, b: 200, c: 0 } });
    const cautious = await labelsOf(visits, rulesOf({ correction: 'cascade', priorLooks: 6 }));
    // 6 looks more, each of which costs the mean weight in views: a 2.5 / (3 + 6 * 3.5 / 3), b 6 / (3 + 6 * 4 / 3)
    expect(cautious.gains).toEqual({ Hose: { a: 25, b: 55, c: 0 } });
    const scaled = await labelsOf(visits, rulesOf({ correction: 'cascade', priorLooks: 0, scale: 3, maxWeight: 1 }));
    expect(scaled.gains).toEqual({ Hose: { a: 2, b: 4, c: 0 } });
  });

  it('takes an answer without a click for looked through', async () => {
    const rows = [...visits, search('4', 0, 'hose'), ...shown('4', 1, 'abc')];
    const { outcome } = await labelsOf(rows, rulesOf({ correction: 'cascade' }));
    // ranks 1 to 3 once more each
    expect(outcome.propensities.ranks.map(({ propensity }) => propensity)).toEqual([
      1,
      3 / 4,
      expect.closeTo(1 / 3, 12),
    ]);
  });

  it('gives a click to the latest impression before it', async () => {
    const rows = [search('1', 0, 'hose'), ...shown('1', 1, 'ab'), ...shown('1', 5, 'ba'), on('1', 6, 'click', 'b')];
    const { outcome } = await labelsOf(rows);
    expect(outcome.propensities.ranks.map(({ views, clicks }) => [views, clicks])).toEqual([
      [2, 1],
      [2, 0],
    ]);
  });

  it.each<[string, EventRow[], number]>([
    ['an order without a cart', [on('1', 2, 'click', 'a'), on('1', 3, 'order', 'a')], 400],
    ['a cart behind the order', [on('1', 2, 'click', 'a'), on('1', 3, 'order', 'a'), on('1', 4, 'cart', 'a')], 400],
    ['an order before the click', [on('1', 2, 'order', 'a'), on('1', 3, 'click', 'a')], 100],
    ['an order of another document', [on('1', 2, 'click', 'a'), on('1', 3, 'order', 'b')], 100],
    ['an order within the window', [on('1', 2, 'click', 'a'), on('1', 24 * hour, 'order', 'a')], 400],
    ['an order behind it', [on('1', 2, 'click', 'a'), on('1', 24 * hour + 1, 'order', 'a')], 100],
    ['two clicks', [on('1', 2, 'click', 'a'), on('1', 3, 'click', 'a')], 100],
  ])('counts %s', async (_, events, gain) => {
    const { gains } = await labelsOf([search('1', 0, 'hose'), ...shown('1', 1, 'ab'), ...events]);
    expect(gains).toEqual({ hose: { a: gain, b: 0 } });
  });

  it('takes other types and gains', async () => {
    const rules = rulesOf({
      correction: 'none',
      priorLooks: 0,
      gains: [
        { type: 'open', gain: 2 },
        { type: 'call', gain: 7 },
      ],
      impression: 'seen',
      search: 'ask',
    });
    const rows = [
      search('1', 0, 'hose'),
      ...shown('1', 1, 'ab'),
      on('1', 2, 'open', 'a'),
      on('1', 3, 'call', 'a'),
      on('1', 4, 'open', 'b'),
    ];
    const named: Record<string, string> = { search: 'ask', impression: 'seen' };
    const { gains } = await labelsOf(
      rows.map(row => ({ ...row, type: named[row.type] ?? row.type })),
      rules,
    );
    expect(gains).toEqual({ hose: { a: 700, b: 200 } });
  });

  it('keeps countries apart, and leaves out queries that nothing came of', async () => {
    const visit = (session: string, query: string, country: string, clicked: string): EventRow[] => [
      search(session, 0, query, country),
      ...shown(session, 1, 'ab'),
      ...[...clicked].map(id => on(session, 2, 'click', id)),
    ];
    const { gains } = await labelsOf([
      ...visit('1', 'chips', 'GB', 'a'),
      ...visit('2', 'chips', 'US', 'b'),
      ...visit('3', 'peas', 'US', ''),
    ]);
    expect(gains).toEqual({ 'chips GB': { a: 100, b: 0 }, 'chips US': { a: 0, b: 100 } });
  });

  it('says what was left out', async () => {
    const rows = [
      ...visits,
      on('1', 0, 'impression', 'x'), // without a rank
      on('2', 1, 'click', 'z'), // never shown
      on('9', 1, 'click', 'a'), // of no search
      ...shown('9', 1, 'a'),
      { session: '1', time: 3, type: 'scroll' },
      { session: '1', time: 3, type: 'click' },
    ];
    const { gains, outcome } = await labelsOf(rows);
    expect(gains).toEqual({ Hose: { a: 67, b: 133, c: 0 } });
    expect(outcome.events).toMatchObject({
      withoutRank: 1,
      withoutImpression: 1,
      unattributed: 2,
      otherTypes: 1,
      withoutDocument: 1,
    });
  });

  it('takes a click at the time of its impression for one of it', async () => {
    const rows = [search('1', 0, 'hose'), ...shown('1', 0, 'ab'), on('1', 0, 'click', 'b')];
    expect((await labelsOf(rows)).gains).toEqual({ hose: { a: 0, b: 100 } });
  });

  it('takes a click before its impression for one without', async () => {
    const rows = [...visits, search('4', 0, 'hose'), on('4', 1, 'click', 'c'), ...shown('4', 2, 'abc')];
    expect((await labelsOf(rows)).outcome.events).toMatchObject({ withoutImpression: 1, views: 11, clicks: 3 });
  });

  it.each<[string, readonly EventRow[], Partial<LabelRules>, string, RegExp]>([
    [
      'no impression',
      visits.filter(({ type }) => type !== 'impression'),
      {},
      'data/no-impressions',
      /no event of type impression/,
    ],
    [
      'no rank',
      visits.map(({ rank: _, ...row }) => row),
      {},
      'data/no-impressions',
      /none of the 8 impressions has a rank/,
    ],
    ['no click', visits.filter(({ type }) => type !== 'click'), {}, 'data/empty', /no event of type click/],
    [
      'judgements that are rounded away',
      visits,
      { scale: 1, priorLooks: 1000 },
      'data/empty',
      /every judgement is rounded to 0 at a scale of 1/,
    ],
  ])('refuses a log with %s', async (_, rows, changed, code, message) => {
    await expect(labelsOf(rows, rulesOf(changed))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it('ends when nobody wants it any more, and leaves nothing', async () => {
    const scratch = join(await temporaryFolder(), 'events');
    const watch = (): void => {
      throw new Error('enough');
    };
    const { queries } = labelEvents({ path: 'log.jsonl', rows: sourced(visits), rules: rulesOf(), scratch, watch });
    await expect(queries[Symbol.asyncIterator]().next()).rejects.toThrow('enough');
    expect(existsSync(scratch)).toBe(false);
  });
});

const propensities = [1, 0.5, 0.25, 0.125];
const relevances = { best: 0.5, good: 0.4, fair: 0.3, poor: 0.2 };

/**
 * The worst documents stand first in most answers: of a view of poor .85 * .2 clicks come there, of best .85 * .125 * .5. With the other answers
 * .179 for poor, .148 for fair, .118 for good, .097 for best.
 */
const moving = (sessions: number, query = 'hose', seed = 1): ClickModel => ({
  query,
  sessions,
  propensities,
  relevances,
  rankings: [
    { order: ['poor', 'fair', 'good', 'best'], share: 0.85 },
    { order: ['best', 'poor', 'fair', 'good'], share: 0.05 },
    { order: ['good', 'best', 'poor', 'fair'], share: 0.05 },
    { order: ['fair', 'good', 'best', 'poor'], share: 0.05 },
  ],
  seed,
});

describe('a log of a known position bias', () => {
  const rows = [...clickLog(moving(12_000)), ...clickLog(moving(12_000, 'rake', 2))];

  it('tells its propensities as exactly as its clicks allow', async () => {
    const { outcome } = await labelsOf(rows, rulesOf());
    const { correction, ranks, moved } = outcome.propensities;
    expect([correction, moved, ranks.length]).toEqual(['interventions', 8, 4]);
    // error of log p_k beside rank 1: no less than that of the clicks of both ranks, counted by themselves
    for (const [i, { propensity, low, high, clicks }] of ranks.entries()) {
      if (i === 0) continue;
      const error = Math.log((high ?? 0) / (low ?? 1)) / (2 * 1.96);
      expect(error).toBeGreaterThanOrEqual(Math.sqrt(1 / clicks + 1 / ranks[0].clicks) * 0.999);
      expect(error).toBeLessThan(0.1);
      expect(Math.abs(Math.log(propensity / propensities[i]))).toBeLessThan(4 * error);
    }
  });

  it('orders documents by how good they are, where clicks order them the other way round', async () => {
    const order = (gains: Record<string, number>): string[] => Object.keys(gains).sort((a, b) => gains[b] - gains[a]);
    const raw = await labelsOf(rows, plain);
    const corrected = await labelsOf(rows, rulesOf());
    for (const query of ['hose', 'rake']) {
      expect(order(raw.gains[query])).toEqual(['poor', 'fair', 'good', 'best']);
      expect(order(corrected.gains[query])).toEqual(['best', 'good', 'fair', 'poor']);
    }
  });

  it('takes the cascade model where no document moved, and says why', async () => {
    const still = { ...moving(2000), rankings: [{ order: ['best', 'good', 'fair', 'poor'], share: 1 }] };
    const { outcome } = await labelsOf(clickLog(still), rulesOf());
    expect(outcome.propensities).toMatchObject({ correction: 'cascade', moved: 0, movedClicks: 0 });
    expect(outcome.propensities.reason).toMatch(/^0 documents were shown at several ranks .* and 90% are needed$/);
    const found = outcome.propensities.ranks.map(({ propensity }) => propensity);
    expect(found[0]).toBe(1);
    expect(found.toSorted((a, b) => b - a)).toEqual(found);
  });

  it('harvests where it is asked to, though little moved', async () => {
    const { outcome } = await labelsOf(visits, rulesOf({ correction: 'interventions' }));
    expect(outcome.propensities).toMatchObject({ correction: 'interventions', reason: 'it was asked for', moved: 2 });
    expect((await labelsOf(visits, rulesOf())).outcome.propensities.correction).toBe('cascade');
  });
});
