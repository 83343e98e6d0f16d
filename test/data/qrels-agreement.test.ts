import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Qrels, readQrels, writeQrels } from '../../data/qrels.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { readQrels as readTrecQrels } from '../../src/evaluation/trec.js';
import { temporaryFolder } from './temporary-folder.js';

/** What a reader makes of a file: the judgements, or the code and line of its error. */
const outcome = (read: Promise<Qrels>): Promise<unknown> =>
  read.catch((error: unknown) => {
    if (!(error instanceof TandemError)) throw error;
    return { code: error.code, line: error.details.line };
  });

const judgements = fc.uniqueArray(
  fc.tuple(fc.constantFrom('q1', 'q2', 'ü'), fc.constantFrom('a', 'b', 'd#1'), fc.integer({ min: -2, max: 5 })),
  { selector: ([query, document]) => `${query} ${document}`, minLength: 1, maxLength: 9 },
);

function qrelsOf(rows: readonly (readonly [string, string, number])[]): Qrels {
  const qrels: Qrels = new Map();
  for (const [query, document, gain] of rows) {
    qrels.set(query, (qrels.get(query) ?? new Map<string, number>()).set(document, gain));
  }
  return qrels;
}

describe('judgements, as preparation and as evaluation read them', () => {
  it('both read what preparation writes', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'a.trec');
    await fc.assert(
      fc.asyncProperty(judgements, async rows => {
        const qrels = qrelsOf(rows);
        await writeQrels(path, qrels);
        expect(await readTrecQrels(path)).toEqual(qrels);
        expect(await readQrels(path)).toEqual(qrels);
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    'q 0 a 1\r\n\r\n  q\t0\tb   2  \n',
    '\ufeffq 0 a 1',
    'q 0 a 1\nq 0 b +2e0\n',
    'q 0 a 1\nq 0 b -1\n',
    '',
    '\n\n',
    'q 0 a 1\nq 0 b\n',
    'q 0 a 1\n\nq 0 b one\n',
    'q 0 a 1\nq 0 b 1.5\n',
    'q 0 a 1\nq 0 b 0x10\n',
    'q 0 a 1\nq 0 b Infinity\n',
    'q 0 a 1\nr 0 a 1\nq 0 a 2\n',
    'q 0 a 1 more\n',
  ])('both make the same of %j', async text => {
    const path = join(await temporaryFolder(), 'qrels.trec');
    await writeFile(path, text);
    const expected = await outcome(readTrecQrels(path));
    expect(await outcome(readQrels(path))).toEqual(expected);
  });

  it('both read gzip, and say that there is no file', async () => {
    const path = join(await temporaryFolder(), 'qrels.trec.gz');
    expect(await outcome(readQrels(path))).toEqual(await outcome(readTrecQrels(path)));
    await writeFile(path, gzipSync('q 0 a 1\n'));
    expect(await readQrels(path)).toEqual(await readTrecQrels(path));
  });
});
