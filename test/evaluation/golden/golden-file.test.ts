import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goldenText, readGolden } from '../../../src/evaluation/golden/golden-file.js';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-golden-file-'));
  path = join(folder, 'golden.jsonl');
});
afterAll(() => rm(folder, { recursive: true }));

describe('golden.jsonl', () => {
  it('is read as it was written, and with lines that people have put in', async () => {
    const queries = [
      { id: 'a', text: 'red hose', country: 'us', count: 3, stratum: 'head', results: [{ id: 'd1', score: 0.5 }] },
      { id: 'b', text: 'saw' },
    ];
    await writeFile(path, `${goldenText(queries)}\n{"text": "lamp", "id": "c"}\n`);
    expect(await readGolden(path)).toEqual([...queries, { id: 'c', text: 'lamp' }]);
  });

  it.each([
    ['', 'data/empty', 'no queries'],
    ['{"id":"a","text":"x"}\n{"id":\n', 'data/malformed-row', 'line 2: not JSON'],
    ['{"id":"a"}\n', 'data/malformed-row', 'line 1: text'],
    ['{"id":"a","text":"x","result":[]}\n', 'data/malformed-row', 'line 1'],
    ['{"id":"a","text":"x","results":[{"id":"d","score":1},{"id":"d","score":1}]}\n', 'data/malformed-row', 'twice'],
    ['{"id":"a","text":"x"}\n{"id":"a","text":"y"}\n', 'data/duplicate-id', 'line 2'],
  ])('refuses %j with %s', async (text, code, message) => {
    await writeFile(path, text);
    await expect(readGolden(path)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it('says where there is none', async () => {
    await expect(readGolden(join(folder, 'none'))).rejects.toMatchObject({ code: 'data/not-found' });
  });
});
