import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { writeLines } from '../../serving/bulk.js';
import { readLines } from '../../serving/lines.js';
import { errorTable } from '../../src/errors/table.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import type { ChangeResult, ChangeWriter } from '../../src/search/backend.js';
import type { DocumentChange } from '../../src/search/patch-documents.js';

describe('writeLines', () => {
  const limits = { line: 100, bytes: 10_000, lines: 1000 };
  const collect = async (
    lines: readonly string[],
    changes: Partial<typeof limits>,
    write: () => Promise<ChangeResult> = async () => 1,
  ) => {
    const batches: (readonly DocumentChange[])[] = [];
    const writer: Pick<ChangeWriter, 'writeEach'> = {
      writeEach: async batch => {
        batches.push(batch);
        const sequence = await write();
        return batch.map(() => sequence);
      },
    };
    const results: unknown[] = [];
    const chunks = Readable.from(lines.map(line => Buffer.from(`${line}\n`)));
    for await (const result of writeLines(chunks, writer, { ...limits, ...changes })) results.push(result);
    return { results, batches };
  };
  const deletes = (n: number) => Array.from({ length: n }, (_, i) => `{"delete":"d${i}"}`);

  it('holds at most one batch', async () => {
    const { batches } = await collect(deletes(150), {});
    expect(batches.map(({ length }) => length)).toEqual([64, 64, 22]);
  });

  it('writes what came before a limit, and says that it did not go on', async () => {
    const few = await collect(deletes(5), { lines: 3 });
    expect(few.batches.flat()).toHaveLength(3);
    expect(few.results.slice(-2)).toEqual([
      {
        line: 4,
        code: 'request/too-large',
        message: 'a request has at most 3 lines',
        remedy: errorTable['request/too-large'].remedy,
      },
      { done: false, written: 3, failed: 0 },
    ]);
    const small = await collect(deletes(5), { bytes: 40 }); // two lines of 16 bytes with their ends fit, not three
    expect(small.batches.flat()).toHaveLength(2);
    expect(small.results.at(-1)).toEqual({ done: false, written: 2, failed: 0 });
  });

  it('tells what is acknowledged by whatever sign the index gives of it', async () => {
    const { results } = await collect(deletes(1), {}, async () => '3.17');
    expect(results).toEqual([
      { line: 1, id: 'd0', sequence: '3.17' },
      { done: true, written: 1, failed: 0 },
    ]);
    const refused = await collect(deletes(1), {}, async () => new TandemError('server/overloaded', 'busy'));
    expect(refused.results).toMatchObject([
      { line: 1, code: 'server/overloaded' },
      { done: true, written: 0, failed: 1 },
    ]);
  });

  it('tells a failure of a batch on each of its lines, and nothing of what went wrong inside', async () => {
    const { remedy } = errorTable['files/disk-full'];
    const full = await collect(deletes(2), {}, async () => {
      throw new TandemError('files/disk-full', 'no space');
    });
    expect(full.results).toEqual([
      { line: 1, code: 'files/disk-full', message: 'no space', remedy },
      { line: 2, code: 'files/disk-full', message: 'no space', remedy },
      { done: true, written: 0, failed: 2 },
    ]);
    const secret = await collect(deletes(1), {}, async () => {
      throw new TypeError('secret detail');
    });
    expect(JSON.stringify(secret.results)).not.toContain('secret');
  });
});

describe('readLines', () => {
  const cut = async (chunks: readonly string[], longest: number) => {
    const lines: (string | undefined)[] = [];
    for await (const { bytes } of readLines(Readable.from(chunks.map(text => Buffer.from(text))), longest))
      lines.push(bytes?.toString());
    return lines;
  };

  it('cuts the same lines however the chunks fall', async () => {
    const text = 'one\ntwo\n\nlonger than six\nlast';
    const expected = ['one', 'two', '', undefined, 'last'];
    for (let size = 1; size <= text.length; size++) {
      const chunks = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
      expect(await cut(chunks, 6)).toEqual(expected);
    }
    expect(await cut(['a\n'], 6)).toEqual(['a']);
    expect(await cut([], 6)).toEqual([]);
  });
});
