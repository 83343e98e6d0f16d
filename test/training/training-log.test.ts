import { existsSync } from 'node:fs';
import { appendFile, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openTrainingLog } from '../../training/training-log.js';
import { temporaryFolder } from '../data/temporary-folder.js';

const row = (step: number) => ({ step, stage: 'ä', loss: step / 3, examplesPerSecond: 10 });
const linesOf = async (path: string) => (await readFile(path, 'utf8')).split('\n').filter(line => line !== '');

describe('openTrainingLog', () => {
  it('writes a line for each row and counts bytes, not characters', async () => {
    const path = join(await temporaryFolder(), 'log.jsonl');
    const log = await openTrainingLog(path, 0);
    await log.add(row(1));
    await log.add(row(2));
    await log.close();
    expect(log.rows).toEqual([row(1), row(2)]);
    expect((await linesOf(path)).map(line => JSON.parse(line))).toEqual([row(1), row(2)]);
    expect(log.bytes()).toBe((await readFile(path)).length);
  });

  it('goes on where the checkpoint stood: what came later is cut off, a half-written line too', async () => {
    const path = join(await temporaryFolder(), 'log.jsonl');
    const first = await openTrainingLog(path, 0);
    await first.add(row(1));
    const kept = first.bytes();
    await first.add(row(2));
    await first.close();
    await appendFile(path, '{"step":3,"sta');
    const second = await openTrainingLog(path, kept);
    expect(second.rows).toEqual([row(1)]);
    await second.add(row(5));
    await second.close();
    expect((await linesOf(path)).map(line => JSON.parse(line))).toEqual([row(1), row(5)]);
  });

  it('starts afresh over an older log', async () => {
    const path = join(await temporaryFolder(), 'log.jsonl');
    await writeFile(path, 'of another run\n');
    const log = await openTrainingLog(path, 0);
    await log.close();
    expect(log.rows).toEqual([]);
    expect(await linesOf(path)).toEqual([]);
  });

  it('refuses a log that is shorter than the checkpoint says, missing, or not what was written', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'log.jsonl');
    await writeFile(path, '{"step":1}\n');
    const damaged = { code: 'training/checkpoint-damaged' };
    await expect(openTrainingLog(path, 12)).rejects.toMatchObject(damaged);
    await expect(openTrainingLog(path, 5)).rejects.toMatchObject(damaged);
    await expect(openTrainingLog(join(folder, 'none'), 5)).rejects.toMatchObject(damaged);
    expect(await linesOf(path)).toEqual(['{"step":1}']);
  });

  it('names the file where it cannot be written', async () => {
    const path = join(await temporaryFolder(), 'no-folder', 'log.jsonl');
    await expect(openTrainingLog(path, 0)).rejects.toMatchObject({ code: 'files/write-failed', details: { path } });
  });

  it.skipIf(!existsSync('/dev/full'))('says when the disk is full, and does not count the row', async () => {
    const path = join(await temporaryFolder(), 'log.jsonl');
    await symlink('/dev/full', path);
    const log = await openTrainingLog(path, 0);
    await expect(log.add(row(1))).rejects.toMatchObject({ code: 'files/disk-full', status: 507 });
    expect(log.rows).toEqual([]);
    expect(log.bytes()).toBe(0);
    await log.close();
  });
});
