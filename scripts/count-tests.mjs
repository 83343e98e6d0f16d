// Reads vitest's JSON report, names what was skipped, and ends with one line: "N passed, N failed" (and ", N skipped").
// Usage: node scripts/count-tests.mjs REPORT [FAILED_STEPS]; exits 1 when anything failed.
import { readFileSync } from 'node:fs';

/**
 * A test file that broke before its tests ran, and a run that ended badly with no failed test, are failures as well.
 * @returns {{ passed: number, failed: number, skipped: string[] }}
 */
function countTests(report) {
  const tests = report.testResults.flatMap(file => file.assertionResults);
  const withStatus = (...statuses) => tests.filter(test => statuses.includes(test.status));
  const broken = report.testResults.filter(
    file => file.status === 'failed' && !file.assertionResults.some(test => test.status === 'failed'),
  );
  const failed = withStatus('failed').length + broken.length;
  return {
    passed: withStatus('passed').length,
    failed: failed === 0 && report.success === false ? 1 : failed,
    skipped: withStatus('skipped', 'pending', 'todo', 'disabled').map(test => test.fullName),
  };
}

function readReport(path) {
  try {
    return countTests(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    console.log(`no test report: ${error.message}`);
    return { passed: 0, failed: 1, skipped: [] };
  }
}

const [path, failedSteps = '0'] = process.argv.slice(2);
const counted = readReport(path);
const failed = counted.failed + Number(failedSteps);
for (const name of counted.skipped) console.log(`skipped: ${name}`);
const skipped = counted.skipped.length > 0 ? `, ${counted.skipped.length} skipped` : '';
console.log(`${counted.passed} passed, ${failed} failed${skipped}`);
process.exitCode = failed > 0 ? 1 : 0;
