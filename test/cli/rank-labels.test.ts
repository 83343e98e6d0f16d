import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queryId } from '../../data/split.js';
import { readJudged } from '../../src/api/project/read-rows.js';
import { clickLog } from '../data/labels/click-log.js';
import { lastJson, runTandem } from './run-tandem.js';
import { jsonl } from './small-shop.js';

let folder: string;
let made = 0;
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-labels-'));
  await writeFile(at('events.jsonl'), jsonl(visits));
});
afterAll(() => rm(folder, { recursive: true }));

const visit = (session: string, documents: string, clicked: string) => [
  { session, time: 0, type: 'search', query: 'hose' },
  ...[...documents].map((documentId, i) => ({ session, time: 1, type: 'impression', documentId, rank: i + 1 })),
  { session, time: 2, type: 'click', documentId: clicked },
];
/** a is clicked at both ranks that it was shown at, b at one of them. */
const visits = [...visit('1', 'ab', 'a'), ...visit('2', 'ba', 'a'), ...visit('3', 'ba', 'b')];
const hose = queryId('hose');

const outs = (): { words: string[]; queries: string; qrels: string } => {
  const [queries, qrels] = [at(`${++made}.jsonl`), at(`${made}.trec`)];
  return { words: ['--queries-out', queries, '--out', qrels], queries, qrels };
};
const labels = (...words: string[]) => runTandem(['rank', 'labels', ...words]);

