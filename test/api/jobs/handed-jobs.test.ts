import { describe, expect, it } from 'vitest';
import { stateOf } from '../../../src/api/jobs/handed-jobs.js';
import { formatJobs } from '../../../src/cli/format-jobs.js';

const began = Date.parse('2026-01-01T00:00:00Z');
const seconds = (n: number): number => began + 1000 * n;
const job = {
  id: '0123456789abcdef',
  kind: 'documents' as const,
  out: '/data/o.jsonl',
  modelId: 'm',
  rows: 1000,
  shards: 10,
  began: new Date(began).toISOString(),
  awaited: true,
};
const kept = (...at: number[]) => new Map(at.map((second, i) => [i, { rows: 100, at: seconds(second) }]));

describe('a job that is handed out', () => {
  it('has the rate of its last five minutes, and the time that is left at that', () => {
    // of 300 rows those of 210 and 400 s lie in the five minutes before 500 s
    const state = stateOf({ ...job, done: kept(10, 210, 400) }, [], seconds(500));
    expect(state).toMatchObject({ state: 'running', rowsDone: 300, shardsDone: 3, rowsPerSecond: 0.7 });
    expect(state.secondsLeft).toBe(1000);
  });

  it('has that of its time where it is younger', () => {
    const state = stateOf({ ...job, done: kept(10, 50) }, [], seconds(100));
    expect(state).toMatchObject({ rowsPerSecond: 2, secondsLeft: 400 });
  });

  it('says nothing of what is left before anything is done, or when all is', () => {
    expect(stateOf({ ...job, done: kept() }, [], seconds(5))).not.toHaveProperty('secondsLeft');
    const ended = new Date(seconds(100)).toISOString();
    const done = stateOf({ ...job, rows: 200, shards: 2, ended, awaited: false, done: kept(1, 2) }, [], seconds(9e6));
    expect(done).toMatchObject({ state: 'done', rowsPerSecond: 2 });
    expect(done).not.toHaveProperty('secondsLeft');
  });

  it('says what of it was set aside, and that nobody waits for it', () => {
    const aside = [
      { job: job.id, number: 3, reason: 'model/damaged: torn' },
      { job: 'another', number: 1, reason: 'no' },
    ];
    const state = stateOf({ ...job, awaited: false, done: kept(1) }, aside, seconds(100));
    expect(state).toMatchObject({ state: 'unwatched', setAside: [{ number: 3, reason: 'model/damaged: torn' }] });
    expect(formatJobs([state], ['a:1']).split('\n')).toEqual([
      'job               state      rows    of  a second        left  into',
      '----------------  ---------  ----  ----  --------  ----------  -------------',
      '0123456789abcdef  unwatched   100  1000         1  15 min 0 s  /data/o.jsonl',
      '0123456789abcdef: shard 3 was set aside: model/damaged: torn',
      'workers: a:1',
    ]);
  });
});
