import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askAll } from '../../../bench/lexical/child.js';
import { takeTurns } from '../../../bench/lexical/turns.js';
import { startPeer } from '../../../bench/peers/process.js';

/** An engine that holds `documents` documents and answers `answered` queries in `micros` each with one id. */
const fake = (name: string, documents: number, answered: number, micros: number) => ({
  name,
  start: () =>
    startPeer(process.execPath, [
      '-e',
      `
      console.log(JSON.stringify({ ready: true, version: '1' }));
      require('node:readline').createInterface({ input: process.stdin }).on('line', line => {
        const { cmd, ids } = JSON.parse(line);
        const each = value => Array.from({ length: ${answered} }, () => value);
        const answers = { index: { seconds: 2 }, open: { documents: ${documents} }, run: { micros: each(${micros}), ids: ids ? each(['a']) : undefined } };
        console.log(JSON.stringify(answers[cmd]));
      });`,
    ]),
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

const options = () => ({
  files: { documents: join(folder, 'documents.jsonl'), queries: join(folder, 'queries.jsonl') },
  queries: 3,
  size: 7,
  folder,
  bm25: { k1: 1, b: 0 },
  warmUp: 2,
  rounds: 3,
  slowRounds: 1,
  budget: 1,
  say: () => undefined,
});

describe('takeTurns', () => {
  it('keeps what each engine said, and gives a slow one fewer rounds', async () => {
    const { records, missing } = await takeTurns([fake('fast', 7, 3, 5), fake('slow', 7, 1, 900)], options());
    expect(missing).toEqual([]);
    const [fast, slow] = records;
    expect(fast).toMatchObject({ name: 'fast', version: '1', indexSeconds: 2, indexBytes: 0 });
    expect(fast.answers[10]).toEqual([['a'], ['a'], ['a']]);
    expect(fast.rounds[100]).toEqual([
      [5, 5, 5],
      [5, 5, 5],
      [5, 5, 5],
    ]);
    expect(slow.rounds[10]).toEqual([[900]]);
    expect(fast.residentMiB).toBeGreaterThan(5);
  });

  it('names an engine that dies or is not there, and goes on', async () => {
    const dead = { name: 'dead', start: () => startPeer(process.execPath, ['-e', `console.log('{"ready":true}')`]) };
    const absent = { name: 'absent', start: async () => ({ missing: 'not built' }) };
    const { records, missing } = await takeTurns([dead, absent, fake('fast', 7, 3, 5)], options());
    expect(records.map(({ name }) => name)).toEqual(['fast']);
    expect(missing).toEqual([expect.stringContaining('dead at 7: '), 'absent at 7: not built']);
  });

  it('refuses an engine that lost documents', async () => {
    await expect(takeTurns([fake('lossy', 6, 3, 5)], options())).rejects.toMatchObject({ code: 'bench/wrong-answer' });
  });
});

describe('askAll', () => {
  const search = (text: string, k: number): string[] => [`${text}${k}`];

  it('asks in order, and hands back ids when asked for', () => {
    const pass = askAll({ search }, ['a', 'b'], { k: 10, budget: 9, ids: true });
    expect(pass.ids).toEqual([['a10'], ['b10']]);
    expect(pass.micros).toHaveLength(2);
    expect(askAll({ search }, ['a'], { k: 10, budget: 9, ids: false }).ids).toEqual([]);
  });

  it('stops behind the query that used up the time', () => {
    expect(askAll({ search }, ['a', 'b', 'c'], { k: 10, budget: 0, ids: true }).ids).toEqual([['a10']]);
  });
});
