import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Qrels, type Run, readQrels, readRun, writeRun } from '../../src/evaluation/trec.js';

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-trec-'));
});
afterAll(() => rm(folder, { recursive: true }));

const path = (suffix = ''): string => join(folder, `file-${count++}${suffix}`);
async function fileOf(content: string | Uint8Array): Promise<string> {
  const file = path();
  await writeFile(file, content);
  return file;
}

describe('run files', () => {
  it('the order is that of rank, not of the lines or the score; equal ranks and scores as trec_eval has them', async () => {
    const file = await fileOf(
      'q1 Q0 c 3 9 tag\nq1 Q0 a 1 1.5 tag\nq2\tQ0\tz  1\t-2e-3 tag\r\nq1 Q0 e 2 7 tag\nq1 Q0 d 2 7 tag\n\n',
    );
    const run = await readRun(file);
    expect([...run.keys()]).toEqual(['q1', 'q2']);
    expect(run.get('q1')!.map(hit => hit.id)).toEqual(['a', 'e', 'd', 'c']);
    expect(run.get('q1')![0]).toEqual({ id: 'a', score: 1.5 });
    expect(run.get('q2')).toEqual([{ id: 'z', score: -0.002 }]);
  });

  it('a run whose ranks are all 0 is ordered by score', async () => {
    const file = await fileOf(
      'q1 Q0 b 0 1.0 t\nq1 Q0 a 0 2.0 t\nq1 Q0 d 0 -1 t\nq1 Q0 c 0 3e0 t\nq2 Q0 a 0 1 t\nq2 Q0 b 0 1 t\n',
    );
    const run = await readRun(file);
    expect(run.get('q1')!.map(hit => hit.id)).toEqual(['c', 'a', 'b', 'd']);
    // trec_eval puts the later id first where scores are equal
    expect(run.get('q2')!.map(hit => hit.id)).toEqual(['b', 'a']);
  });

  it('writes ranks from 1 and the tag', async () => {
    const file = path();
    await writeRun(
      file,
      new Map([
        [
          'q',
          [
            { id: 'b', score: 2 },
            { id: 'a', score: 0.5 },
          ],
        ],
      ]),
      'hybrid',
    );
    expect(await readFile(file, 'utf8')).toBe('q Q0 b 1 2 hybrid\nq Q0 a 2 0.5 hybrid\n');
  });

  it('what is written is read again, plain or gzip', async () => {
    const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter(text => !/\s/.test(text));
    const hit = fc.record({ id, score: fc.double({ noDefaultInfinity: true, noNaN: true }).map(score => score + 0) });
    const hits = fc.uniqueArray(hit, { selector: ({ id: key }) => key, minLength: 1, maxLength: 8 });
    const runs = fc.uniqueArray(fc.tuple(id, hits), { selector: ([key]) => key, minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(runs, fc.constantFrom('.trec', '.trec.gz'), async (rows, suffix) => {
        const run: Run = new Map(rows);
        const file = path(suffix);
        await writeRun(file, run, 'tag');
        expect(await readRun(file)).toEqual(run);
      }),
      { numRuns: 50 },
    );
  });

  it('gzip is known by its content and written by its name', async () => {
    const file = path('.gz');
    await writeRun(file, new Map([['q', [{ id: 'é', score: 1 }]]]), 'tag');
    const bytes = await readFile(file);
    expect(gunzipSync(bytes).toString()).toBe('q Q0 é 1 1 tag\n');
    expect((await readRun(await fileOf(bytes))).get('q')).toEqual([{ id: 'é', score: 1 }]);
  });

  it('a large run crosses chunks of the reader', async () => {
    const hits = Array.from({ length: 20_000 }, (_, i) => ({ id: `document-ü-${i}`, score: 20_000 - i }));
    const file = path('.gz');
    await writeRun(file, new Map([['q', hits]]), 'tag');
    expect((await readRun(file)).get('q')).toEqual(hits);
  });
});

describe('qrels files', () => {
  it('reads and writes judgements, negative gains too', async () => {
    const qrels = await readQrels(await fileOf('\ufeffq1 0 a 2\nq1 0 b 0\nq2 0 a -1'));
    const expected: Qrels = new Map([
      [
        'q1',
        new Map([
          ['a', 2],
          ['b', 0],
        ]),
      ],
      ['q2', new Map([['a', -1]])],
    ]);
    expect(qrels).toEqual(expected);
  });
});

describe('bad input', () => {
  it.each([
    ['q1 Q0 a 1 1 t\nq1 Q0 b 2 t\n', 'line 2: expected 6 columns (qid Q0 docid rank score tag), got 5'],
    ['q1 Q0 a b 1 1 t\n', 'line 1: expected 6 columns (qid Q0 docid rank score tag), got 7'],
    ['q1 Q0 a first 1 t\n', 'line 1: rank must be a whole number, got first'],
    ['q1 Q0 a -1 1 t\n', 'line 1: rank must be a whole number, got -1'],
    ['q1 Q0 a 1 0x10 t\n', 'line 1: score must be a number, got 0x10'],
    ['q1 Q0 a 1 NaN t\n', 'line 1: score must be a number, got NaN'],
    ['q1 Q0 a 1 1e999 t\n', 'line 1: score must be a number, got 1e999'],
    ['\nq1 Q0 a 1 1 t\nq1 Q0 a 2 1 t\n', 'line 3: document a stands twice for query q1'],
  ])('run %j', async (content, message) => {
    const file = await fileOf(content);
    await expect(readRun(file)).rejects.toMatchObject({ code: 'data/malformed-row', message: `${file} ${message}` });
  });

  it.each([
    ['q1 0 a 1\nq1 0 b\n', 'line 2: expected 4 columns (qid 0 docid gain), got 3'],
    ['q1 0 a 1.5\n', 'line 1: gain must be a whole number up to 2^53, got 1.5'],
    ['q1 0 a yes\n', 'line 1: gain must be a whole number up to 2^53, got yes'],
    ['q1 0 a 1\nq1 0 a 0\n', 'line 2: document a stands twice for query q1'],
  ])('qrels %j', async (content, message) => {
    const file = await fileOf(content);
    await expect(readQrels(file)).rejects.toMatchObject({ code: 'data/malformed-row', message: `${file} ${message}` });
  });

  it('absent, empty, not UTF-8, gzip cut short', async () => {
    const zipped = gzipSync(Array.from({ length: 100 }, (_, i) => `q Q0 d${i} ${i} 1 t\n`).join(''));
    await expect(readRun(path())).rejects.toMatchObject({ code: 'data/not-found' });
    await expect(readRun(folder)).rejects.toMatchObject({ code: 'data/not-found' });
    await expect(readQrels(await fileOf('\n \n'))).rejects.toMatchObject({ code: 'data/empty' });
    const latin = await fileOf(Buffer.from('q 0 caf\u00e9 1\n', 'latin1'));
    await expect(readQrels(latin)).rejects.toMatchObject({
      code: 'data/malformed-row',
      message: `${latin} line 1 or after: not UTF-8`,
    });
    await expect(readRun(await fileOf(zipped.subarray(0, 100)))).rejects.toMatchObject({ code: 'files/damaged' });
  });

  it.each([
    ['a b', 1, 'tag', 'document id "a b" is empty, holds white space or is not well-formed'],
    ['', 1, 'tag', 'document id "" is empty, holds white space or is not well-formed'],
    ['a\u00a0b', 1, 'tag', 'document id "a\u00a0b" is empty, holds white space or is not well-formed'],
    ['a\ud800', 1, 'tag', 'document id "a\\ud800" is empty, holds white space or is not well-formed'],
    ['a', Number.NaN, 'tag', 'score of a for query q must be finite, got NaN'],
    ['a', 1, 'my run', 'tag "my run" is empty, holds white space or is not well-formed'],
  ])('refuses to write id %j, score %j, tag %j and leaves nothing behind', async (id, score, tag, message) => {
    const file = path();
    await expect(writeRun(file, new Map([['q', [{ id, score }]]]), tag)).rejects.toMatchObject({
      code: 'evaluation/unwritable-run',
      message,
    });
    expect(existsSync(file)).toBe(false);
  });

  it('refuses a query id with a space, a document twice', async () => {
    await expect(writeRun(path(), new Map([['a b', []]]), 't')).rejects.toMatchObject({
      code: 'evaluation/unwritable-run',
    });
    const twice = [
      { id: 'a', score: 1 },
      { id: 'a', score: 0 },
    ];
    await expect(writeRun(path(), new Map([['q', twice]]), 't')).rejects.toMatchObject({
      code: 'evaluation/duplicate-document',
    });
  });
});
