import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairEvents } from '../../data/event-pairs.js';
import { checkEventRules, defaultEventRules, type EventRules } from '../../data/event-rules.js';
import type { EventsEntry } from '../../data/manifest.js';
import { prepare } from '../../data/prepare.js';
import { readPrepared } from '../../data/prepared.js';
import type { EventRow, PairRow } from '../../src/config/rows.js';
import { naiveEventPairs } from './naive-event-pairs.js';
import { temporaryFolder } from './temporary-folder.js';

const hour = 3_600_000;
const shop: EventRules = { chain: ['search', 'click', 'cart', 'order'], windowHours: 24, maxSessionEvents: 1000 };
const clicked: EventRules = { ...shop, chain: ['search', 'click'] };

const search = (session: string, time: number, query?: string): EventRow =>
  query === undefined ? { session, time, type: 'search' } : { session, time, type: 'search', query };
const on = (session: string, time: number, type: string, documentId: string, query?: string): EventRow =>
  query === undefined ? { session, time, type, documentId } : { session, time, type, documentId, query };

async function* sourced(rows: readonly EventRow[]) {
  for (const [i, row] of rows.entries()) yield { line: i + 1, row };
}

async function pairsOf(
  rows: readonly EventRow[],
  rules: EventRules = clicked,
): Promise<{ pairs: PairRow[]; entry?: EventsEntry }> {
  const scratch = join(await temporaryFolder(), 'events');
  const { pairs, outcome } = pairEvents({ path: 'log.jsonl', rows: sourced(rows), rules, scratch });
  const found: PairRow[] = [];
  try {
    for await (const { row } of pairs) found.push(row);
  } finally {
    expect(existsSync(scratch)).toBe(false);
  }
  return { pairs: found, entry: outcome() };
}

/** "query>document" of every pair */
const namesOf = async (rows: readonly EventRow[], rules?: EventRules): Promise<string[]> =>
  (await pairsOf(rows, rules)).pairs.map(({ query, documentId }) => `${query}>${documentId}`);

