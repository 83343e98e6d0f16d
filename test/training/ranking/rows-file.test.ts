import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { calibrate, measureCut } from '../../../training/ranking/calibrate.js';
import { countPopularity, withPopularity } from '../../../training/ranking/popularity.js';
import { gainsOf, joinRows, type LoggedRows, readRows, writeRows } from '../../../training/ranking/rows-file.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-rows-'));
});
afterAll(() => rm(folder, { recursive: true }));

const judged = Float64Array.from([2, Number.NaN, 0, 1, Number.NaN]);
/** Two queries, of three and of two candidates. */
const rows: LoggedRows = {
  features: [
    { name: 'bm25', kind: 'number', monotone: 1 },
    { name: 'cosine', kind: 'number' },
  ],
  columns: [Float32Array.from([3.5, 0.1, 1e-30, 2, 4]), Float32Array.from([0.25, Number.NaN, -1, 0, 1 / 3])],
  judged,
  gains: gainsOf(judged),
  groups: Uint32Array.from([0, 3, 5]),
  ideal: Float64Array.from([2, 1]),
  queries: ['q1', 'q2'],
  documents: ['a', 'b', 'c', 'a', 'd'],
};

describe('a file of rows', () => {
  it('gives back what was written, bit for bit', async () => {
    const path = join(folder, 'a.rows');
    await writeRows(path, rows);
    const read = await readRows(path);
    expect(read).toEqual(rows);
    expect(new Uint8Array(read.columns[1].buffer)).toEqual(new Uint8Array(rows.columns[1].buffer));
  });

  const embeddings = {
    width: 2,
    queries: [Int16Array.of(1, 2), Int16Array.of(3, 4)],
    documents: [Int16Array.of(5, 6), undefined, Int16Array.of(7, 8), Int16Array.of(5, 6), Int16Array.of(-32767, 32767)],
  };

  it('gives back embeddings too, and joins them where all rows have them', async () => {
    const path = join(folder, 'embedded.rows');
    await writeRows(path, { ...rows, embeddings });
    const read = await readRows(path);
    expect(read).toEqual({ ...rows, embeddings });
    expect(joinRows([read, read]).embeddings?.documents).toEqual([...embeddings.documents, ...embeddings.documents]);
    expect(joinRows([read, rows]).embeddings).toBeUndefined();
    const { length } = await readFile(path);
    await truncate(path, length - 1);
    await expect(readRows(path)).rejects.toMatchObject({ code: 'ranker/damaged' });
  });

  it('is refused where a row has an embedding that is not there', async () => {
    const path = join(folder, 'slots.rows');
    await writeRows(path, { ...rows, embeddings });
    const bytes = await readFile(path);
    // behind the columns, before two queries and four documents of two numbers: numbers of five rows
    bytes.writeInt32LE(4, bytes.length - 2 * 2 * (2 + 4) - 4);
    await writeFile(path, bytes);
    await expect(readRows(path)).rejects.toMatchObject({ code: 'ranker/damaged' });
  });

  it('is refused where it is cut short, longer, or something else', async () => {
    const path = join(folder, 'b.rows');
    await writeRows(path, rows);
    const { length } = await readFile(path);
    await truncate(path, length - 1);
    await expect(readRows(path)).rejects.toMatchObject({ code: 'ranker/damaged' });
    await writeRows(path, rows);
    await writeFile(path, 'x', { flag: 'a' });
    await expect(readRows(path)).rejects.toMatchObject({ code: 'ranker/damaged' });
    for (const text of ['', 'no json\n', '{}\n', '[1]', JSON.stringify({ format: 'tandem-ranking-rows' })]) {
      await writeFile(path, text);
      await expect(readRows(path)).rejects.toMatchObject({ code: 'ranker/damaged' });
    }
    await expect(readRows(join(folder, 'none'))).rejects.toMatchObject({ code: 'data/not-found' });
  });

  it('joins another with the same features', () => {
    const both = joinRows([rows, rows]);
    expect([...both.groups]).toEqual([0, 3, 5, 8, 10]);
    expect(both.queries).toEqual(['q1', 'q2', 'q1', 'q2']);
    expect([...both.columns[0]]).toEqual([...rows.columns[0], ...rows.columns[0]]);
    const other = { ...rows, features: [...rows.features].reverse() };
    expect(() => joinRows([rows, other])).toThrow(expect.objectContaining({ code: 'ranker/damaged' }));
  });
});

describe('popularity', () => {
  const gains = new Map([
    [
      'q1',
      new Map([
        ['a', 2],
        ['c', -1],
      ]),
    ],
    [
      'q2',
      new Map([
        ['a', 1],
        ['d', 2],
      ]),
    ],
  ]);

  it('adds up what queries said, by the greatest gain', () => {
    expect(countPopularity(gains, ['q1', 'q2'])).toEqual(
      new Map([
        ['a', 1.5],
        ['d', 1],
      ]),
    );
    expect(countPopularity(gains, ['q1'])).toEqual(new Map([['a', 1]]));
  });

  it('leaves out of a row what its own query said, and only of queries that were counted', () => {
    const popularity = countPopularity(gains, ['q1', 'q2']);
    const columnOf = (counted: readonly string[]): number[] => [
      ...withPopularity(rows, popularity, gains, new Set(counted)).columns[2],
    ];
    // a: 1.5 less 1 for q1, less .5 for q2; d: 1 less 1 for q2
    expect(columnOf(['q1', 'q2'])).toEqual([0.5, 0, 0, 1, 0]);
    expect(columnOf([])).toEqual([1.5, 0, 0, 1.5, 1]);
  });

  it('never speaks against a document', () => {
    const { features } = withPopularity(rows, new Map(), gains, new Set());
    expect(features.at(-1)).toEqual({ name: 'popularity', kind: 'number', monotone: 1 });
  });
});

describe('the cut', () => {
  /** One query of four judged candidates and one that nobody judged: good, good, bad, -, bad by score. */
  const one: LoggedRows = {
    ...rows,
    judged: Float64Array.from([2, 2, 0, Number.NaN, 0]),
    groups: Uint32Array.from([0, 5]),
    queries: ['q'],
    ideal: Float64Array.from([3]),
  };
  const scores = Float64Array.from([5, 4, 3, 2, 1]);

  it('measures what is shown of judged documents', () => {
    expect(measureCut(one, scores, 1, Number.NEGATIVE_INFINITY)).toEqual({ precision: 0.5, recall: 1, empty: 0 });
    expect(measureCut(one, scores, 1, 4)).toEqual({ precision: 1, recall: 1, empty: 0 });
    expect(measureCut(one, scores, 1, 5)).toEqual({ precision: 1, recall: 0.5, empty: 0 });
    expect(measureCut(one, scores, 1, 6)).toEqual({ precision: 0, recall: 0, empty: 1 });
  });

  it('is the highest score that costs no recall to speak of, with the chance of each score', () => {
    expect(calibrate(one, scores, 1)).toEqual({ scores: [1, 4], chances: [0, 1], cut: 4, relevanceLevel: 1 });
    const nobody = { ...one, judged: new Float64Array(5).fill(Number.NaN) };
    expect(calibrate(nobody, scores, 1)).toBeUndefined();
  });
});
