import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { prepare } from '../../data/prepare.js';
import { readPrepared } from '../../data/prepared.js';
import { temporaryFolder } from './temporary-folder.js';

describe('readPrepared', () => {
  let out = '';

  beforeEach(async () => {
    const folder = await temporaryFolder();
    out = join(folder, 'out');
    await writeFile(join(folder, 'd.jsonl'), '{"id":"a","title":"t"}\n');
    await writeFile(join(folder, 'p.jsonl'), '{"query":"q","documentId":"a"}\n');
    const shares = { train: 1, validation: 0, test: 0 };
    await prepare({ documents: join(folder, 'd.jsonl'), pairs: join(folder, 'p.jsonl'), out, shares, seed: 1 });
  });

  const change = async (edit: (manifest: Record<string, unknown>) => void): Promise<void> => {
    const path = join(out, 'manifest.json');
    const manifest = JSON.parse(await readFile(path, 'utf8'));
    edit(manifest);
    await writeFile(path, JSON.stringify(manifest));
  };

  it('names the files that were read, with their content', async () => {
    const { manifest } = await readPrepared(out);
    expect(manifest.sources.map(({ name, bytes }) => [name, bytes])).toEqual([
      ['d.jsonl', 23],
      ['p.jsonl', 31],
    ]);
  });

  it('refuses a folder without a manifest', async () => {
    await rm(join(out, 'manifest.json'));
    await expect(readPrepared(out)).rejects.toMatchObject({ code: 'data/not-prepared' });
    await expect(readPrepared(join(out, 'none'))).rejects.toMatchObject({ code: 'data/not-prepared' });
  });

  it('refuses a file that was altered or is missing', async () => {
    await appendFile(join(out, 'documents.jsonl'), '{"id":"b","title":"t"}\n');
    await expect(readPrepared(out)).rejects.toMatchObject({
      code: 'files/damaged',
      message: expect.stringContaining('documents.jsonl'),
    });
    await rm(join(out, 'documents.jsonl'));
    await expect(readPrepared(out)).rejects.toMatchObject({ code: 'data/not-found' });
  });

  it('refuses another version, and a manifest that is cut short or is something else', async () => {
    await change(manifest => {
      manifest.version = 2;
    });
    await expect(readPrepared(out)).rejects.toMatchObject({
      code: 'data/unsupported-version',
      message: expect.stringContaining('version 2'),
    });
    await writeFile(join(out, 'manifest.json'), '{"format":"tandem-data","ver');
    await expect(readPrepared(out)).rejects.toMatchObject({ code: 'files/damaged' });
    await writeFile(join(out, 'manifest.json'), '{"format":"another"}');
    await expect(readPrepared(out)).rejects.toMatchObject({ code: 'files/damaged' });
  });
});
