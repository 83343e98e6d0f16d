import { watch } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { noTexts } from '../../../models/runtime/text-counts.js';
import type { BatchEmbedder } from '../../../serving/jobs/embed-rows.js';
import { documentRows, embedShards, queryRows } from '../../../serving/jobs/embed-shards.js';
import {
  beginShards,
  findShards,
  type JobIdentity,
  placeOfShard,
  removeJobs,
  storageOfJob,
} from '../../../serving/jobs/kept-shards.js';
import { idsOfShard, readShardRows, removeShardRows, writeShardRows } from '../../../serving/jobs/shard-rows.js';
import { inShards, type JobItem, type Shard } from '../../../serving/jobs/shards.js';
import { folderStorage } from '../../../serving/jobs/storage/folder-storage.js';
import { type DocumentRow, documentRowSchema, type QueryRow } from '../../../src/config/rows.js';
import { temporaryFolder } from '../../data/temporary-folder.js';

const asked = (id: number, text = `hose ${id}`): JobItem<QueryRow> => ({ row: { id: `q${id}`, text } });
const dead = (line: number): JobItem<QueryRow> => ({ dead: { path: 'd', line, reason: 'title is missing' } });

async function* given<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** Embeds a text as its length and its first character, and remembers what was asked for. */
function countingEmbedder(workers = 1) {
  const batches: string[][] = [];
  const embedder: BatchEmbedder = {
    workers,
    embed: async ({ rows }) => {
      const texts = rows.map(row => String('text' in row ? row.text : row.title));
      batches.push(texts);
      const embeddings = Float32Array.from(texts.flatMap(text => [text.length, text.charCodeAt(0) || 0]));
      return { embeddings, texts: { ...noTexts, texts: rows.length } };
    },
    close: async () => undefined,
  };
  return { embedder, batches };
}

describe('shards', () => {
  it('hold all that is read, in its order, dead letters too', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { maxLength: 40 }),
        fc.integer({ min: 1, max: 7 }),
        async (good, most) => {
          const items = good.map((is, i) => (is ? asked(i) : dead(i)));
          const shards = await all(inShards(given(items), most));
          expect(shards.map(({ number }) => number)).toEqual(shards.map((_, i) => i));
          const sizes = shards.map(({ rows, deadLetters }) => rows.length + deadLetters.length);
          expect(sizes.slice(0, -1).every(size => size === most)).toBe(true);
          expect(shards.flatMap(({ rows }) => rows.map(row => ({ row })))).toEqual(items.filter(item => 'row' in item));
          expect(shards.flatMap(({ deadLetters }) => deadLetters.map(each => ({ dead: each })))).toEqual(
            items.filter(item => 'dead' in item),
          );
        },
      ),
    );
  });

  it('are small where rows are large', async () => {
    const large = 'x'.repeat(6 * 2 ** 20);
    const shards = await all(inShards(given([asked(1, large), asked(2, large), asked(3, large), asked(4)])));
    expect(shards.map(({ rows }) => rows.length)).toEqual([3, 1]);
  });

  it('go to the model by length, equal texts beside each other, and come back in their order', async () => {
    const folder = await beginShards(folderStorage(join(await temporaryFolder(), 's')), '.jsonl', {}, 6);
    const texts = ['bbb', 'a', 'ccc', 'bbb', 'dddd', 'bbb'];
    const { embedder, batches } = countingEmbedder();
    let rows = 0;
    const shard: Shard<QueryRow> = { number: 0, rows: texts.map((text, i) => ({ id: `${i}`, text })), deadLetters: [] };
    const onRows = (more: number): void => {
      rows += more;
    };
    const options = { kind: queryRows, width: 2, batch: 2, onRows };
    await embedShards(given([shard]), embedder, folder, options);
    expect(batches).toEqual([
      ['a', 'bbb'],
      ['bbb', 'bbb'],
      ['ccc', 'dddd'],
    ]);
    expect(rows).toBe(6);
    const { embeddings } = await folder.join(folder.storage.address);
    const lines = (await readFile(embeddings, 'utf8'))
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(lines.map(({ embedding: [length, first] }) => String.fromCharCode(first).repeat(length))).toEqual(texts);
    expect(folder.done.get(0)).toEqual({ rows: 6, nothingToEmbed: 0, deadLetters: 0, texts: { ...noTexts, texts: 6 } });
  });

  it('of documents are told apart by title and description', () => {
    expect(documentRows.text({ id: 'a', title: 'hose', description: 'red' })).toBe('hose red');
  });
});

