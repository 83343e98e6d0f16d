import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeRows } from '../../data/row-files.js';
import { temporaryFolder } from './temporary-folder.js';

describe('writeRows', () => {
  it('writes a line for each row and describes the file', async () => {
    const path = join(await temporaryFolder(), 'a.jsonl');
    const text = '{"id":"é"}\n{"id":"b"}\n';
    const sha256 = createHash('sha256').update(text).digest('hex');
    expect(await writeRows(path, [{ id: 'é' }, { id: 'b' }])).toEqual({ rows: 2, bytes: 23, sha256 });
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  it('writes more than it holds at a time', async () => {
    const path = join(await temporaryFolder(), 'a.jsonl');
    const long = 'x'.repeat(400_000);
    const { bytes } = await writeRows(
      path,
      Array.from({ length: 7 }, (_, i) => ({ i, long })),
    );
    const rows = (await readFile(path, 'utf8')).trimEnd().split('\n');
    expect(rows.map(row => JSON.parse(row).i)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    // {"i":N,"long":"..."} and the line break are 18 characters beside the text
    expect(bytes).toBe(7 * (400_000 + 18));
  });

  it('hands on the error of the rows, and refuses a folder that is not there', async () => {
    const folder = await temporaryFolder();
    async function* failing(): AsyncGenerator<object> {
      yield {};
      throw new Error('source failed');
    }
    await expect(writeRows(join(folder, 'a'), failing())).rejects.toThrow('source failed');
    await expect(writeRows(join(folder, 'none', 'a'), [])).rejects.toMatchObject({ code: 'files/write-failed' });
  });
});