describe('rank labels', () => {
  it('writes queries and judgements that rank train reads', async () => {
    const { words, queries, qrels } = outs();
    const settings = ['--set', 'correction=none', '--set', 'priorLooks=0'];
    const ended = await labels('--events', at('events.jsonl'), ...words, ...settings);
    expect([ended.exit, ended.error]).toEqual([0, expect.not.stringContaining('warning')]);
    expect(await readFile(queries, 'utf8')).toBe(`{"id":"${hose}","text":"hose"}\n`);
    // a: 2 clicks in 3 views; b: 1 in 3
    expect(await readJudged({ queries, qrels }, { note: () => {} })).toEqual({
      queries: [{ id: hose, text: 'hose' }],
      qrels: new Map([
        [
          hose,
          new Map([
            ['a', 67],
            ['b', 33],
          ]),
        ],
      ]),
    });
    expect(await readFile(qrels, 'utf8')).toBe(`${hose} 0 a 67\n${hose} 0 b 33\n`);
    expect(ended.out).toContain(
      '1 queries, 2 judgements, 2 above 0; 100 = a gain of 1 at every look (click 1, cart 3, order 4)',
    );
    expect(ended.out).toContain('events: 12 rows, 6 views of documents, 3 of them clicked\n');
    expect(ended.out).toContain('position bias: none (it was asked for)');
    expect(ended.out).toContain(
      `tandem rank train --index INDEX --queries ${queries} --qrels ${qrels} --labels engaged`,
    );
  });

  it('says which correction was taken and why, and writes a report', async () => {
    const { words } = outs();
    const report = at('labels.html');
    const ended = await labels('--events', at('events.jsonl'), ...words, '--report', report, '--json');
    expect(ended.exit).toBe(0);
    const { propensities, events, warnings, ...found } = lastJson(ended);
    expect(found).toMatchObject({ queries: 1, judgements: 2, relevant: 2, report });
    expect(propensities).toMatchObject({ correction: 'cascade', moved: 2, movedClicks: 3 });
    expect(events).toMatchObject({ rows: 12, views: 6, clicks: 3 });
    expect(warnings).toEqual([
      expect.stringMatching(/cascade model: 2 documents .* and 90% are needed; show documents/),
    ]);
    expect(await readFile(report, 'utf8')).toContain('Propensity by rank');
    expect(JSON.parse(await readFile(at('labels.json'), 'utf8')).propensities).toEqual(propensities);
    expect(existsSync(at('labels.propensity-by-rank.svg'))).toBe(true);
  });

  it('harvests interventions of a log as CSV whose columns bear other names', async () => {
    const rows = clickLog({
      query: 'hose',
      sessions: 1500,
      propensities: [1, 0.5],
      relevances: { a: 0.6, b: 0.3 },
      rankings: [
        { order: ['a', 'b'], share: 0.5 },
        { order: ['b', 'a'], share: 0.5 },
      ],
      seed: 1,
    });
    const cells = rows.map(({ session, time, type, query, documentId, rank }) => [
      session,
      time,
      type,
      query,
      documentId,
      rank,
    ]);
    const half = Math.floor(cells.length / 2);
    for (const [name, part] of [
      ['one.csv', cells.slice(0, half)],
      ['two.csv', cells.slice(half)],
    ] as const)
      await writeFile(at(name), ['visit,time,type,query,sku,place', ...part.map(row => row.join(','))].join('\n'));
    const { words } = outs();
    const map = ['--map', 'visit=session,sku=documentId,place=rank'];
    const ended = await labels('--events', at('one.csv'), '--events', at('two.csv'), ...map, ...words, '--json');
    expect(ended.exit).toBe(0);
    const { propensities, events } = lastJson(ended);
    expect([events.rows, propensities.correction]).toEqual([rows.length, 'interventions']);
    const [, { propensity, low, high }] = propensities.ranks;
    const error = Math.log(high / low) / (2 * 1.96);
    expect(Math.abs(Math.log(propensity / 0.5))).toBeLessThan(4 * error);
  });

  it('reads the events of a project, as it says', async () => {
    const renamed = visits.map(({ session, ...row }) => ({ visit: session, ...row }));
    await writeFile(at('renamed.jsonl'), jsonl(renamed));
    const events = { files: ['renamed.jsonl'], columns: { session: 'visit' }, maxSessionEvents: 3 };
    await writeFile(at('tandem.json'), JSON.stringify({ documents: { files: ['none.csv'] }, events }));
    const short = await labels('--project', at('tandem.json'), ...outs().words);
    // every visit has four events
    expect([short.exit, short.error]).toEqual([1, expect.stringContaining('data/no-impressions')]);
    expect(short.error).toContain('3 sessions with more than 3 events were left out');
    const enough = await labels('--project', at('tandem.json'), ...outs().words, '--set', 'maxSessionEvents=4');
    expect(enough.exit).toBe(0);
  });

  it.each<[string, string[], number, string]>([
    [
      'a misspelt setting',
      ['--set', 'maxWeigth=3'],
      2,
      'config/unknown-key: --set maxWeigth=3: unknown key (did you mean "maxWeight"?)',
    ],
    ['a setting without a value', ['--set', 'scale'], 2, 'config/unknown-key'],
    ['a setting out of its bounds', ['--set', 'maxWeight=0.5'], 2, 'config/bad-value: maxWeight'],
    ['an unknown correction', ['--set', 'correction=magic'], 2, 'config/bad-value: correction'],
    ['gains without numbers', ['--gains', 'click,order'], 2, 'config/bad-value: --gains'],
    ['a gain of 0', ['--gains', 'click=0'], 2, 'config/bad-value: --gains'],
    [
      'a type that is named twice',
      ['--gains', 'click=1,search=2'],
      2,
      'config/bad-value: the type search is named twice',
    ],
    ['a report that is no page', ['--report', 'report.txt'], 2, 'usage/bad-value: --report'],
    ['a file that is not there', ['--events', 'nowhere.jsonl'], 1, 'data/not-found'],
  ])('refuses %s, and writes nothing', async (_, wrong, exit, message) => {
    const { words, queries, qrels } = outs();
    const ended = await labels('--events', at('events.jsonl'), ...words, ...wrong);
    expect([ended.exit, ended.error]).toEqual([exit, expect.stringContaining(message)]);
    expect([queries, qrels].map(existsSync)).toEqual([false, false]);
  });

  it.each<[string, object[], string]>([
    ['ranks from 0', [{ ...visits[1], rank: 0 }], 'data/malformed-row'],
    ['a rank between two', [{ ...visits[1], rank: 1.5 }], 'data/malformed-row'],
    ['a rank that is a word', [{ ...visits[1], rank: 'first' }], 'data/malformed-row'],
    ['no impressions', visits.filter(({ type }) => type !== 'impression'), 'data/no-impressions'],
    ['impressions without ranks', visits.map(row => ({ ...row, rank: undefined })), 'data/no-impressions'],
    ['nothing that was clicked', visits.filter(({ type }) => type !== 'click'), 'data/empty'],
    ['nothing at all', [], 'data/empty'],
  ])('refuses a log with %s, and leaves what was there', async (_, rows, code) => {
    const { words, queries, qrels } = outs();
    await writeFile(at('bad.jsonl'), jsonl(rows));
    await writeFile(queries, 'old queries');
    await writeFile(qrels, 'old judgements');
    const before = await readdir(folder);
    const ended = await labels('--events', at('bad.jsonl'), ...words, '--force');
    expect([ended.exit, ended.error]).toEqual([1, expect.stringContaining(code)]);
    expect(await Promise.all([queries, qrels].map(path => readFile(path, 'utf8')))).toEqual([
      'old queries',
      'old judgements',
    ]);
    expect(await readdir(folder)).toEqual(before);
  });

  it('replaces what is there with --force alone, never what it reads', async () => {
    const { words, qrels } = outs();
    await writeFile(qrels, 'old judgements');
    const kept = await labels('--events', at('events.jsonl'), ...words);
    expect([kept.exit, kept.error]).toEqual([2, expect.stringContaining('files/exists')]);
    expect((await labels('--events', at('events.jsonl'), ...words, '--force')).exit).toBe(0);
    const over = await labels(
      '--events',
      at('events.jsonl'),
      '--queries-out',
      at('q.jsonl'),
      '--out',
      at('events.jsonl'),
      '--force',
    );
    expect(over.error).toContain('files/not-ours');
    const same = await labels('--events', at('events.jsonl'), '--queries-out', at('same'), '--out', at('same'));
    expect(same.error).toContain('files/not-ours');
  });

  it('names what is missing', async () => {
    const ended = await labels('--events', at('events.jsonl'), '--out', at('x.trec'));
    expect([ended.exit, ended.error]).toEqual([2, expect.stringContaining('usage/missing-option: --queries-out')]);
    const none = await labels(...outs().words);
    expect([none.exit, none.error]).toEqual([2, expect.stringContaining('--events is missing')]);
  });
});