describe('pairEvents', () => {
  it('makes a positive of a chain gone through in one session, whatever the order of the rows', async () => {
    const session = [
      search('s', 0, ' garden  hose '),
      on('s', 10, 'click', 'a'),
      on('s', 20, 'cart', 'a'),
      on('s', 20, 'order', 'a'),
    ];
    for (const rows of [session, session.toReversed()]) {
      const { pairs, entry } = await pairsOf(rows, shop);
      expect(pairs).toEqual([{ query: 'garden hose', documentId: 'a', weight: 1 }]);
      expect(entry).toEqual({
        ...shop,
        rows: 4,
        duplicates: 0,
        longSessions: 0,
        longSessionEvents: 0,
        otherTypes: 0,
        searchesWithoutQuery: 0,
        withoutDocument: 0,
        unattributed: 0,
        brokenChains: 0,
        positives: 1,
        pairs: 1,
      });
    }
  });

  it('takes the window as inclusive, from the search', async () => {
    const rows = (last: number): EventRow[] => [
      search('s', 5, 'q'),
      on('s', 6, 'click', 'a'),
      on('s', 5 + last, 'cart', 'a'),
    ];
    const rules = { ...shop, chain: ['search', 'click', 'cart'] };
    expect(await namesOf(rows(24 * hour), rules)).toEqual(['q>a']);
    await expect(pairsOf(rows(24 * hour + 1), rules)).rejects.toMatchObject({ code: 'data/empty' });
    expect(await namesOf([search('s', 0, 'q'), on('s', 24 * hour, 'click', 'a')])).toEqual(['q>a']);
    await expect(pairsOf([search('s', 0, 'q'), on('s', 24 * hour + 1, 'click', 'a')])).rejects.toMatchObject({
      code: 'data/empty',
    });
  });

  it.each([
    ['a step is missing', [on('s', 1, 'click', 'a'), on('s', 3, 'order', 'a')]],
    ['a step is too early', [on('s', 1, 'click', 'a'), on('s', 3, 'cart', 'a'), on('s', 2, 'order', 'a')]],
    [
      'a step is on another document',
      [on('s', 1, 'click', 'a'), on('s', 2, 'cart', 'b'), on('s', 3, 'order', 'a'), on('s', 3, 'order', 'b')],
    ],
    ['a step is in another session', [on('s', 1, 'click', 'a'), on('other', 2, 'cart', 'a'), on('s', 3, 'order', 'a')]],
  ])('makes none where %s', async (_, rows) => {
    const good = [search('t', 0, 'x'), ...['click', 'cart', 'order'].map((type, i) => on('t', i, type, 'a'))];
    const { pairs, entry } = await pairsOf([search('s', 0, 'q'), ...rows, ...good], shop);
    expect(pairs).toEqual([{ query: 'x', documentId: 'a', weight: 1 }]);
    expect(entry?.brokenChains).toBe(1);
  });

  it('attributes a click to its own query, else to the latest search until then', async () => {
    const rows = [
      on('s', 0, 'click', 'early'),
      search('s', 10, 'first'),
      on('s', 15, 'click', 'b'),
      search('s', 20, 'second'),
      on('s', 20, 'click', 'c'),
      on('s', 30, 'click', 'd', 'FIRST'),
      on('s', 30, 'click', 'e', 'never searched for'),
      search('s', 40),
      on('s', 41, 'click', 'f'),
    ];
    const { pairs, entry } = await pairsOf(rows);
    // in the order of the normalised query, then of the document
    expect(pairs.map(({ query, documentId }) => `${query}>${documentId}`)).toEqual([
      'first>b',
      'FIRST>d',
      'never searched for>e',
      'second>c',
    ]);
    // before any search, and after one without a query
    expect(entry).toMatchObject({ unattributed: 2, searchesWithoutQuery: 1, positives: 4 });
  });

  it('measures the window of a click with a query from the search for that query', async () => {
    const rows = [search('s', 0, 'q'), search('s', 24 * hour, 'r'), on('s', 25 * hour, 'click', 'a', 'q')];
    await expect(pairsOf(rows)).rejects.toMatchObject({ code: 'data/empty' });
    expect(await namesOf([...rows, search('s', hour, 'Q')])).toEqual(['q>a']);
    // a search at the very time of the click is the latest
    expect(await namesOf([...rows, search('s', 25 * hour, 'q')])).toEqual(['q>a']);
  });

  it('weighs pairs by sessions, each counted once', async () => {
    const twice = (session: string, document: string): EventRow[] => [
      search(session, 0, 'hose'),
      on(session, 1, 'click', document),
      on(session, 2, 'click', document),
    ];
    const rows = [...twice('1', 'a'), ...twice('2', 'a'), ...twice('3', 'a'), ...twice('4', 'b')];
    const { pairs, entry } = await pairsOf([
      ...rows,
      ...twice('1', 'a'),
      search('4', 5, 'HOSE'),
      on('4', 6, 'click', 'b'),
    ]);
    expect(pairs).toEqual([
      { query: 'hose', documentId: 'a', weight: 1 },
      { query: 'HOSE', documentId: 'b', weight: 1 / 3 },
    ]);
    expect(entry).toMatchObject({ rows: 17, duplicates: 3, positives: 4, pairs: 2 });
  });

  it('leaves sessions out that are longer than a person makes, repeated rows aside', async () => {
    const of = (session: string, clicks: number): EventRow[] => [
      search(session, 0, 'q'),
      ...Array.from({ length: clicks }, (_, i) => on(session, i, 'click', session)),
    ];
    const rules = { ...clicked, maxSessionEvents: 5 };
    const { pairs, entry } = await pairsOf([...of('person', 4), ...of('person', 4), ...of('robot', 5)], rules);
    expect(pairs).toEqual([{ query: 'q', documentId: 'person', weight: 1 }]);
    expect(entry).toMatchObject({ duplicates: 5, longSessions: 1, longSessionEvents: 6 });
  });

  it('counts events that cannot take part', async () => {
    const rows: EventRow[] = [
      search('s', 0, 'q'),
      on('s', 1, 'click', 'a'),
      { session: 's', time: 2, type: 'click' },
      { session: 's', time: 3, type: 'scroll' },
      { session: 's', time: 3, type: 'zoom' },
    ];
    expect((await pairsOf(rows)).entry).toMatchObject({ withoutDocument: 1, otherTypes: 2, duplicates: 0 });
  });

  it('keeps one query of two countries apart', async () => {
    const of = (session: string, country: string): EventRow[] => [
      { ...search(session, 0, 'chips'), country },
      on(session, 1, 'click', 'a'),
    ];
    expect((await pairsOf([...of('1', 'GB'), ...of('2', 'US'), ...of('3', 'US')])).pairs).toEqual([
      { query: 'chips', documentId: 'a', country: 'GB', weight: 0.5 },
      { query: 'chips', documentId: 'a', country: 'US', weight: 1 },
    ]);
  });

  it('finds what the plain rule finds', async () => {
    const event = fc.record(
      {
        session: fc.integer({ min: 1, max: 12 }).map(String),
        time: fc.integer({ min: 0, max: 8 }).map(t => t * hour),
        type: fc.constantFrom('search', 'search', 'click', 'click', 'cart', 'order', 'scroll'),
        query: fc.constantFrom('p', 'q', 'r'),
        documentId: fc.constantFrom('a', 'b'),
      },
      { requiredKeys: ['session', 'time', 'type'] },
    );
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 50, maxLength: 250, size: 'max' }),
        fc.constantFrom(2, 3, 4),
        fc.integer({ min: 0, max: 6 }),
        async (rows, steps, windowHours) => {
          const rules = { chain: shop.chain.slice(0, steps), windowHours, maxSessionEvents: 20 };
          const expected = naiveEventPairs(rows, rules);
          const found = await pairsOf(rows, rules).catch((error: { code: string }) => {
            expect(error.code).toBe('data/empty');
            return { pairs: [] };
          });
          compared += expected.length;
          const byText = (a: PairRow, b: PairRow): number =>
            `${a.query}${a.documentId}` < `${b.query}${b.documentId}` ? -1 : 1;
          expect(found.pairs.toSorted(byText)).toEqual(expected.toSorted(byText));
        },
      ),
      { numRuns: 12 },
    );
    expect(compared).toBeGreaterThan(0);
  });
});

