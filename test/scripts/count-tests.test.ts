import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/count-tests.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tandem-count-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (status: string, ...statuses: string[]) => ({
  status,
  assertionResults: statuses.map((each, i) => ({ status: each, fullName: `test ${i}` })),
});

/** Runs the script on a report. @returns its lines and exit code */
function count(content: string, failedSteps = '0'): { lines: string[]; status: number | null } {
  const path = join(folder, 'report.json');
  writeFileSync(path, content);
  const { stdout, status } = spawnSync(process.execPath, [script, path, failedSteps], { encoding: 'utf8' });
  return { lines: stdout.trimEnd().split('\n'), status };
}

describe('count-tests', () => {
  it('counts and succeeds', () => {
    const report = { success: true, testResults: [file('passed', 'passed', 'passed'), file('passed', 'passed')] };
    expect(count(JSON.stringify(report))).toEqual({ lines: ['3 passed, 0 failed'], status: 0 });
  });

  it('names what was skipped, before the last line', () => {
    const report = { success: true, testResults: [file('passed', 'passed', 'pending', 'todo')] };
    const { lines, status } = count(JSON.stringify(report));
    expect(lines).toEqual(['skipped: test 1', 'skipped: test 2', '1 passed, 0 failed, 2 skipped']);
    expect(status).toBe(0);
  });

  it('counts a failed test once, though its file failed too', () => {
    const report = { success: false, testResults: [file('failed', 'passed', 'failed')] };
    expect(count(JSON.stringify(report))).toEqual({ lines: ['1 passed, 1 failed'], status: 1 });
  });

  it('counts every file that broke before its tests', () => {
    const report = { success: false, testResults: [file('passed', 'passed'), file('failed'), file('failed')] };
    expect(count(JSON.stringify(report))).toEqual({ lines: ['1 passed, 2 failed'], status: 1 });
  });

  it('counts a run that ended badly with every test passed', () => {
    const report = { success: false, testResults: [file('passed', 'passed')] };
    expect(count(JSON.stringify(report))).toEqual({ lines: ['1 passed, 1 failed'], status: 1 });
  });

  it('adds the steps that failed', () => {
    const report = { success: true, testResults: [file('passed', 'passed')] };
    expect(count(JSON.stringify(report), '2')).toEqual({ lines: ['1 passed, 2 failed'], status: 1 });
  });

  it('takes a missing or torn report for a failure', () => {
    const { lines, status } = count('{"testResults": [');
    expect(lines.at(-1)).toBe('0 passed, 1 failed');
    expect(status).toBe(1);
  });
});
