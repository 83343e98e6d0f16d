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
    ['a.csv', '<!DOCTYPE html><html>', /is an HTML page/],
    ['a.xml', '<html lang="en"><body>', /is an HTML page/],
    ['a.bin', Buffer.from([1, 2, 0, 3]), /no text/],
    ['a.txt', 'one column\n', /neither its name nor its content/],
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

describe('one JSON object', () => {
  const [a, b] = objects;
  it.each([
    ['under a name', { total: 2, products: objects }, '"products"'],
    ['under several', { data: { page: 1, items: objects }, links: [{ next: '/2' }] }, '"data.items"'],
    ['by their ids', { a: { title: a.title }, b: { title: b.title, n: 2 } }, 'its objects'],
  ])('gives the rows that stand in it %s', async (_, content, place) => {
    for (const text of [JSON.stringify(content), JSON.stringify(content, null, 2)])
      expect(await read('a.json', text)).toEqual({ rows, notes: [`the rows are those of ${place}`] });
  });

  it('is a row itself where it is called something, or in a file of lines', async () => {
    const shirt = { id: 's', title: 'shirt', variants: [{ size: 'S' }, { size: 'L' }] };
    for (const text of [JSON.stringify(shirt), JSON.stringify(shirt, null, 2)])
      expect(await read('a.json', text)).toEqual({ rows: [{ line: 1, row: shirt }], notes: [] });
    const wrapped = { products: objects };
    expect((await read('a.jsonl', JSON.stringify(wrapped))).rows).toEqual([{ line: 1, row: wrapped }]);
  });

  it('passes over rows of nulls, and tells a fault once', async () => {
    const [row] = objects;
    const content = JSON.stringify({ rows: [{ title: null }, row] });
    expect((await read('a.json', content)).rows).toEqual([{ line: 2, row }]);
    const faults: unknown[] = [];
    const path = join(await temporaryFolder(), 'a.json');
    await writeFile(path, '{"title": }');
    await collect(readTable(path, { onFault: fault => faults.push(fault) }));
    expect(faults).toMatchObject([{ line: 1, kind: 'json' }]);
  });

  it('without rows gives none, and names the fault of one that is none', async () => {
    await expect(read('a.json', '{"products": []}')).resolves.toMatchObject({ rows: [{ row: { products: [] } }] });
    await expect(read('a.json', '{"products": [{"title": }]}')).rejects.toMatchObject({ code: 'data/malformed-row' });
  });
});

describe('text of an older encoding', () => {
  const hasIconv = spawnSync('iconv', ['--version']).status === 0;
  /** Titles, and what they are encoded in. */
  const titles: readonly (readonly [string, string, string])[] = [
    ['WINDOWS-1252', 'windows-1252', 'Gartenschlauch für Größe 5, Türgriff weiß, Schraubenschlüssel – 5 €'],
    ['WINDOWS-1252', 'windows-1252', 'Schlauch für Größe 1, Schlauch für Größe 2'],
    ['WINDOWS-1252', 'windows-1252', 'Cafetière électrique, crème brûlée, été à la plage, “forêt”'],
    ['WINDOWS-1250', 'windows-1250', 'Černé boty dětské, žlutý kabát, stůl dřevěný'],
    ['ISO-8859-2', 'iso-8859-2', 'Krzesło składane, wąż ogrodowy żółty, łóżko dziecięce'],
    ['WINDOWS-1251', 'windows-1251', 'Шланг садовый, лампа настольная чёрная'],
    ['KOI8-R', 'koi8-r', 'Шланг садовый, лампа настольная, стул складной деревянный'],
    ['WINDOWS-1253', 'windows-1253', 'Λάστιχο κήπου, φωτιστικό γραφείου μαύρο'],
    ['WINDOWS-1254', 'windows-1254', 'Akülü matkap şarjlı, ışıklı ağaç çiçek'],
    ['WINDOWS-1255', 'windows-1255', 'צינור גינה, מנורת שולחן שחורה'],
    ['WINDOWS-1256', 'windows-1256', 'خرطوم حديقة, مصباح مكتب أسود'],
    ['SHIFT_JIS', 'shift_jis', '庭のホース, 机のランプ 黒, 折りたたみ椅子'],
    ['EUC-KR', 'euc-kr', '정원 호스, 책상 램프 검정'],
    ['GB18030', 'gb18030', '花园软管, 台灯 黑色, 折叠椅'],
  ];

  it.skipIf(!hasIconv).each(titles)('%s is read, and told: %s %s', async (encoding, label, text) => {
    const content = `id;title\n${text
      .split(', ')
      .map((title, i) => `${i};${title}\n`)
      .join('')}`;
    const { stdout } = spawnSync('iconv', ['-f', 'UTF-8', '-t', encoding], { input: content });
    const found = await read('a.csv', stdout);
    expect(found.rows.map(({ row }) => row.title)).toEqual(text.split(', '));
    expect(found.notes[0]).toBe(`read as ${label}, by its letters; where these are wrong, convert the file to UTF-8`);
    const packed = await read('a.csv.gz', gzipSync(stdout));
    expect(packed.rows).toEqual(found.rows);
  });

  it('is not taken for one where a few bytes are wrong among those of UTF-8', async () => {
    const good = Array.from({ length: 50 }, (_, i) => `${i},Größe für Türen ${i}\n`).join('');
    const bytes = Buffer.concat([
      Buffer.from(`id,title\n${good}`),
      Buffer.from('51,Gr\xf6\xdfe Gr\xfcn T\xfcr\n', 'latin1'),
    ]);
    await expect(read('a.csv', bytes)).rejects.toMatchObject({ code: 'data/bad-encoding', details: { line: 52 } });
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
