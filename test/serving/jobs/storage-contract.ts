import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { noTexts } from '../../../models/runtime/text-counts.js';
import { beginShards, findShards, placeOfShard, storageOfJob } from '../../../serving/jobs/kept-shards.js';
import { readShardRows, removeShardRows, writeShardRows } from '../../../serving/jobs/shard-rows.js';
import type { JobStorage } from '../../../serving/jobs/storage/job-storage.js';
import { documentRowSchema } from '../../../src/config/rows.js';
import { temporaryFolder } from '../../data/temporary-folder.js';

const counts = { rows: 1, nothingToEmbed: 0, deadLetters: 1, texts: noTexts };
const one = { ids: ['d0'], embeddings: Float32Array.of(1, 0) };
const dead = [{ path: 'd', line: 2, reason: 'title is missing' }];

/** What every storage of jobs does. @param open  one that is empty */
export function storageContract(name: string, open: () => Promise<JobStorage>): void {
  describe(`a storage of jobs: ${name}`, () => {
    it('gives back what it was given, under names that it tells', async () => {
      const storage = (await open()).inside('a');
      expect([await storage.names(), await storage.has('x'), await storage.read('x')]).toEqual([[], false, undefined]);
      await storage.begin();
      await storage.write('x', 'one');
      await storage.write('x', 'two \u00fc');
      await storage.write('xy', '');
      expect([await storage.read('x'), await storage.read('xy'), await storage.read('xyz')]).toEqual([
        'two \u00fc',
        '',
        undefined,
      ]);
      expect([await storage.has('x'), await storage.has('xyz')]).toEqual([true, false]);
      expect([...(await storage.names())].sort()).toEqual(['x', 'xy']);
      await storage.remove(['x', 'none']);
      expect(await storage.names()).toEqual(['xy']);
      await storage.remove();
      expect(await storage.names()).toEqual([]);
    });

    it('keeps files and lends them, whatever their size', async () => {
      const storage = (await open()).inside('a');
      await storage.begin();
      const large = randomBytes(20 * 2 ** 20 + 1);
      await storage.keep('00000000.parquet', path => writeFile(path, large));
      await storage.keep('00000001.parquet', path => writeFile(path, 'small'));
      const folder = await temporaryFolder();
      await storage.lend(['00000001.parquet', '00000000.parquet'], folder, async ([small, whole]) => {
        expect(await readFile(small, 'utf8')).toBe('small');
        expect((await readFile(whole)).equals(large)).toBe(true);
      });
      const failing = storage.keep('00000002.parquet', () => Promise.reject(new Error('no more')));
      await expect(failing).rejects.toThrow('no more');
      expect(await storage.has('00000002.parquet')).toBe(false);
    });

    it('holds jobs beside each other, and another one in the place of an earlier', async () => {
      const place = (await open()).inside('o.jsonl.shards');
      const first = await storageOfJob(place, { model: 1 });
      const shards = await beginShards(first, '.jsonl', { model: 1 }, 2);
      await writeShardRows(first, { number: 0, rows: [{ id: 'd0', title: 'hose' }], deadLetters: [] });
      expect(await readShardRows(first, 0, documentRowSchema)).toMatchObject({ rows: [{ title: 'hose' }] });
      await removeShardRows(first, 0);
      expect(await readShardRows(first, 0, documentRowSchema)).toBeUndefined();

      const other = placeOfShard(first, 1, '.jsonl');
      expect([await other.isWanted(), await other.record()]).toEqual([true, undefined]);
      await other.keep(1, one, dead, counts);
      expect(await other.record()).toEqual(counts);
      await shards.look();
      expect([...shards.done]).toEqual([[1, counts]]);
      await shards.keep(0, one, [], { ...counts, deadLetters: 0 });
      const found = await findShards(await storageOfJob(place, { model: 1 }), '.jsonl', { model: 1 }, true);
      expect([found?.rows, found?.sum().rows]).toEqual([2, 2]);
      const joined = await found!.join(await temporaryFolder());
      const line = '{"id":"d0","embedding":[1,0]}\n';
      expect(await readFile(joined.embeddings, 'utf8')).toBe(line + line);
      expect(await readFile(joined.deadLetters!, 'utf8')).toBe(`${JSON.stringify(dead[0])}\n`);

      const second = await storageOfJob(place, { model: 2 });
      expect(second.address).not.toBe(first.address);
      expect([await first.names(), await place.names()]).toEqual([[], []]);
      expect([await other.isWanted(), await other.record()]).toEqual([false, undefined]);
    });

    it('takes nothing away that is no job', async () => {
      const place = (await open()).inside('mine');
      await place.begin();
      await place.write('notes.txt', 'mine');
      await expect(storageOfJob(place, {})).rejects.toMatchObject({ code: 'files/not-ours' });
      await expect(findShards(place, '.jsonl', {})).rejects.toMatchObject({ code: 'files/not-ours' });
      expect(await place.read('notes.txt')).toBe('mine');
    });
  });
}
