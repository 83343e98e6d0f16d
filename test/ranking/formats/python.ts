import { execFileSync } from 'node:child_process';

const python = process.env.TANDEM_PYTHON ?? 'python3';

/** Why the oracle cannot be asked; printed, so that a skipped test is no silent one. */
export function whyNot(module: string): string | undefined {
  try {
    execFileSync(python, ['-c', `import ${module}`], { stdio: 'ignore' });
    return undefined;
  } catch {
    const reason = `${python} has no ${module} (set TANDEM_PYTHON)`;
    console.warn(`not compared with ${module}: ${reason}`);
    return reason;
  }
}

/** Runs a script with JSON on its standard input. @returns the JSON that it prints */
export function ask(script: string, input: unknown): unknown {
  const printed = execFileSync(python, ['-c', script], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return JSON.parse(printed);
}

/** Columns as JSON has them: NaN is null. */
export const asJson = (columns: readonly Float64Array[]): (number | null)[][] =>
  columns.map(column => Array.from(column, value => (Number.isNaN(value) ? null : value)));
