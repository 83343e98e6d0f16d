import { TandemError } from '../src/errors/tandem-error.js';

/**
 * The folder of prepared data that a bench asks of: the one that was given, or the one that TANDEM_BENCH_DATA names.
 * @param bench  its name, for the error
 * @throws TandemError 'usage/missing-option'
 */
export function preparedFolder(bench: string, given?: string): string {
  const folder = given ?? process.env.TANDEM_BENCH_DATA;
  if (folder !== undefined) return folder;
  throw new TandemError(
    'usage/missing-option',
    `bench ${bench}: give --data or set TANDEM_BENCH_DATA: a folder that \`tandem prepare\` wrote`,
  );
}
