import { errorTable } from '../src/errors/table.js';

/** The text of docs/errors.md: every code of the table with its HTTP status, exit code and remedy. */
export function errorDocument(): string {
  const rows = Object.entries(errorTable).map(
    ([code, { status, exit, remedy }]) => `| \`${code}\` | ${status} | ${exit} | ${remedy} |`,
  );
  return [
    '# Errors',
    '',
    'Every failure has a code. On the command line it is one line on stderr, `tandem: CODE: what happened. What to do.`, and with `--json`',
    'the last line of stdout is `{"code", "message", "remedy", "details"}`; over HTTP it is the same.',
    'Exit code 2 says that the call was wrong, 1 that the work failed, 130 that it was interrupted.',
    '',
    'This page is written from `src/errors/table.ts`; `test/errors.test.ts` keeps the two equal (`UPDATE_DOCS=1 npx vitest run test/errors.test.ts`).',
    '',
    '| code | HTTP | exit | what to do |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
