import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLines } from '../../../data/sources/lines.js';
import { collect, temporaryFolder } from '../temporary-folder.js';

async function linesOf(content: string | Uint8Array, name = 'file.txt'): Promise<string[]> {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, content);
  return (await collect(readLines(path))).map(({ text }) => text);
}

describe('readLines', () => {
  it('counts lines from 1 and needs no line break at the end', async () => {
    const path = join(await temporaryFolder(), 'a.txt');
    await writeFile(path, 'one\n\nthree');
    expect(await collect(readLines(path))).toEqual([
      { line: 1, text: 'one' },
      { line: 2, text: '' },
      { line: 3, text: 'three' },
    ]);
  });

  it('drops a byte order mark at the start only, and carriage returns at line ends only', async () => {
    expect(await linesOf('\ufeffa\r\n\ufeffb\rc\r\n')).toEqual(['a', '\ufeffb\rc']);
  });

  it('reads gzip', async () => {
    expect(await linesOf(gzipSync('a\nb\n'), 'a.gz')).toEqual(['a', 'b']);
  });

  it('joins lines that cross the chunks of the reader', async () => {
    const long = 'é'.repeat(300_000);
    expect(await linesOf(`${long}\nshort\n${long}x`)).toEqual([long, 'short', `${long}x`]);
  });

  it('equals splitting the whole text', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.string({ unit: 'grapheme' }).map(text => text.replace(/[\r\n\ufeff]/g, '')),
          { minLength: 1 },
        ),
        async lines => {
          expect(await linesOf(lines.map(line => `${line}\n`).join(''))).toEqual(lines);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('refuses what is not UTF-8, with its line', async () => {
    const bytes = Buffer.concat([Buffer.from('fine\n'), Buffer.from([0x63, 0xff, 0x0a])]);
    await expect(linesOf(bytes)).rejects.toMatchObject({
      code: 'data/bad-encoding',
      message: expect.stringMatching(/ line 2: byte 7 of the file is not UTF-8; .*iconv -f WINDOWS-1252 -t UTF-8 /),
    });
  });

  it('names a missing file, and a gzip file that is cut short', async () => {
    await expect(collect(readLines(join(await temporaryFolder(), 'none')))).rejects.toMatchObject({
      code: 'data/not-found',
    });
    const whole = gzipSync('abc\n'.repeat(1000));
    await expect(linesOf(whole.subarray(0, whole.length - 9), 'cut.gz')).rejects.toMatchObject({
      code: 'files/damaged',
    });
  });
});