describe('a folder of shards', () => {
  const identity = { kind: 'queries', inputs: [{ path: '/d', bytes: 3 }], pictures: undefined };
  const items = Array.from({ length: 10 }, (_, i) => (i % 4 === 3 ? dead(i) : asked(i)));
  const options = { kind: queryRows, width: 2, batch: 2, onRows: () => undefined };
  const embedAll = async (path: string, ending: string, embedder: BatchEmbedder) => {
    const folder =
      (await findShards(folderStorage(path), ending, identity)) ??
      (await beginShards(folderStorage(path), ending, identity, 8));
    await embedShards(inShards(given(items), 3), embedder, folder, options);
    return folder;
  };

  it.each(['.jsonl', '.parquet'])(
    'is gone on with, whatever of it is there, and gives the same bytes (%s)',
    async ending => {
      const root = await temporaryFolder();
      const whole = await embedAll(join(root, 'whole'), ending, countingEmbedder().embedder);
      const expected = await whole.join(whole.storage.address);
      const bytes = [await readFile(expected.embeddings), await readFile(expected.deadLetters!)];
      const kept = (await readdir(join(root, 'whole'))).filter(name => /^\d/.test(name));
      await fc.assert(
        fc.asyncProperty(fc.subarray(kept), fc.integer({ min: 0, max: 1 }), async (missing, torn) => {
          const path = join(root, 'part');
          await rm(path, { recursive: true, force: true });
          await embedAll(path, ending, countingEmbedder().embedder);
          // a record comes behind the files of its shard
          const lost = new Set(missing.map(name => name.slice(0, 8)));
          for (const number of lost) await rm(join(path, `${number}.json`));
          for (const name of missing) await rm(join(path, name), { force: true });
          if (torn === 1 && lost.size > 0) await writeFile(join(path, `${[...lost][0]}.json`), '{"rows":3,');
          await writeFile(join(path, '00000000.jsonl.17.0123abcd.tmp'), 'torn');
          const { embedder, batches } = countingEmbedder(2);
          const folder = await embedAll(path, ending, embedder);
          const again = await folder.join(folder.storage.address);
          expect([await readFile(again.embeddings), await readFile(again.deadLetters!)]).toEqual(bytes);
          const made = [...lost].map(number => whole.done.get(Number(number))?.rows ?? 0);
          expect(batches.flat()).toHaveLength(made.reduce((a, b) => a + b, 0));
          expect((await readdir(path)).filter(name => name.endsWith('.tmp'))).toEqual([]);
        }),
        { numRuns: ending === '.jsonl' ? 20 : 4 },
      );
    },
  );

  it('of another job is begun anew, and what is no job is left alone', async () => {
    const path = join(await temporaryFolder(), 's');
    await embedAll(path, '.jsonl', countingEmbedder().embedder);
    expect((await findShards(folderStorage(path), '.jsonl', identity))?.done.size).toBe(4);
    expect(await findShards(folderStorage(path), '.jsonl', { ...identity, kind: 'documents' })).toBeUndefined();
    await expect(readdir(path)).rejects.toMatchObject({ code: 'ENOENT' });

    await mkdir(path);
    expect(await findShards(folderStorage(path), '.jsonl', identity)).toBeUndefined();
    await writeFile(join(path, 'job.json.17.0123abcd.tmp'), '{');
    expect(await findShards(folderStorage(path), '.jsonl', identity)).toBeUndefined();
    await mkdir(path);
    await writeFile(join(path, 'mine.txt'), 'mine');
    await expect(findShards(folderStorage(path), '.jsonl', identity)).rejects.toMatchObject({ code: 'files/not-ours' });
    expect(await readFile(join(path, 'mine.txt'), 'utf8')).toBe('mine');
  });

  it.each(['.jsonl', '.parquet'])(
    'whose removal was interrupted is begun anew, whatever is left of it (%s)',
    async ending => {
      const place = join(await temporaryFolder(), 's');
      const job = await jobFolder(place, identity);
      const make = async () => {
        const shards = await embedAll(job, ending, countingEmbedder().embedder);
        await writeShardRows(folderStorage(job), { number: 0, rows: [], deadLetters: [] });
        return shards.join(job);
      };
      await make();
      const names = (await readdir(job)).filter(name => name !== 'job.json');
      expect(names.length).toBeGreaterThan(4);
      await fc.assert(
        fc.asyncProperty(fc.subarray(names), async left => {
          await removeJobs(folderStorage(place));
          await make();
          // what says of what they are goes first
          for (const name of await readdir(job)) if (!left.includes(name)) await rm(join(job, name));
          expect(await findShards(folderStorage(await jobFolder(place, identity)), ending, identity)).toBeUndefined();
          expect((await readFile((await make()).embeddings)).length).toBeGreaterThan(0);
        }),
        { numRuns: ending === '.jsonl' ? 20 : 4 },
      );
    },
  );

  it('loses first what says of what it is where it is taken away', async () => {
    const place = join(await temporaryFolder(), 's');
    const job = await jobFolder(place, identity);
    await embedAll(job, '.jsonl', countingEmbedder().embedder);
    const gone: string[] = [];
    const watcher = watch(job, (_event, name) => {
      if (name !== null) gone.push(name);
    });
    await removeJobs(folderStorage(place));
    await vi.waitFor(() => expect(gone).toContain('00000000.jsonl'));
    watcher.close();
    expect(gone[0]).toBe('job.json');
  });

  it.each(['00000000.jsonl', '00000000.dead.jsonl'])(
    'has no record of a shard whose %s was not written',
    async name => {
      const path = join(await temporaryFolder(), 's');
      const folder = await beginShards(folderStorage(path), '.jsonl', identity, 8);
      // no file comes to stand where a folder with something in it stands
      await mkdir(join(path, name, 'in the way'), { recursive: true });
      const kept = folder.keep(
        0,
        { ids: ['q0'], embeddings: Float32Array.of(1, 0) },
        [{ path: 'd', line: 2, reason: 'title is missing' }],
        { rows: 1, nothingToEmbed: 0, deadLetters: 1, texts: noTexts },
      );
      await expect(kept).rejects.toThrow();
      expect(folder.done.size).toBe(0);
      expect((await findShards(folderStorage(path), '.jsonl', identity))?.done.size).toBe(0);
    },
  );

  it('keeps what was done when a batch fails', async () => {
    const path = join(await temporaryFolder(), 's');
    const { embedder } = countingEmbedder();
    // two of the first shard, one of the second
    let batches = 0;
    const failing: BatchEmbedder = {
      ...embedder,
      embed: batch => (++batches > 3 ? Promise.reject(new Error('no more')) : embedder.embed(batch)),
    };
    await expect(embedAll(path, '.jsonl', failing)).rejects.toThrow('no more');
    expect([...((await findShards(folderStorage(path), '.jsonl', identity))?.done.keys() ?? [])]).toEqual([0, 1]);
  });
});