describe('checkEventRules', () => {
  it.each([
    { chain: ['search'] },
    { chain: ['search', 'click', 'click'] },
    { chain: ['search', ''] },
    { chain: Array.from({ length: 17 }, (_, i) => `t${i}`) },
    { windowHours: -1 },
    { windowHours: Number.NaN },
    { maxSessionEvents: 0 },
    { maxSessionEvents: 1.5 },
  ])('refuses %j', rules => {
    expect(() => checkEventRules({ ...defaultEventRules, ...rules })).toThrowError(
      expect.objectContaining({ code: 'config/bad-value' }),
    );
  });
});

describe('prepare with events', () => {
  const jsonl = (rows: readonly object[]): string => rows.map(row => `${JSON.stringify(row)}\n`).join('');
  const documents = jsonl([
    { id: 'a', title: 'hose' },
    { id: '7', title: 'chair' },
  ]);

  async function prepareEvents(name: string, content: string, more: { pairs?: string } = {}) {
    const folder = await temporaryFolder();
    const at = (file: string): string => join(folder, file);
    await writeFile(at('documents.jsonl'), documents);
    await writeFile(at(name), content);
    const run = () =>
      prepare({
        documents: at('documents.jsonl'),
        events: at(name),
        eventRules: clicked,
        out: at('out'),
        shares: { train: 1, validation: 0, test: 0 },
        seed: 1,
        ...more,
      });
    return { out: at('out'), run };
  }

  it('reads times as numbers and as ISO text, and ids as numbers', async () => {
    const day = Date.UTC(2024, 0, 2);
    const rows = [
      { session: 1, time: '2024-01-01T23:00:00', type: 'search', query: 'q' },
      { session: '1', time: '2024-01-02 02:00:00.5+02:00', type: 'click', documentId: 7 },
      { session: '1', time: day, type: 'click', documentId: 'a' },
      { session: '1', time: '2024-01-01', type: 'click', documentId: 'a' },
      { session: '1', time: String(day), type: 'click', documentId: 'gone' },
    ];
    const { out, run } = await prepareEvents('log.jsonl', jsonl(rows));
    const { manifest } = await run();
    expect((await readPrepared(out)).pairs).toEqual([
      { query: 'q', document: 1, weight: 1 },
      { query: 'q', document: 0, weight: 1 },
    ]);
    expect(manifest.counts.unknownDocuments).toBe(1);
    expect(manifest.events).toMatchObject({ rows: 5, unattributed: 1, positives: 3 });
    expect(manifest.sources.map(({ name }) => name)).toEqual(['documents.jsonl', 'log.jsonl']);
    expect(Object.keys(manifest.files)).not.toContain('events');
    expect(existsSync(join(out, 'events'))).toBe(false);
  });

  it('reads a table', async () => {
    const csv = 'session,time,type,query,documentId\n1,1700000000000,search,hose,\n1,2023-11-14T22:13:21Z,click,,a\n';
    const { out, run } = await prepareEvents('log.csv', csv);
    await run();
    expect((await readPrepared(out)).pairs).toEqual([{ query: 'hose', document: 0, weight: 1 }]);
  });

  const good = jsonl([search('s', 0, 'q'), on('s', 1, 'click', 'a')]);
  it.each([
    ['log.jsonl', `${good}{"session":"s","type":"click"}\n`, /log\.jsonl line 3: time is missing/],
    [
      'log.jsonl',
      `${good}{"session":"s","time":"soon","type":"click"}\n`,
      /line 3: time "soon" is no time: .*ISO 8601/,
    ],
    ['log.jsonl', `${good}{"session":"s","time":1e16,"type":"click"}\n`, /line 3: time 10000000000000000 is no time/],
    ['log.jsonl', `${good}{"session":"","time":1,"type":"click"}\n`, /line 3: session "": /],
    ['log.jsonl', `${good}{"session":"s","time":1,"type":"click","user":1}\n`, /line 3: .*user/],
    ['log.jsonl', `${good}{"session":\n`, /line 3: not JSON/],
    ['log.csv', 'session,time,type\ns,1,search\ns,2023-13-45,click\n', /log\.csv row 3: time "2023-13-45" is no time/],
  ])('refuses a bad row of %s: %j', async (name, content, message) => {
    const { out, run } = await prepareEvents(name, content);
    await expect(run()).rejects.toMatchObject({
      code: 'data/malformed-row',
      message: expect.stringMatching(message),
    });
    expect(existsSync(out)).toBe(false);
  });

  it.each([
    ['an empty file', '', 'data/empty'],
    ['no chain gone through', jsonl([search('s', 0, 'q')]), 'data/empty'],
    ['unknown documents alone', jsonl([search('s', 0, 'q'), on('s', 1, 'click', 'z')]), 'data/unknown-documents'],
  ])('fails for %s', async (_, content, code) => {
    const { out, run } = await prepareEvents('log.jsonl', content);
    await expect(run()).rejects.toMatchObject({ code });
    expect(existsSync(out)).toBe(false);
  });

  it('refuses pairs beside events', async () => {
    const { run } = await prepareEvents('log.jsonl', good, { pairs: 'pairs.jsonl' });
    await expect(run()).rejects.toMatchObject({ code: 'usage/bad-value' });
  });
});
