import { describe, expect, it } from 'vitest';
import type { ReportedStep } from '../../src/api/steps/run-step.js';
import { describeProgress, duration, startProgress } from '../../src/cli/progress.js';

describe('duration', () => {
  it.each([
    [0, '0 s'],
    [59.4, '59 s'],
    [59.6, '1 min 0 s'],
    [185, '3 min 5 s'],
    [7800, '2 h 10 min'],
  ])('%f seconds are %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});

describe('describeProgress', () => {
  it('says count, rate and time left', () => {
    // 1,200 in 4 s = 300/s; 300 more take 1 s
    expect(describeProgress('documents', 1200, 4, 1500)).toBe('1,200 of 1,500 documents, 300/s, 1 s left');
    expect(describeProgress('rows', 5, 2)).toBe('5 rows, 2.5/s');
    expect(describeProgress('rows', 0, 0, 10)).toBe('0 of 10 rows, 0.0/s');
    expect(describeProgress('rows', 10, 1, 10)).toBe('10 of 10 rows, 10/s');
  });
});

describe('startProgress without a terminal', () => {
  it('prints one plain line every ten seconds, and one at the end', () => {
    const lines: string[] = [];
    let clock = 0;
    const terminal = { out: () => {}, error: (text: string) => void lines.push(text), interactive: false };
    const progress = startProgress('indexing', terminal, { unit: 'documents', total: 100, now: () => clock });
    for (clock = 0; clock < 25_000; clock += 1000) progress.update(clock / 1000);
    clock = 25_000;
    progress.update(100);
    progress.finish();
    expect(lines).toEqual([
      // 10 done in 10 s: 90 s for the other 90
      'indexing: 10 of 100 documents, 1.0/s, 1 min 30 s left\n',
      'indexing: 20 of 100 documents, 1.0/s, 1 min 20 s left\n',
      'indexing: 100 of 100 documents, 4.0/s\n',
    ]);
  });

  it('tells a process of ours that listens, twice a second and at the end, in place of stderr', () => {
    const steps: ReportedStep[] = [];
    let clock = 0;
    const fail = (): never => expect.fail('nothing is for stderr');
    const terminal = {
      out: fail,
      error: fail,
      interactive: true,
      report: (step: ReportedStep) => void steps.push(step),
    };
    const progress = startProgress('training', terminal, { unit: 'steps', total: 20, now: () => clock });
    progress.note('loss 1');
    for (clock = 0; clock <= 1000; clock += 100) progress.update(clock / 100);
    progress.update(20);
    progress.finish();
    expect(steps.map(({ done }) => done)).toEqual([5, 10, 20]);
    // 5 done in half a second: 1.5 s for the other 15
    expect(steps[0]).toEqual({
      ...{ title: 'training', unit: 'steps', done: 5, total: 20, note: 'loss 1' },
      text: '5 of 20 steps, 10/s, 2 s left; loss 1',
    });
  });

  it('throws what the interrupt check throws', () => {
    const terminal = { out: () => {}, error: () => {}, interactive: false };
    const stop = (): never => {
      throw new Error('stop');
    };
    expect(() => startProgress('x', terminal, { unit: 'y', checkInterrupt: stop }).update(1)).toThrow('stop');
  });
});