const jobFolder = async (place: string, identity: JobIdentity): Promise<string> =>
  (await storageOfJob(folderStorage(place), identity)).address;

describe('the place of shards', () => {
  const counts = { rows: 1, nothingToEmbed: 0, deadLetters: 0, texts: noTexts };
  const one = { ids: ['q0'], embeddings: Float32Array.of(1, 0) };

  it.each(['.jsonl', '.parquet'])('does not come back by who comes late (%s)', async ending => {
    const place = join(await temporaryFolder(), 'o.shards');
    const folder = folderStorage(await jobFolder(place, { model: 1 }));
    await beginShards(folder, ending, { model: 1 }, 1);
    const late = placeOfShard(folder, 0, ending);
    await removeJobs(folderStorage(place));
    await expect(late.keep(0, one, [], counts)).rejects.toMatchObject({ code: 'files/write-failed' });
    await expect(readdir(place)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('has a folder for each job, so that who comes late for one writes into no other', async () => {
    const place = join(await temporaryFolder(), 'o.jsonl.shards');
    const first = await jobFolder(place, { model: 1 });
    expect(await jobFolder(place, { model: 1 })).toBe(first);
    await beginShards(folderStorage(first), '.jsonl', { model: 1 }, 1);
    const late = placeOfShard(folderStorage(first), 0, '.jsonl');
    expect(await late.isWanted()).toBe(true);
    expect(await late.record()).toBeUndefined();

    const second = await jobFolder(place, { model: 2 });
    expect(second).not.toBe(first);
    await beginShards(folderStorage(second), '.jsonl', { model: 2 }, 1);
    expect(await readdir(place)).toEqual([basename(second)]);
    await expect(late.keep(0, one, [], counts)).rejects.toMatchObject({ code: 'files/write-failed' });
    expect([await late.isWanted(), await late.record()]).toEqual([false, undefined]);
    expect(await readdir(place)).toEqual([basename(second)]);
    expect(await readdir(second)).toEqual(['job.json']);
  });

  it('is told apart from other folders; what earlier versions left there goes', async () => {
    const root = await temporaryFolder();
    const mine = join(root, 'mine');
    await mkdir(mine);
    await writeFile(join(mine, 'notes.txt'), 'mine');
    await expect(jobFolder(mine, {})).rejects.toMatchObject({ code: 'files/not-ours' });
    expect(await readdir(mine)).toEqual(['notes.txt']);
    const earlier = join(root, 'earlier');
    await beginShards(folderStorage(earlier), '.jsonl', {}, 1);
    await jobFolder(earlier, {});
    expect(await readdir(earlier)).toEqual([]);
  });

  it('is begun anew where a job was being taken away when that was ended', async () => {
    const path = join(await temporaryFolder(), 's');
    await beginShards(folderStorage(path), '.jsonl', {}, 2);
    await placeOfShard(folderStorage(path), 1, '.jsonl').keep(1, one, [], counts);
    await rm(join(path, 'job.json'));
    expect(await findShards(folderStorage(path), '.jsonl', {})).toBeUndefined();
    await expect(readdir(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('shows what others have kept, and takes no file away that they are writing', async () => {
    const path = join(await temporaryFolder(), 's');
    const folder = await beginShards(folderStorage(path), '.jsonl', {}, 2);
    await placeOfShard(folderStorage(path), 1, '.jsonl').keep(1, one, [], counts);
    expect(folder.done.size).toBe(0);
    await folder.look();
    expect([...folder.done]).toEqual([[1, counts]]);
    expect(folder.sum()).toEqual(counts);
    const writing = '00000000.jsonl.17.0123abcd.tmp';
    await writeFile(join(path, writing), 'half');
    await findShards(folderStorage(path), '.jsonl', {}, true);
    expect(await readdir(path)).toContain(writing);
    await findShards(folderStorage(path), '.jsonl', {});
    expect(await readdir(path)).not.toContain(writing);
  });
});

describe('the rows of a shard', () => {
  it('come back as they were written down', async () => {
    const folder = await temporaryFolder();
    const row = fc.record({ id: fc.string({ minLength: 1, maxLength: 9 }), title: fc.string() });
    await fc.assert(
      fc.asyncProperty(fc.array(row), fc.array(fc.integer({ min: 1 })), async (rows, lines) => {
        const deadLetters = lines.map(line => ({ path: 'd', line, reason: 'title is missing', row: { price: line } }));
        await writeShardRows(folderStorage(folder), { number: 7, rows, deadLetters });
        expect(await readShardRows(folderStorage(folder), 7, z.custom<DocumentRow>())).toEqual({
          number: 7,
          rows,
          deadLetters,
        });
      }),
      { numRuns: 30 },
    );
    expect(await idsOfShard(folderStorage(folder), 8)).toEqual([]);
    await removeShardRows(folderStorage(folder), 7);
    expect(await readShardRows(folderStorage(folder), 7, documentRowSchema)).toBeUndefined();
  });

  it('are not taken when they were altered', async () => {
    const folder = await temporaryFolder();
    await writeShardRows(folderStorage(folder), { number: 0, rows: [{ id: 'a', title: 'hose' }], deadLetters: [] });
    expect(await idsOfShard(folderStorage(folder), 0)).toEqual(['a']);
    const path = join(folder, '00000000.rows.json');
    await writeFile(path, (await readFile(path, 'utf8')).replace('hose', 'nose'));
    expect(await readShardRows(folderStorage(folder), 0, documentRowSchema)).toBe('altered');
    expect(await idsOfShard(folderStorage(folder), 0)).toEqual([]);
  });
});
