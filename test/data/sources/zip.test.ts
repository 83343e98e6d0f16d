import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readRows, readTable } from '../../../data/sources/source.js';
import { documentRowSchema } from '../../../src/config/rows.js';
import { collect, temporaryFolder } from '../temporary-folder.js';

interface Entry {
  readonly name: string;
  readonly text: string;
  readonly stored?: boolean;
  readonly encrypted?: boolean;
}

/** An archive as zip tools write them. */
function zipOf(entries: readonly Entry[], comment = ''): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, text, stored = false, encrypted = false } of entries) {
    const content = stored ? Buffer.from(text) : deflateRawSync(text);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(stored ? 0 : 8, 8);
    local.writeUInt16LE(Buffer.byteLength(name), 26);
    local.writeUInt16LE(5, 28); // an extra field that the central directory has not
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(encrypted ? 1 : 0, 8);
    central.writeUInt16LE(stored ? 0 : 8, 10);
    central.writeUInt32LE(crc32(text), 16);
    central.writeUInt32LE(content.length, 20);
    central.writeUInt32LE(Buffer.byteLength(text), 24);
    central.writeUInt16LE(Buffer.byteLength(name), 28);
    central.writeUInt32LE(at, 42);
    parts.push(local, Buffer.from(name), Buffer.alloc(5), content);
    at += 30 + Buffer.byteLength(name) + 5 + content.length;
    directory.push(central, Buffer.from(name));
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...parts, list, end, Buffer.from(comment)]);
}

async function read(bytes: Buffer, name: string) {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, bytes);
  return (await collect(readTable(path))).map(({ row }) => row);
}

const csv = 'id,title\na,Gartenschlauch für draußen\n';
const rows = [{ id: 'a', title: 'Gartenschlauch für draußen' }];

describe('a zip archive of one table', () => {
  it.each<[string, readonly Entry[], string]>([
    ['deflated', [{ name: 'shop.csv', text: csv }], 'shop.csv.zip'],
    ['stored', [{ name: 'shop.csv', text: csv, stored: true }], 'shop.csv.zip'],
    ['without an extension inside its name', [{ name: 'shop.csv', text: csv }], 'shop.zip'],
    [
      'beside folders and what macOS writes',
      [
        { name: 'data/', text: '', stored: true },
        { name: 'data/shop.csv', text: csv },
        { name: '__MACOSX/data/._shop.csv', text: 'x' },
      ],
      'shop.zip',
    ],
    ['of JSON', [{ name: '1.json', text: JSON.stringify(rows) }], 'products-1.json.zip'],
  ])('is read as the table itself: %s', async (_, entries, name) =>
    expect(await read(zipOf(entries), name)).toEqual(rows),
  );

  it('is read with a comment behind it, and when it is large', async () => {
    const long = `id,title\n${Array.from({ length: 50_000 }, (_, i) => `${i},hose ${i}\n`).join('')}`;
    const found = await read(zipOf([{ name: 'shop.csv', text: long }], 'made by hand'), 'shop.csv.zip');
    expect([found.length, found.at(-1)]).toEqual([50_000, { id: 49_999, title: 'hose 49999' }]);
  });
});

describe('an archive is refused with the reason', () => {
  const two = [
    { name: 'a.csv', text: csv },
    { name: 'b.csv', text: csv },
  ];
  it.each<[string, Buffer, string, RegExp]>([
    ['of several files', zipOf(two), 'data/unknown-format', /zip archive of 2 files: unpack it/],
    ['of none', zipOf([{ name: 'data/', text: '', stored: true }]), 'data/unknown-format', /of 0 files/],
    [
      'that is a spreadsheet',
      zipOf([{ name: '[Content_Types].xml', text: '<x/>' }]),
      'data/unknown-format',
      /save the sheet as CSV/,
    ],
    ['that is encrypted', zipOf([{ ...two[0], encrypted: true }]), 'data/unknown-format', /unpack it/],
    ['that is cut short', zipOf(two.slice(1)).subarray(0, 40), 'files/damaged', /cut short or altered/],
    [
      'in another',
      zipOf([{ name: 'a.zip', text: zipOf([two[0]]).toString('latin1'), stored: true }]),
      'data/unknown-format',
      /within another/,
    ],
  ])('%s', async (_, bytes, code, message) => {
    await expect(read(bytes, 'shop.zip')).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('whose stored content was altered in one place, which its checksum tells', async () => {
    const bytes = zipOf([{ name: 'shop.csv', text: csv, stored: true }]);
    bytes[bytes.indexOf('Garten')] = 'g'.charCodeAt(0);
    await expect(read(bytes, 'shop.csv.zip')).rejects.toMatchObject({ code: 'files/damaged' });
  });

  it('that names a directory beyond the end of the file', async () => {
    const bytes = zipOf([two[0]]);
    bytes.writeUInt32LE(0xfffffff0, bytes.length - 22 + 16);
    await expect(read(bytes, 'shop.csv.zip')).rejects.toMatchObject({ code: 'files/damaged' });
  });

  it('but not where the size of its directory alone is wrong: entries are counted, and the checksum proves the content', async () => {
    const bytes = zipOf([two[0]]);
    bytes.writeUInt32LE(0xfffffff0, bytes.length - 22 + 12);
    expect(await read(bytes, 'shop.csv.zip')).toEqual(rows);
  });

  it('whose file is empty', async () => {
    const bytes = zipOf([{ name: 'shop.csv', text: '', stored: true }]);
    const path = join(await temporaryFolder(), 'shop.csv.zip');
    await writeFile(path, bytes);
    await expect(collect(readRows(path, documentRowSchema))).rejects.toMatchObject({ code: 'data/empty' });
  });

  it('whose content was altered', async () => {
    const bytes = zipOf([two[0]]);
    bytes.fill(0xff, 30 + 5 + 5, 30 + 5 + 5 + 10);
    await expect(read(bytes, 'shop.csv.zip')).rejects.toMatchObject({ code: 'files/damaged' });
  });
});
