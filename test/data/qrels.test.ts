import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judge, type Qrels, readQrels, writeQrels } from '../../data/qrels.js';
import { temporaryFolder } from './temporary-folder.js';

describe('qrels', () => {
  it('reads what it wrote', async () => {
    const qrels: Qrels = new Map([
      [
        'q1',
        new Map([
          ['a', 1],
          ['b', 0],
        ]),
      ],
      ['q2', new Map([['a', 2]])],
    ]);
    const path = join(await temporaryFolder(), 'a.trec');
    await writeQrels(path, qrels);
    expect(await readFile(path, 'utf8')).toBe('q1 0 a 1\nq1 0 b 0\nq2 0 a 2\n');
    expect(await readQrels(path)).toEqual(qrels);
  });

  it('keeps the last judgement of a query and a document', () => {
    const qrels: Qrels = new Map();
    judge(qrels, 'q', 'a', 1);
    judge(qrels, 'q', 'a', 3);
    expect(qrels).toEqual(new Map([['q', new Map([['a', 3]])]]));
  });

  it.each(['q 0 a', 'q 0 a one', 'q 0 a 1 more'])('names the line of %j', async bad => {
    const path = join(await temporaryFolder(), 'a.trec');
    await writeFile(path, `q\t0\ta\t1\n\n${bad}\n`);
    await expect(readQrels(path)).rejects.toMatchObject({
      code: 'data/malformed-row',
      message: expect.stringMatching(/ line 3: expected/),
    });
  });
});
