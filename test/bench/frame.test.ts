import { describe, expect, it } from 'vitest';
import { type BenchReport, describeMachine, formatReport, roster } from '../../bench/frame.js';
import { runBench } from '../../bench/run.js';

const idle = (name: string) => ({
  name,
  sample: async () => ({ seconds: 1, answer: [1] }),
  close: async () => undefined,
});

const report: BenchReport = {
  bench: 'example',
  header: describeMachine({ ours: '1.0' }, { batch: 256 }),
  results: [{ name: 'ours', samples: 3, p50Ms: 1.5, p99Ms: 2, minMs: 1 }],
  ratio: { peer: 1.25 },
  quality: { recall: 0.95 },
  missing: ['faiss: python module faiss'],
};

describe('roster', () => {
  it('names who is missing, and guesses nothing', () => {
    const { present, versions, missing } = roster([
      { contestant: idle('a'), version: '2' },
      { name: 'b', missing: 'package b' },
    ]);
    expect(present.map(({ name }) => name)).toEqual(['a']);
    expect(versions).toEqual({ a: '2' });
    expect(missing).toEqual(['b: package b']);
  });
});

describe('formatReport', () => {
  it('prints machine, sizes, times, ratio, quality and who is missing', () => {
    const text = formatReport(report);
    for (const part of [
      process.versions.node,
      'batch 256',
      '1.500',
      'peer 1.25',
      'recall 0.95',
      'missing: faiss: python',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('prints a table of its own in the place of the times', () => {
    const table = { columns: [{ name: 'docs/s', numeric: true }], rows: [['4711']] };
    const text = formatReport({ ...report, table });
    expect(text).toContain('4711');
    expect(text).not.toContain('p50 ms');
  });

  it('prints no ratio line without a ratio', () => {
    expect(formatReport({ ...report, ratio: {} })).not.toContain('ratio');
  });
});

describe('runBench', () => {
  it.each([
    ['an unknown bench', ['no-such-bench']],
    ['a name of Object itself', ['constructor']],
    ['no name', []],
    ['two names', ['training-step', 'lexical']],
    ['a size that is no number', ['lexical', '--sizes', '10,x']],
    ['a size of nothing', ['lexical', '--sizes', '0']],
    ['an unknown flag', ['training-step', '--jsno']],
  ])('%s is a usage error', async (_, args) => {
    const printed: string[] = [];
    expect(await runBench(args, line => printed.push(line))).toBe(2);
    expect(printed).toEqual([]);
  });

  it('--help shows an example', async () => {
    const printed: string[] = [];
    expect(await runBench(['--help'], line => printed.push(line))).toBe(0);
    expect(printed.join('\n')).toContain('npm run bench -- training-step --json');
  });
});
