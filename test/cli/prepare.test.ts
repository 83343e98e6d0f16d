import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastJson, runTandem } from './run-tandem.js';
import { jsonl, writeSmallShop } from './small-shop.js';

let folder: string;
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-prepare-'));
  await writeSmallShop(folder);
});
afterAll(() => rm(folder, { recursive: true }));

describe('prepare', () => {
  it('splits the pairs and says how many of each there are', async () => {
    const ended = await runTandem([
      'prepare',
      '--documents',
      at('documents.jsonl'),
      '--pairs',
      at('pairs.jsonl'),
      '--split',
      '.5,.25,.25',
      '--out',
      at('data'),
      '--json',
    ]);
    expect(ended.exit).toBe(0);
    const { counts } = lastJson(ended);
    expect(counts.documents).toBe(3);
    expect(counts.queries.train + counts.queries.validation + counts.queries.test).toBe(40);
  });

  it('names the line of a malformed row and leaves nothing', async () => {
    await writeFile(at('bad.jsonl'), '{"id":"a","title":"x"}\n{"id":"b"}\n');
    const { exit, error } = await runTandem(['prepare', '--documents', at('bad.jsonl'), '--out', at('none')]);
    expect(exit).toBe(1);
    expect(error).toMatch(/tandem: data\/malformed-row: [^\n]*line 2: title[^\n]*\n$/);
    expect(existsSync(at('none'))).toBe(false);
  });

  it('says what pairs and judgements were left out', async () => {
    const rows = [
      { query: 'hose', documentId: 'hose' },
      { query: 'hose', documentId: 'nowhere' },
      { query: ' ', documentId: 'hose' },
    ];
    await writeFile(at('some-pairs.jsonl'), jsonl(rows));
    await writeFile(at('some.trec'), 'q1 0 hose 1\nq1 0 nowhere 1\nq9 0 hose 1\n');
    const files = ['--documents', at('documents.jsonl'), '--pairs', at('some-pairs.jsonl')];
    const judged = ['--queries', at('queries.jsonl'), '--qrels', at('some.trec'), '--out', at('left-out')];
    const { exit, out } = await runTandem(['prepare', ...files, ...judged]);
    expect(exit).toBe(0);
    expect(out).toContain(
      'left out: 1 pairs of documents that are not there, 1 judgements of documents that are not there, 1 judgements of queries that are not there, 1 blank queries\n',
    );
  });

  it('makes pairs from events, and says what was left out', async () => {
    const rows = ['search', 'click', 'cart', 'order'].map((type, i) => ({
      session: 's',
      time: `2024-01-01T10:0${i}:00Z`,
      type,
      ...(i === 0 ? { query: 'hose' } : { documentId: 'hose' }),
    }));
    await writeFile(at('events.jsonl'), jsonl([...rows, rows[1], { session: 't', time: 0, type: 'scroll' }]));
    const files = ['--documents', at('documents.jsonl'), '--events', at('events.jsonl'), '--split', '1,0,0'];
    const chain = ['--chain', 'search,click,cart,order', '--out', at('from-events')];
    const ended = await runTandem(['prepare', ...files, ...chain, '--json']);
    const { counts, events } = lastJson(ended);
    expect([ended.exit, counts.pairs]).toEqual([0, 1]);
    expect(events).toMatchObject({ windowHours: 24, maxSessionEvents: 1000, rows: 6, duplicates: 1, otherTypes: 1 });
    const forPeople = await runTandem(['prepare', ...files, ...chain, '--force']);
    expect(forPeople.out).toContain(
      'events: 6 rows, 1 positives of 1 pairs (search > click > cart > order within 24 h)',
    );
    expect(forPeople.out).toContain('left out of the events: 1 repeated rows, 1 events of other types\n');
    // from the search to the order 3 minutes pass, 0.05 hours
    expect((await runTandem(['prepare', ...files, ...chain, '--window-hours', '0.05', '--force'])).exit).toBe(0);
    const late = await runTandem(['prepare', ...files, ...chain, '--window-hours', '0.049', '--force']);
    expect([late.exit, late.error]).toEqual([1, expect.stringContaining('data/empty')]);
    const long = await runTandem(['prepare', ...files, ...chain, '--max-session-events', '3', '--force']);
    expect([long.exit, long.error]).toEqual([1, expect.stringContaining('data/empty')]);
  });

  it.each([
    [['--chain', 'search'], 'config/bad-value'],
    [['--chain', 'search,,click'], 'config/bad-value'],
    [['--window-hours', '-1'], 'usage/bad-value: --window-hours'],
    [['--max-session-events', '0'], 'usage/bad-value: --max-session-events'],
    [['--pairs', 'pairs.jsonl'], 'usage/bad-value'],
  ])('refuses %j for events', async (words, message) => {
    const files = ['--documents', at('documents.jsonl'), '--events', at('events.jsonl'), '--out', at('none')];
    const { exit, error } = await runTandem(['prepare', ...files, ...words]);
    expect(exit).toBe(2);
    expect(error).toContain(message);
    expect(existsSync(at('none'))).toBe(false);
  });

  it.each(['.9,.1', 'a,b,c', '2,-1,0'])('refuses the shares %s', async shares => {
    const { exit, error } = await runTandem([
      'prepare',
      '--documents',
      at('documents.jsonl'),
      '--split',
      shares,
      '--out',
      at('none'),
    ]);
    expect(exit).toBe(2);
    expect(error).toContain('usage/bad-value: --split');
  });
});
