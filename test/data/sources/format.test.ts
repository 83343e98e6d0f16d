import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readTable } from '../../../data/sources/source.js';
import { collect, temporaryFolder } from '../temporary-folder.js';

async function read(name: string, content: string | Uint8Array) {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, content);
  const notes: string[] = [];
  const rows = await collect(readTable(path, { onNote: note => notes.push(note) }));
  return { rows, notes };
}

const rows = [
  { line: 1, row: { id: 'a', title: 'x, "y"' } },
  { line: 2, row: { id: 'b', title: '[z]', n: 2 } },
];
const objects = rows.map(({ row }) => row);
const lines = objects.map(row => `${JSON.stringify(row)}\n`).join('');
const csv = 'id;title;n\na;"x, ""y""";\nb;[z];2\n';
const csvRows = rows.map(({ line, row }) => ({ line: line + 1, row }));

describe('the format of a table', () => {
  it.each([
    ['a.jsonl', lines],
    ['a.ndjson', lines],
    ['a.json', lines],
    ['a.json', JSON.stringify(objects)],
    ['a.json', JSON.stringify(objects, null, 2)],
    ['a.json', objects.map(row => JSON.stringify(row, null, 2)).join('\n')],
    ['a.json', `{"id":"a",\n"title":"x, \\"y\\""}\n${JSON.stringify(objects[1])}`],
    ['a.jsonl', JSON.stringify(objects)],
    ['a.JSON', `\ufeff  ${JSON.stringify(objects)}\n`],
  ])('of %s is told by its name and its content', async (name, content) => {
    expect(await read(name, content)).toEqual({ rows, notes: [] });
    expect(await read(`${name}.gz`, gzipSync(content))).toEqual({ rows, notes: [] });
  });

  it.each([
    ['a.csv', csv],
    ['a.tsv', csv.replaceAll(';', '\t')],
  ])('of %s may be gzipped, whatever the name says', async (name, content) => {
    const notes = ['columns read as numbers: n'];
    expect(await read(name, content)).toEqual({ rows: csvRows, notes });
    expect(await read(`${name}.gz`, gzipSync(content))).toEqual({ rows: csvRows, notes });
    expect(await read(name, gzipSync(content))).toEqual({ rows: csvRows, notes });
  });

  it.each([
    ['a.csv', lines, 'JSON Lines'],
    ['a.parquet', lines, 'JSON Lines'],
    ['feed', JSON.stringify(objects), 'JSON array'],
    ['a.csv', JSON.stringify(objects), 'JSON array'],
  ])('of %s is told by its content where the name says nothing or lies', async (name, content, format) => {
    expect(await read(name, content)).toEqual({ rows, notes: [`read as ${format}, by its content`] });
  });

  it.each(['a.txt', 'a.json', 'a.jsonl', 'export'])('of %s may be CSV', async name => {
    const read_ = await read(name, csv);
    expect(read_.rows).toEqual(csvRows);
    expect(read_.notes).toEqual(['read as CSV, by its content', 'columns read as numbers: n']);
  });

  it.each(['utf16le', 'utf16be'])('does not change with %s', async encoding => {
    for (const [name, content, wanted] of [
      ['a.csv', csv, csvRows],
      ['a.jsonl', lines, rows],
      ['a.json', JSON.stringify(objects), rows],
    ] as const) {
      for (const mark of ['\ufeff', '']) {
        const bytes = Buffer.from(mark + content, 'utf16le');
        expect((await read(name, encoding === 'utf16be' ? bytes.swap16() : bytes)).rows).toEqual(wanted);
      }
    }
  });

  it.each([
    ['a.xls', Buffer.from('d0cf11e0a1b11ae1', 'hex'), /Microsoft Office/],
    ['a.jsonl.zst', Buffer.from('28b52ffd0458', 'hex'), /zstd -d/],
    ['a.xml', '<?xml version="1.0"?>\n<a/>', /XML or HTML/],
    ['a.csv', '<!DOCTYPE html><html>', /XML or HTML/],
    ['a.bin', Buffer.from([1, 2, 0, 3]), /no text/],
    ['a.txt', 'one column\n', /neither its name nor its content/],
    ['a.json', JSON.stringify({ products: objects }), /rows under "products".*jq -c '\.\["products"\]\[\]'/],
    ['a.json', JSON.stringify({ products: objects }, null, 2), /rows under "products"/],
    ['a.parquet.gz', gzipSync('PAR1xxxx'), /gunzip/],
  ])('of %s is refused by what it is', async (name, content, message) => {
    await expect(read(name, content)).rejects.toMatchObject({
      code: 'data/unknown-format',
      message: expect.stringMatching(message),
    });
  });

  it.each([
    ['a.json', '[]'],
    ['a.json', ' [ ]\n'],
    ['a.json', ''],
    ['a.parquet', ''],
    ['a', ' \n'],
  ])('of %s without rows leaves it empty', async (name, content) => {
    await expect(read(name, content)).rejects.toMatchObject({ code: 'data/empty' });
  });
});

describe('text that is not UTF-8', () => {
  it.each([
    ['a.csv', 'id,title\n1,a\n2,Gr\xfcn\n', 3, 18],
    ['a.jsonl', '{"id":1}\n{"title":"\xe9a"}\n', 2, 20],
  ])('is refused in %s with its line, its byte, and what to do', async (name, content, line, byte) => {
    await expect(read(name, Buffer.from(content, 'latin1'))).rejects.toMatchObject({
      code: 'data/bad-encoding',
      message: expect.stringMatching(`line ${line}: byte ${byte} of the file is not UTF-8; .*iconv -f WINDOWS-1252`),
      details: { line, byte },
    });
  });

  const hasIconv = spawnSync('iconv', ['--version']).status === 0;

  it.skipIf(!hasIconv).each([
    ['of Windows', 'id,title\n1,Gr\xfcn \x93a\x94\n', false, 'Grün “a”'],
    ['of Latin 1, with bytes that Windows-1252 does not know', 'id,title\n1,Gr\xfcn\x81\n', false, 'Grün\u0081'],
    ['gzipped', 'id,title\n1,Gr\xfcn\n', true, 'Grün'],
  ])('becomes a table by the command that is shown: %s', async (_, content, packed, title) => {
    const path = join(await temporaryFolder(), "it's a table.csv");
    const bytes = Buffer.from(content, 'latin1');
    await writeFile(path, packed ? gzipSync(bytes) : bytes);
    const error: unknown = await collect(readTable(path)).catch(thrown => thrown);
    const [, command] = /Western Europe: (.*)$/.exec((error as Error).message) ?? [];
    expect(spawnSync('bash', ['-c', command]).status).toBe(0);
    expect((await collect(readTable(`${path}.utf8`)))[0].row.title).toBe(title);
  });

  it('is found behind pieces that end within a character', async () => {
    const content = Buffer.concat([Buffer.from(`t\n${'aé😀\n'.repeat(60_000)}`), Buffer.from([0xff, 0x0a])]);
    await expect(read('a.csv', content)).rejects.toMatchObject({ details: { line: 60_002, byte: 2 + 60_000 * 8 + 1 } });
  });

  it('is told where the file ends within a character', async () => {
    await expect(read('a.csv', Buffer.from([0x61, 0x0a, 0x62, 0xc3]))).rejects.toMatchObject({
      code: 'data/bad-encoding',
      message: expect.stringMatching(/ends within a character of UTF-8$/),
    });
  });
});
